"""The rules of the lifecycle as tables: each row is a test, and docs/reference/lifecycle.md is made of them.

Those of resolution stand in `resolution_tables`.
"""

from __future__ import annotations

from typing import NamedTuple

# ── what is followed ─────────────────────────────────────────────────────────────────────────────


class Followed(NamedTuple):
    """Which versions match what is followed; `device` says whether the device follows, or the context."""

    tags: str | None
    device: bool
    own_dev: bool
    other_dev: bool
    beta: bool
    stable: bool


FOLLOWED = [
    Followed(None, False, own_dev=False, other_dev=False, beta=False, stable=True),
    Followed("stable", False, own_dev=False, other_dev=False, beta=False, stable=True),
    Followed("stable", True, own_dev=False, other_dev=False, beta=False, stable=True),
    Followed("beta", False, own_dev=False, other_dev=False, beta=True, stable=False),
    Followed("beta", True, own_dev=False, other_dev=False, beta=True, stable=False),
    Followed("stable,beta", False, own_dev=False, other_dev=False, beta=True, stable=True),
    Followed("stable,beta", True, own_dev=False, other_dev=False, beta=True, stable=True),
    Followed("*", False, own_dev=False, other_dev=False, beta=True, stable=True),
    Followed("*", True, own_dev=False, other_dev=False, beta=True, stable=True),
    Followed("dev", True, own_dev=True, other_dev=False, beta=False, stable=False),
    Followed("stable,dev", True, own_dev=True, other_dev=False, beta=False, stable=True),
    Followed("beta,dev", True, own_dev=True, other_dev=False, beta=True, stable=False),
    Followed("stable,beta,dev", True, own_dev=True, other_dev=False, beta=True, stable=True),
]


class Spelt(NamedTuple):
    """What somebody writes, and the one spelling of it; None: refused, because `why`."""

    given: str
    device: bool
    spelling: str | None
    why: str = ""


SPELT = [
    Spelt("stable", False, "stable"),
    Spelt("beta", False, "beta"),
    Spelt("beta,stable", False, "stable,beta"),
    Spelt(" Stable , BETA,stable", False, "stable,beta"),
    Spelt("*", False, "*"),
    Spelt("*", True, "*"),
    Spelt("dev", True, "dev"),
    Spelt("dev,beta,stable", True, "stable,beta,dev"),
    Spelt("dev", False, None, "a context cannot follow dev"),
    Spelt("stable,dev", False, None, "a context cannot follow dev"),
    Spelt("*,stable", False, None, "* is beta and stable already, and stands alone"),
    Spelt("*,dev", True, None, "* is beta and stable already, and stands alone"),
    Spelt("", False, None, "tags are stable, beta and dev"),
    Spelt("stable,", False, None, "tags are stable, beta and dev"),
    Spelt("nightly", False, None, "tags are stable, beta and dev"),
    Spelt("stable beta", False, None, "tags are stable, beta and dev"),
]


class Whose(NamedTuple):
    """Whose tags count."""

    words: str
    override: bool
    devices: str | None
    contexts: str | None
    tags: str
    is_devices: bool


WHOSE = [
    Whose("the device's, when `override` is on and it has any", True, "beta", "stable,beta", "beta", True),
    Whose("not the device's, when `override` is off", False, "beta", "stable,beta", "stable,beta", False),
    Whose("else the context's", True, None, "stable,beta", "stable,beta", False),
    Whose("else `stable`", True, None, None, "stable", False),
    Whose("else `stable`, also with `override` off", False, "beta", None, "stable", False),
]


class Ranged(NamedTuple):
    """Whether a version is within the range, seen from the effective active one."""

    follow_range: str
    words: str
    active: str | None
    version: str
    holds: bool


RANGES = [
    Ranged("pinned", "never", "1.2.3", "1.2.4", False),
    Ranged("pinned", "never, also with no active version", None, "1.0.0", False),
    Ranged("patch", "same major and minor", "1.2.3", "1.2.9", True),
    Ranged("patch", "same major and minor, pre-releases included", "1.2.3", "1.2.4-rc.1", True),
    Ranged("patch", "same major and minor", "1.2.3", "1.3.0", False),
    Ranged("patch", "same major and minor", "1.2.3", "2.2.3", False),
    Ranged("patch", "no active version: it matches", None, "7.0.0", True),
    Ranged("minor", "same major", "1.2.3", "1.9.0", True),
    Ranged("minor", "same major", "1.2.3", "2.0.0-alpha.1", False),
    Ranged("minor", "no active version: it matches", None, "7.0.0", True),
    Ranged("latest", "always", "1.2.3", "7.0.0", True),
    Ranged("latest", "no active version: it matches", None, "7.0.0", True),
]


# ── whom an act reaches ──────────────────────────────────────────────────────────────────────────


class Activated(NamedTuple):
    """Whom activating a version of one of these tags reaches, by each of these roles."""

    tags: tuple[str, ...]
    override: tuple[bool, ...]
    roles: tuple[str, ...]
    kinds: tuple[str, ...]
    effect: str
    reason: str


ANY = (True, False)
ROLES = ("none", "reader", "writer", "admin", "owner")
ADMINS = ("admin", "owner")
BELOW_ADMIN = ("none", "reader", "writer")
KINDS = ("personal", "group")

ACTIVATED = [
    Activated(("beta", "stable"), (False,), ADMINS, ("group",), "the context", "for the whole context"),
    Activated(("beta", "stable"), (False,), BELOW_ADMIN, ("group",), "nobody", "with the device override"),
    Activated(("beta", "stable"), (True,), ROLES, KINDS, "this device", "goes its own way"),
    Activated(("dev",), ANY, ROLES, KINDS, "this device", "this device's own choice"),
    Activated(("beta", "stable"), (False,), ROLES, ("personal",), "the context", "skips role checks"),
]


class Upgraded(NamedTuple):
    """Whom a newer version of one of these tags reaches that is followed, and what is written for that."""

    tags: tuple[str, ...]
    override: tuple[bool, ...]
    roles: tuple[str, ...]
    effect: str
    written: tuple[str, ...]  # tables of the catalog


UPGRADED = [Upgraded(("beta", "stable"), ANY, ROLES, "each device that computes it", ())]


class Promoted(NamedTuple):
    """Whether promoting a version also activates it for the context."""

    words: str
    runs_it: bool
    follows: bool
    override: bool
    pinned: bool
    roles: tuple[str, ...]
    kinds: tuple[str, ...]
    effect: str
    reason: str


PROMOTED = [
    Promoted(
        "all hold", True, True, False, False, ADMINS, ("group",), "the context", "so the context uses it"
    ),
    Promoted("this device does not run it", False, True, False, False, ROLES, KINDS, "nobody", "not run it"),
    Promoted("the tag is not followed", True, False, False, False, ROLES, KINDS, "nobody", "does not follow"),
    Promoted("`override` is on", True, True, True, False, ROLES, KINDS, "nobody", "goes its own way"),
    Promoted("this device is pinned", True, True, False, True, ROLES, KINDS, "nobody", "is pinned"),
    Promoted("below Admin", True, True, False, False, BELOW_ADMIN, ("group",), "nobody", "must be Admin"),
    Promoted(
        "the personal context has no role checks",
        True,
        True,
        False,
        False,
        ROLES,
        ("personal",),
        "the context",
        "so the context uses it",
    ),
]


# ── promotion ────────────────────────────────────────────────────────────────────────────────────


class Promotion(NamedTuple):
    tag: str
    to: str
    holds: bool
    reason: str
    yanked: bool = False


PROMOTIONS = [
    Promotion("dev", "beta", True, "1.0.0 goes from dev to beta"),
    Promotion("dev", "stable", True, "1.0.0 goes from dev to stable"),
    Promotion("beta", "stable", True, "1.0.0 goes from beta to stable"),
    Promotion("dev", "dev", False, "1.0.0 is dev already"),
    Promotion("beta", "beta", False, "1.0.0 is beta already"),
    Promotion("stable", "stable", False, "1.0.0 is stable already"),
    Promotion(
        "beta", "dev", False, "1.0.0 is beta, and nothing goes back: a release is taken back by yanking it"
    ),
    Promotion(
        "stable",
        "dev",
        False,
        "1.0.0 is stable, and nothing goes back: a release is taken back by yanking it",
    ),
    Promotion(
        "stable",
        "beta",
        False,
        "1.0.0 is stable, and nothing goes back: a release is taken back by yanking it",
    ),
    Promotion("beta", "stable", False, "1.0.0 was yanked, so it is promoted no more", yanked=True),
]


# ── permissions ──────────────────────────────────────────────────────────────────────────────────


class Permission(NamedTuple):
    """The lowest role that may do it; `act` is the rule's name for it."""

    words: str
    act: str
    role: str


PERMISSIONS = [
    Permission("use routes, UI, tools, reads", "READ", "reader"),
    Permission("activate dev, override, pin: the device's own choice", "CHOOSE", "reader"),
    Permission("create or update dev", "INSTALL", "writer"),
    Permission("pack", "PACK", "writer"),
    Permission("writes", "WRITE", "writer"),
    Permission("run a workflow", "RUN", "writer"),
    Permission("promote", "PROMOTE", "admin"),
    Permission("activate for the context", "ACTIVATE", "admin"),
    Permission("roll back for the context", "ROLL_BACK", "admin"),
    Permission("change follow settings or update url", "FOLLOW", "admin"),
    Permission("yank", "YANK", "admin"),
    Permission("choose the provider of a contract", "CHOOSE_PROVIDER", "admin"),
    Permission("set a variable for everybody", "SET_FOR_ALL", "admin"),
    Permission("set a variable of one's own", "SET_OWN", "reader"),
    Permission("add members, up to one's own role", "ADD_MEMBERS", "admin"),
    Permission("disable", "DISABLE", "admin"),
    Permission("uninstall", "UNINSTALL", "admin"),
]
