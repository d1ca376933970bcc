"""The page of the rules of the lifecycle, from the tables whose every row is a test in tests/rules/."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from tests.rules import lifecycle_tables as tables
from tests.rules import resolution_tables
from tests.rules.resolution_tables import Case, Row, Set

INTRODUCTION = """\
# The lifecycle: rules

A version is `dev`, `beta` or `stable`. A build on this device makes a `dev` version; promotion does the rest.
Which version is active is found by rules without I/O: facts in, a decision out, with its reason in words. The
tables below are what the rules are tested against, row by row.
"""
TAGS = """\
## Does a version's tag match what is followed?

Unset is `stable`; `*` is beta and stable. A list that names `dev` means the device's own dev version; another
device's is used only when it is activated explicitly.
"""
SPELLING = """\
Tags are kept in one spelling. What cannot be followed is refused when it is set:
"""
WHOSE = """\
Whose tags count:
"""
RANGES = """\
## Is it within the range?

Seen from the effective active version: this device's when it goes its own way (`override`) or is pinned, else
the context's. The order is that of Semantic Versioning 2.0, pre-releases included; build metadata is ignored.
"""
ACTIVATES = """\
## Should it activate by itself?

When all of these hold; else it is stored only. The context follows stable here and is set to 1.0.0.
"""
TIES = """\
Two versions of equal precedence, which differ in build metadata:
"""
STEPS = """\
## Which version is active?

The first step that answers. An automatic choice is computed on each device and never written.
"""
HELD = """\
A rollback is never undone by itself: what was rolled back from is `held_above`.
"""
MISSING = """\
What is active but has not arrived yet leaves the one before it active:
"""
ACTIVATED = """\
## Whom does an activation reach?
"""
UPGRADED = """\
And whom an automatic upgrade, to what is followed and newer:
"""
PROMOTED = """\
## Does a promotion also activate?

For the whole context, when this device runs the version and the context follows its new tag:
"""
PROMOTIONS = """\
## Which promotions are there?

The row and its snapshot stay the same.
"""
PERMISSIONS = """\
## Who may do what?

The personal context skips role checks. Each role may do what the lower ones may.
"""


def page() -> str:
    cases = resolution_tables
    return "\n".join(
        (
            INTRODUCTION,
            TAGS,
            _followed(),
            SPELLING,
            _spelt(),
            WHOSE,
            _table(
                ("rule", "`override`", "device", "context", "counts"),
                (
                    (row.words, _on(row.override), _code(row.devices), _code(row.contexts), _code(row.tags))
                    for row in tables.WHOSE
                ),
            ),
            RANGES,
            _ranges(),
            ACTIVATES,
            _conditions(),
            TIES,
            _cases(cases.TIES),
            STEPS,
            _cases(cases.STEPS),
            HELD,
            _cases(cases.HELD),
            MISSING,
            _cases(cases.MISSING),
            ACTIVATED,
            _activated(),
            UPGRADED,
            _upgraded(),
            PROMOTED,
            _promoted(),
            PROMOTIONS,
            _table(
                ("from", "to", "", "reason"),
                ((row.tag, row.to, _yes(row.holds), row.reason) for row in tables.PROMOTIONS),
            ),
            PERMISSIONS,
            _table(("act", "lowest role"), ((row.words, row.role.title()) for row in tables.PERMISSIONS)),
        )
    )


def _followed() -> str:
    return _table(
        ("follows", "own dev", "another's dev", "beta", "stable"),
        (
            (
                f"{_code(row.tags)} {'on the device' if row.device else 'in the context'}",
                *map(_yes, (row.own_dev, row.other_dev, row.beta, row.stable)),
            )
            for row in tables.FOLLOWED
        ),
    )


def _spelt() -> str:
    return _table(
        ("written", "for", "kept as"),
        (
            (
                f"`{row.given}`" if row.given else "(empty)",
                "the device" if row.device else "the context",
                f"`{row.spelling}`" if row.spelling else f"refused: {_plain(row.why)}",
            )
            for row in tables.SPELT
        ),
    )


def _ranges() -> str:
    return _table(
        ("range", "rule", "active", "version", "within"),
        (
            (row.follow_range, row.words, row.active or "none", row.version, _yes(row.holds))
            for row in tables.RANGES
        ),
    )


def _conditions() -> str:
    return _table(
        ("case", "version", "the context besides", "taken", "reason"),
        (
            (
                row.words,
                _row(row.version),
                _setting(row.context._replace(active=None)),
                _yes(row.taken),
                _plain(row.reason),
            )
            for row in resolution_tables.CONDITIONS
        ),
    )


def _cases(cases: Sequence[Case]) -> str:
    return _table(
        ("case", "versions", "context", "this device", "active", "reason"),
        (
            (
                case.words,
                "; ".join(map(_row, case.rows)) or "none",
                _setting(case.context),
                _setting(case.device),
                (case.answer or "none").removesuffix(f"@{resolution_tables.DEVICE}"),
                _plain(case.reason),
            )
            for case in cases
        ),
    )


def _activated() -> str:
    return _table(
        ("tag", "`override`", "role", "context", "reaches"),
        (
            (
                ", ".join(row.tags),
                " / ".join(map(_on, reversed(row.override))),
                _roles(row.roles),
                " / ".join(row.kinds),
                row.effect,
            )
            for row in tables.ACTIVATED
        ),
    )


def _upgraded() -> str:
    return _table(
        ("tag", "`override`", "role", "reaches", "written"),
        (
            (
                ", ".join(row.tags),
                " / ".join(map(_on, reversed(row.override))),
                _roles(row.roles),
                row.effect,
                ", ".join(row.written) or "nothing",
            )
            for row in tables.UPGRADED
        ),
    )


def _promoted() -> str:
    return _table(
        ("case", "role", "context", "activates for"),
        ((row.words, _roles(row.roles), " / ".join(row.kinds), row.effect) for row in tables.PROMOTED),
    )


def _row(row: Row) -> str:
    whose = "" if row.device in (None, resolution_tables.DEVICE) else f" of {row.device}"
    notes = [
        *(["not here"] if not row.here else []),
        *(["yanked"] if row.yanked else []),
        *([f"activated on day {row.activated}"] if row.activated is not None else []),
        *([f"promoted on day {row.promoted}"] if row.promoted != 1 else []),
        *([f"digest {row.digest}…"] if row.digest != "0" else []),
    ]
    return f"{row.version} {row.tag}{whose}" + (f" ({', '.join(notes)})" if notes else "")


def _setting(given: Set) -> str:
    return "; ".join(_settings(given)) or "–"


def _settings(given: Set) -> Iterator[str]:
    if given.disabled:
        yield "disabled"
    if given.active is not None:
        yield given.active.removesuffix(f"@{resolution_tables.DEVICE}")
    for flag, word in ((given.override, "`override`"), (given.pinned, "pinned")):
        if flag:
            yield word
    if given.tags is not None:
        yield f"follows {_code(given.tags)}"
    if given.range is not None:
        yield f"range {given.range}"
    if given.held is not None:
        yield f"rolled back from {given.held}"


def _roles(roles: Sequence[str]) -> str:
    if roles == tables.ROLES:
        return "any"
    return "Admin or Owner" if roles == tables.ADMINS else "below Admin"


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _plain(words: str) -> str:
    return words.replace("*", "\\*")


def _code(tags: str | None) -> str:
    return "(unset)" if tags is None else f"`{tags}`"


def _yes(holds: bool) -> str:
    return "yes" if holds else "no"


def _on(flag: bool) -> str:
    return "on" if flag else "off"
