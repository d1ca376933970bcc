"""The rules of resolution as tables: each row is a test, and docs/reference/lifecycle.md is made of them."""

from __future__ import annotations

from typing import NamedTuple

DEVICE = "laptop"  # the device that asks, everywhere below


class Row(NamedTuple):
    """A version in the catalog. Its id is its number, with `@device` behind it for a dev version.

    `here`: its files have arrived. `activated` and `promoted`: the days on which that happened.
    """

    version: str
    tag: str = "stable"
    device: str | None = None
    here: bool = True
    yanked: bool = False
    activated: int | None = None
    promoted: int = 1
    digest: str = "0"


class Set(NamedTuple):
    """What a context (the first five), or a device on top of it, was set to."""

    active: str | None = None
    tags: str | None = None
    range: str | None = None
    held: str | None = None
    disabled: bool = False
    override: bool = False
    pinned: bool = False


class Case(NamedTuple):
    """Facts, and what is active then: the id of a row, or None; with the reason."""

    words: str
    rows: tuple[Row, ...]
    context: Set
    device: Set
    answer: str | None
    reason: str


class Condition(NamedTuple):
    """Whether a version is taken by itself, beside 1.0.0 to which the context is set; and what it is told."""

    words: str
    version: Row
    context: Set
    taken: bool
    reason: str


OLD, NEW = Row("1.0.0"), Row("1.1.0")
NONE = Set()
AT_OLD = Set("1.0.0")
HELD_BACK = "it is not newer than 1.1.0, which was rolled back from"
TAKEN = "1.1.0 (stable) is followed here and newer than 1.0.0, which the context is set to"

CONDITIONS = [
    Condition("all of them hold", NEW, AT_OLD, True, TAKEN),
    Condition("its tag does not match", Row("1.1.0", "beta"), AT_OLD, False, "stable is followed here"),
    Condition(
        "the range does not", NEW, Set("1.0.0", range="patch"), False, "the range is patch: 1.0.* only"
    ),
    Condition("it is older", Row("0.9.0"), AT_OLD, False, "it is not newer than 1.0.0"),
    Condition("it is a pre-release of 1.0.0", Row("1.0.0-rc.2"), AT_OLD, False, "it is not newer than 1.0.0"),
    Condition("it differs in build metadata", Row("1.0.0+b"), AT_OLD, False, "it is not newer than 1.0.0"),
    Condition("it is what was rolled back from", NEW, Set("1.0.0", held="1.1.0"), False, HELD_BACK),
    Condition(
        "its files are not all here",
        NEW._replace(here=False),
        AT_OLD,
        False,
        "its files have not all arrived yet",
    ),
    Condition("it is yanked", NEW._replace(yanked=True), AT_OLD, False, "it was yanked"),
]

TIES = [
    Case(
        "equal precedence: the later promotion wins",
        (OLD, Row("1.1.0+a", promoted=3), Row("1.1.0+b", promoted=2)),
        Set("1.0.0"),
        NONE,
        "1.1.0+a",
        "1.1.0+a (stable) is followed here and newer than 1.0.0, which the context is set to",
    ),
    Case(
        "then the digest",
        (OLD, Row("1.1.0+a", digest="2"), Row("1.1.0+b", digest="1")),
        Set("1.0.0"),
        NONE,
        "1.1.0+a",
        "1.1.0+a (stable) is followed here and newer than 1.0.0, which the context is set to",
    ),
]

MINE, THEIRS = Row("3.0.0", "dev", DEVICE), Row("4.0.0", "dev", "desktop")

STEPS = [
    Case(
        "1. disabled: none",
        (OLD,),
        Set("1.0.0", disabled=True),
        NONE,
        None,
        "the package is disabled in this context",
    ),
    Case(
        "2. this device chose a dev version: it",
        (OLD, MINE),
        Set("1.0.0"),
        Set("3.0.0@laptop"),
        "3.0.0@laptop",
        "this device chose 3.0.0 (dev)",
    ),
    Case(
        "2. … another device's, activated explicitly",
        (OLD, THEIRS),
        Set("1.0.0"),
        Set("4.0.0@desktop"),
        "4.0.0@desktop",
        "this device chose 4.0.0 (dev)",
    ),
    Case(
        "2. … although it is pinned",
        (OLD, MINE),
        Set("1.0.0"),
        Set("3.0.0@laptop", pinned=True),
        "3.0.0@laptop",
        "this device chose 3.0.0 (dev)",
    ),
    Case(
        "3. this device is pinned: its version",
        (OLD, NEW, Row("2.0.0")),
        Set("2.0.0"),
        Set("1.0.0", pinned=True),
        "1.0.0",
        "this device chose 1.0.0 (stable); this device is pinned",
    ),
    Case(
        "3. … else the context's",
        (OLD, NEW),
        Set("1.0.0"),
        Set(pinned=True),
        "1.0.0",
        "the context is set to 1.0.0 (stable); this device is pinned",
    ),
    Case(
        "3. the range is pinned: the context's version",
        (OLD, NEW),
        Set("1.0.0", range="pinned"),
        NONE,
        "1.0.0",
        "the context is set to 1.0.0 (stable); the range is pinned",
    ),
    Case(
        "3. the range is pinned, and none was activated",
        (OLD, NEW),
        Set(range="pinned"),
        NONE,
        None,
        "no version was activated, here or for the context",
    ),
    Case(
        "3. the device's range is pinned under `override`: the device's version",
        (OLD, NEW),
        Set("1.1.0"),
        Set("1.0.0", range="pinned", override=True),
        "1.0.0",
        "this device chose 1.0.0 (stable); the range is pinned",
    ),
    Case(
        "4. the best one that should activate, measured against the context's",
        (OLD, Row("1.1.0"), Row("1.2.0"), Row("2.0.0", "beta")),
        Set("1.0.0"),
        NONE,
        "1.2.0",
        "1.2.0 (stable) is followed here and newer than 1.0.0, which the context is set to",
    ),
    Case(
        "4. … against the device's under `override`",
        (OLD, Row("1.1.0"), Row("2.0.0"), Row("2.1.0")),
        Set("2.0.0"),
        Set("1.0.0", override=True, range="minor"),
        "1.1.0",
        "1.1.0 (stable) is followed here and newer than 1.0.0, which this device chose",
    ),
    Case(
        "4. … this device's own dev version, when its list names dev",
        (OLD, MINE, THEIRS),
        Set("1.0.0"),
        Set(override=True, tags="stable,dev"),
        "3.0.0@laptop",
        "3.0.0 (dev) is followed here and newer than 1.0.0, which the context is set to",
    ),
    Case(
        "4. … against nothing, when none was activated",
        (OLD, NEW),
        NONE,
        NONE,
        "1.1.0",
        "1.1.0 (stable) is followed here, and none was activated",
    ),
    Case(
        "5. else the context's version",
        (OLD,),
        Set("1.0.0"),
        NONE,
        "1.0.0",
        "the context is set to 1.0.0 (stable)",
    ),
    Case(
        "5. … the device's under `override`",
        (OLD, NEW),
        Set("1.1.0"),
        Set("1.0.0", override=True, tags="beta"),
        "1.0.0",
        "this device chose 1.0.0 (stable)",
    ),
    Case(
        "5. … the context's, when `override` is off",
        (OLD, NEW),
        Set("1.1.0"),
        Set("1.0.0"),
        "1.1.0",
        "the context is set to 1.1.0 (stable)",
    ),
    Case(
        "5. a yanked version stays where it is active",
        (Row("1.0.0", yanked=True),),
        Set("1.0.0"),
        NONE,
        "1.0.0",
        "the context is set to 1.0.0 (stable); it was yanked, so it spreads no further",
    ),
    Case("no version at all", (), NONE, NONE, None, "no version was activated, here or for the context"),
]

LATE = Row("2.0.0", here=False, activated=9)
LATE_SET = "2.0.0 (stable), which the context is set to, has not arrived yet"

MISSING = [
    Case(
        "the previous one stays",
        (Row("1.0.0", activated=1), LATE),
        Set("2.0.0"),
        NONE,
        "1.0.0",
        f"{LATE_SET}; 1.0.0 (stable) was used before",
    ),
    Case(
        "… as far as it had been upgraded, within the range",
        (Row("1.0.0", activated=1), Row("1.0.5"), Row("1.5.0"), LATE),
        Set("2.0.0", range="patch"),
        NONE,
        "1.0.5",
        f"{LATE_SET}; 1.0.5 (stable) is followed here and newer than 1.0.0, which was used before",
    ),
    Case(
        "… and no further, when the range is pinned",
        (Row("1.0.0", activated=1), Row("1.0.5"), LATE),
        Set("2.0.0", range="pinned"),
        NONE,
        "1.0.0",
        f"{LATE_SET}; 1.0.0 (stable) was used before",
    ),
    Case(
        "… the one activated last, be it newer",
        (Row("2.5.0", activated=2), Row("1.0.0", activated=1), LATE),
        Set("2.0.0", range="patch"),
        NONE,
        "2.5.0",
        f"{LATE_SET}; 2.5.0 (stable) was used before",
    ),
    Case(
        "… but never the one rolled back from",
        (Row("2.5.0", activated=2), Row("1.0.0", activated=1), LATE),
        Set("2.0.0", held="2.5.0"),
        NONE,
        "1.0.0",
        f"{LATE_SET}; 1.0.0 (stable) was used before",
    ),
    Case(
        "… nor a yanked one",
        (Row("1.5.0", activated=2, yanked=True), Row("1.0.0", activated=1), LATE),
        Set("2.0.0"),
        NONE,
        "1.0.0",
        f"{LATE_SET}; 1.0.0 (stable) was used before",
    ),
    Case(
        "what is newer than the missing one, and followed, is taken at once",
        (Row("1.0.0", activated=1), LATE, Row("2.0.1")),
        Set("2.0.0"),
        NONE,
        "2.0.1",
        "2.0.1 (stable) is followed here and newer than 2.0.0, which the context is set to",
    ),
    Case(
        "nothing was active before: the best one that is not newer",
        (Row("1.0.0"), Row("1.1.0"), LATE, Row("3.0.0")),
        Set("2.0.0", range="minor"),
        NONE,
        "1.1.0",
        f"{LATE_SET}; 1.1.0 (stable) is followed here; none was used before that could go on",
    ),
    Case(
        "nothing was active before, and the range is pinned: none",
        (Row("1.0.0"), LATE),
        Set("2.0.0", range="pinned"),
        NONE,
        None,
        f"{LATE_SET}; none was used before that could go on",
    ),
    Case(
        "the row itself has not arrived",
        (Row("1.0.0", activated=1),),
        Set("2.0.0"),
        NONE,
        "1.0.0",
        "the version that the context is set to has not arrived yet; 1.0.0 (stable) was used before",
    ),
    Case(
        "the device's own version is missing: the context's",
        (OLD, LATE),
        Set("1.0.0"),
        Set("2.0.0", override=True),
        "1.0.0",
        "2.0.0 (stable), which this device chose, has not arrived yet; the context is set to 1.0.0 (stable)",
    ),
    Case(
        "the dev version that this device chose is missing: what it is without it",
        (OLD, NEW, THEIRS._replace(here=False)),
        Set("1.0.0"),
        Set("4.0.0@desktop"),
        "1.1.0",
        "4.0.0 (dev), which this device chose, has not arrived yet;"
        " 1.1.0 (stable) is followed here and newer than 1.0.0, which the context is set to",
    ),
]

HELD = [
    Case(
        "something newer than what was rolled back from is taken",
        (OLD, NEW, Row("1.1.1")),
        Set("1.0.0", held="1.1.0"),
        NONE,
        "1.1.1",
        "1.1.1 (stable) is followed here and newer than 1.0.0, which the context is set to",
    ),
    Case(
        "a device on its own way has its own",
        (OLD, NEW, Row("2.0.0")),
        Set("2.0.0", held="3.0.0"),
        Set("1.0.0", override=True, held="2.0.0"),
        "1.0.0",
        "this device chose 1.0.0 (stable)",
    ),
    Case(
        "… and not the context's",
        (OLD, NEW),
        Set("1.0.0", held="1.1.0"),
        Set("1.0.0", override=True),
        "1.1.0",
        "1.1.0 (stable) is followed here and newer than 1.0.0, which this device chose",
    ),
    Case(
        "… unless it uses the context's version",
        (OLD, NEW),
        Set("1.0.0", held="1.1.0"),
        Set(override=True, tags="*"),
        "1.0.0",
        "the context is set to 1.0.0 (stable)",
    ),
    Case(
        "… or its own version has not arrived: then both count",
        (OLD, NEW),
        Set("1.0.0"),
        Set("0.5.0", override=True, held="1.1.0"),
        "1.0.0",
        "the version that this device chose has not arrived yet; the context is set to 1.0.0 (stable)",
    ),
    Case(
        "when `override` is off, the device's does not count",
        (OLD, NEW),
        Set("1.0.0"),
        Set(held="1.1.0"),
        "1.1.0",
        TAKEN,
    ),
]
