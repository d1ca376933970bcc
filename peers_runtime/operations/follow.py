"""What a context and a device follow: tags, range, a version to stay at."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from peers_runtime.base import errors
from peers_runtime.model.catalog import FollowRange, VersionTag
from peers_runtime.model.decision import Decision
from peers_runtime.operations import decide
from peers_runtime.operations.facts import Installed, installed
from peers_runtime.operations.plan import Plan
from peers_runtime.rules import following
from peers_runtime.rules.permissions import Act

if TYPE_CHECKING:
    from peers_runtime.catalog.store import Reader
    from peers_runtime.operations.services import Services


def follow(
    services: Services,
    name: str,
    context_id: str,
    actor: str,
    *,
    tags: str | None = None,
    range_: str | None = None,
    device: bool = False,
    dry_run: bool = False,
) -> Decision:
    """Say which tags and how far a context follows, or with `device` this device on its own way.

    What is not given stays as it is. A device begins its own way at the version that it runs. Raises
    `InvalidSetting` for tags that cannot be followed there, `UnknownPackage` or `RoleTooLow`.
    """
    chosen = None if range_ is None else _range(range_)
    return decide.carry_out(
        services, partial(_follow, services, name, context_id, actor, tags, chosen, device), dry_run=dry_run
    )


def follow_group(
    services: Services, name: str, context_id: str, actor: str, *, dry_run: bool = False
) -> Decision:
    """Return this device to what the context does: no own choice, no own way, no pin."""

    def plan(reader: Reader) -> Plan:
        before = installed(reader, services, name, context_id, actor, Act.CHOOSE)
        package = before.package
        source = before.chosen.source_path
        prefs = replace(before, prefs=None).chosen.model_copy(update={"source_path": source})
        after = before if prefs == before.chosen else replace(before, prefs=prefs)
        return Plan(actor, before, after, f"this device follows {package.context_id}")

    return decide.carry_out(services, plan, dry_run=dry_run)


def pin(services: Services, name: str, context_id: str, actor: str, *, dry_run: bool = False) -> Decision:
    """Let this device stay at the version that it runs. Raises `NoActiveVersion` when it runs none."""
    return decide.carry_out(services, partial(_pin, services, name, context_id, actor), dry_run=dry_run)


def unpin(services: Services, name: str, context_id: str, actor: str, *, dry_run: bool = False) -> Decision:
    """Take the pin away: the device follows what it followed before."""

    def plan(reader: Reader) -> Plan:
        before = installed(reader, services, name, context_id, actor, Act.CHOOSE)
        prefs = before.chosen
        if not prefs.pinned:
            return Plan(actor, before, before, "this device is not pinned")
        update: dict[str, object] = {"pinned": False}
        if not prefs.override and not _chose_dev(before):
            update["active_version_id"] = None
        after = replace(before, prefs=prefs.model_copy(update=update))
        return Plan(actor, before, after, "this device is no longer pinned")

    return decide.carry_out(services, plan, dry_run=dry_run)


def _follow(
    services: Services,
    name: str,
    context_id: str,
    actor: str,
    tags: str | None,
    range_: FollowRange | None,
    device: bool,
    reader: Reader,
) -> Plan:
    before = installed(reader, services, name, context_id, actor, Act.CHOOSE if device else Act.FOLLOW)
    update: dict[str, object] = {}
    if tags is not None:
        update["follow_tags"] = following.normalised(tags, of_device=device)
    if range_ is not None:
        update["follow_range"] = range_
    if not device:
        package = before.package.model_copy(update=update)
        return Plan(actor, before, replace(before, package=package), f"{actor} sets what the context follows")
    prefs = before.chosen
    if not prefs.override:
        live = before.live(services.device)
        update["override"] = True
        update["held_above"] = before.package.held_above  # what all rolled back from, it does not take again
        if live is not None and not prefs.pinned:
            update["active_version_id"] = live.package_version_id
    after = replace(before, prefs=prefs.model_copy(update=update))
    return Plan(actor, before, after, "this device goes its own way")


def _range(given: str) -> FollowRange:
    try:
        return FollowRange(given)
    except ValueError:
        raise errors.InvalidSetting(
            f"{given!r} is no range; there are: {', '.join(FollowRange)}",
            hint="peers follow NAME --range minor",
            given=given,
        ) from None


def _pin(services: Services, name: str, context_id: str, actor: str, reader: Reader) -> Plan:
    before = installed(reader, services, name, context_id, actor, Act.CHOOSE)
    live = before.live(services.device)
    if live is None:
        raise errors.NoActiveVersion(
            f"{name} has no active version in context {context_id!r} that this device could stay at",
            hint=f"peers activate {name} VERSION --context {context_id}",
            package=name,
            context=context_id,
        )
    update = {"pinned": True, "active_version_id": live.package_version_id}
    after = replace(before, prefs=before.chosen.model_copy(update=update))
    return Plan(actor, before, after, f"this device stays at {live.version}", live.package_version_id)


def _chose_dev(before: Installed) -> bool:
    chosen = before.chosen.active_version_id
    return any(
        one.package_version_id == chosen and one.version_tag is VersionTag.DEV for one in before.versions
    )
