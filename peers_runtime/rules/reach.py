"""Whom does an activation reach: the whole context, this device alone, or nobody?

Automatic upgrades are no question here: each device computes its own, and nothing is written.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from peers_runtime.model.catalog import ContextKind, Role, VersionTag
from peers_runtime.rules import permissions
from peers_runtime.rules.permissions import Act, Denied


class Reach(StrEnum):
    CONTEXT = "the context"
    DEVICE = "this device"
    NOBODY = "nobody"


@dataclass(frozen=True)
class Reached:
    """Whom, and why in words; `needed` is the role that is missing when nobody is, for want of one."""

    reach: Reach
    reason: str
    needed: Role | None = None


def of_activation(tag: VersionTag, *, override: bool, role: Role, kind: ContextKind) -> Reached:
    """Whom activating a version of that tag reaches; `override`: this device goes its own way."""
    if tag is VersionTag.DEV:
        return Reached(Reach.DEVICE, "a dev version is this device's own choice")
    if override:
        return Reached(Reach.DEVICE, "this device goes its own way")
    judged = permissions.judge(Act.ACTIVATE, role, kind)
    if isinstance(judged, Denied):
        reason = f"{judged.reason}; with the device override this device alone can use it"
        return Reached(Reach.NOBODY, reason, judged.needed)
    return Reached(Reach.CONTEXT, judged.reason)


def of_promotion(
    to: VersionTag,
    *,
    runs_it: bool,
    follows: bool,
    override: bool,
    pinned: bool,
    role: Role,
    kind: ContextKind,
    in_the_way: str = "",
) -> Reached:
    """Whether promoting a version to the tag `to` also activates it for the whole context.

    `runs_it`: it is what this device runs; `follows`: the context follows `to`; `in_the_way`: why the
    context would not take it, in words, such as something newer that it uses.
    """
    for stays, reason in (
        (not runs_it, "this device does not run it"),
        (not follows, f"the context does not follow {to}"),
        (bool(in_the_way), in_the_way),
        (override, "this device goes its own way"),
        (pinned, "this device is pinned"),
    ):
        if stays:
            return Reached(Reach.NOBODY, f"it is not made the active one of the context, as {reason}")
    judged = permissions.judge(Act.ACTIVATE, role, kind)
    if isinstance(judged, Denied):
        return Reached(Reach.NOBODY, judged.reason, judged.needed)
    return Reached(Reach.CONTEXT, f"this device runs it and the context follows {to}, so the context uses it")
