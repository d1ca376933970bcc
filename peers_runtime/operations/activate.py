"""Choosing what is active: for a whole context or for this device, forwards and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, TypeGuard

from peers_runtime.base import errors
from peers_runtime.model.catalog import PackageVersion, VersionTag
from peers_runtime.model.decision import Decision
from peers_runtime.model.versions import precedence
from peers_runtime.operations import access, decide, earlier, runs, signing
from peers_runtime.operations.facts import Facts, Installed, installed
from peers_runtime.operations.plan import Plan
from peers_runtime.rules import reach
from peers_runtime.rules.permissions import Act

if TYPE_CHECKING:
    from peers_runtime.catalog.store import Reader
    from peers_runtime.operations.services import Services


def activate(
    services: Services,
    name: str,
    version: str,
    context_id: str,
    actor: str,
    *,
    device: bool = False,
    dry_run: bool = False,
) -> Decision:
    """Make a version the active one; a disabled package is enabled again.

    A dev version becomes this device's choice. A promoted one becomes that of the context, which takes an
    Admin, or with `device`, or when this device goes its own way already, of this device alone. It is not
    undone by itself: what is followed and newer is held back, as after a rollback. Raises `UnknownPackage`,
    `UnknownVersion`, `VersionYanked`, `RoleTooLow`, `ContributionConflict`, `SharedVersionMismatch` or
    `ActivationFailed`; what was active before is then still serving.
    """
    return decide.carry_out(
        services, partial(_activation, services, name, version, context_id, actor, device), dry_run=dry_run
    )


def activate_all(
    services: Services,
    versions: Mapping[str, str],
    context_id: str,
    actor: str,
    *,
    device: bool = False,
    dry_run: bool = False,
) -> Sequence[Decision]:
    """`activate` of several packages, by name, at once: all of them or none."""
    makes = [
        partial(_activation, services, name, version, context_id, actor, device)
        for name, version in versions.items()
    ]
    return decide.carry_out_all(services, makes, dry_run=dry_run)


def rollback(
    services: Services,
    name: str,
    context_id: str,
    actor: str,
    *,
    to: str | None = None,
    dry_run: bool = False,
) -> Decision:
    """Return to the version that was active before, or to the one named.

    Nothing but a version newer than the one rolled back from becomes active by itself afterwards. A device
    that goes its own way rolls back for itself. Raises `NothingToRollBackTo`, `UnknownVersion`,
    `VersionYanked`, `RoleTooLow`, and what `activate` raises.
    """
    return decide.carry_out(
        services, partial(_rollback, services, name, context_id, actor, to), dry_run=dry_run
    )


def rollback_all(
    services: Services, names: Sequence[str], context_id: str, actor: str, *, dry_run: bool = False
) -> Sequence[Decision]:
    """`rollback` of several packages at once, each to what was active before: all of them or none."""
    makes = [partial(_rollback, services, name, context_id, actor, None) for name in names]
    return decide.carry_out_all(services, makes, dry_run=dry_run)


def disable(
    services: Services, names: Sequence[str], context_id: str, actor: str, *, dry_run: bool = False
) -> Sequence[Decision]:
    """Let packages have no active version in a context, until one is activated again; their rows stay.

    All of them or none. Raises `ContractNeeded` when one that stays consumes what they provide.
    """
    makes = [partial(_disabling, services, name, context_id, actor) for name in names]
    return decide.carry_out_all(services, makes, dry_run=dry_run)


def uninstall(
    services: Services, names: Sequence[str], context_id: str, actor: str, *, dry_run: bool = False
) -> Sequence[Decision]:
    """Remove packages, their versions and this device's choices from a context. Their tables' rows stay.

    All of them or none. Raises as `disable` does, and `RunsUnfinished` while workflows of them run.
    """
    makes = [partial(_removal, services, name, context_id, actor) for name in names]
    return decide.carry_out_all(services, makes, dry_run=dry_run)


def for_device(
    services: Services, before: Installed, chosen: PackageVersion, actor: str, reason: str, reader: Reader
) -> Plan:
    """This device alone runs `chosen`; with a released version it goes its own way from then on."""
    access.authorise_enabling(reader, before.package, actor)
    package = before.package.model_copy(update={"disabled": False})
    prefs = before.chosen.model_copy(update={"active_version_id": chosen.package_version_id})
    after = replace(before, package=package, prefs=prefs)
    if chosen.version_tag is not VersionTag.DEV:
        held = _still_held(chosen, before.chosen.held_above if before.chosen.override else package.held_above)
        after = replace(after, prefs=prefs.model_copy(update={"override": True, "held_above": held}))
        taken = earlier.once_arrived(after, after.prefs, services.device)
        if _is_newer(taken, chosen):
            after = replace(after, prefs=after.chosen.model_copy(update={"held_above": taken.version}))
            reason = _holding(reason, taken)
    return Plan(actor, before, after, reason, chosen.package_version_id)


def for_context(
    services: Services, before: Installed, chosen: PackageVersion, actor: str
) -> tuple[Installed, PackageVersion]:
    """The facts once `chosen` is what the context was set to, and the row with its history."""
    row = signing.appended(services, chosen, "activated", actor)
    package = before.package.model_copy(
        update={
            "active_version_id": row.package_version_id,
            "disabled": False,
            "held_above": _still_held(row, before.package.held_above),
        }
    )
    return replace(before, package=package, versions=with_row(before.versions, row)), row


def with_row(versions: object, row: PackageVersion) -> tuple[PackageVersion, ...]:
    """The versions with this row in the place of the one that has its id."""
    assert isinstance(versions, tuple)
    return tuple(row if one.package_version_id == row.package_version_id else one for one in versions)


def higher(version: str, other: str | None) -> str:
    """A rollback after a rollback goes on holding what the first one held."""
    return version if other is None or precedence(version) > precedence(other) else other


def refuse_yanked(version: PackageVersion, context_id: str) -> None:
    if version.yanked:
        raise errors.VersionYanked(
            f"{version.name} {version.version} was yanked in context {context_id!r}",
            hint=f"choose another one: peers versions {version.name} --context {context_id}",
            package=version.name,
            version=version.version,
        )


def _disabling(services: Services, name: str, context_id: str, actor: str, reader: Reader) -> Plan:
    before = installed(reader, services, name, context_id, actor, Act.DISABLE)
    package = before.package.model_copy(update={"disabled": True})
    return Plan(actor, before, replace(before, package=package), "an Admin disables the package")


def _removal(services: Services, name: str, context_id: str, actor: str, reader: Reader) -> Plan:
    kind = access.authorise(reader, context_id, actor, Act.UNINSTALL).kind
    stored = reader.stored_package(context_id, name) if access.is_name(name) else None
    believed = reader.package(context_id, name) if stored is not None else None
    # also one whose record nobody can believe, to begin anew
    found = believed or stored or access.package(reader, context_id, name)
    of_package = context_id, found.package_id
    runs.refuse_unfinished(reader, *of_package)
    before = Facts(
        kind,
        found,
        tuple(reader.versions(*of_package)),
        reader.prefs(services.device, *of_package),
        arrivals=services.catalog.arrivals,
        stored=stored,
        removal=reader.removal(*of_package),
        roster=reader.roster(context_id),
    )
    after = Facts(kind, None, (), None, arrivals=before.arrivals)
    return Plan(actor, before, after, "an Admin uninstalls the package")


def _activation(
    services: Services,
    name: str,
    version: str,
    context_id: str,
    actor: str,
    own_way: bool,
    reader: Reader,
) -> Plan:
    before = installed(reader, services, name, context_id, actor, Act.CHOOSE)
    chosen = access.version(before.versions, version, services.device, before.package)
    refuse_yanked(chosen, context_id)
    signing.refuse_quarantined(before.arrivals.admits, chosen)
    prefs = before.chosen
    override = own_way or prefs.override
    reached = reach.of_activation(chosen.version_tag, override=override, role=before.role, kind=before.kind)
    if reached.reach is reach.Reach.NOBODY:
        needed = reached.needed or before.role
        raise access.too_low(context_id, actor, needed, before.role, reached.reason)
    if reached.reach is reach.Reach.CONTEXT:
        return _activation_for_context(services, before, chosen, actor, reached.reason)
    return for_device(services, before, chosen, actor, reached.reason, reader)


def _activation_for_context(
    services: Services, before: Installed, chosen: PackageVersion, actor: str, reason: str
) -> Plan:
    package = before.package
    is_set = package.active_version_id == chosen.package_version_id and not package.disabled
    after = before
    if not is_set:
        after, chosen = for_context(services, before, chosen, actor)
    taken = earlier.once_arrived(after, None, services.device)
    if _is_newer(taken, chosen):
        after = replace(after, package=after.package.model_copy(update={"held_above": taken.version}))
        reason = _holding(reason, taken)
    elif is_set:
        reason = f"{package.context_id} is set to {chosen.version} already"
    found = after.resolved(services.device)
    if found.version != chosen:
        reason = f"{reason}; here {found.reason}"
    return Plan(actor, before, after, reason, chosen.package_version_id)


def _rollback(
    services: Services, name: str, context_id: str, actor: str, to: str | None, reader: Reader
) -> Plan:
    before = installed(reader, services, name, context_id, actor, Act.CHOOSE)
    prefs = before.chosen
    if not prefs.override:
        access.authorise(reader, context_id, actor, Act.ROLL_BACK)
    current = earlier.left(before, services.device)
    if current is None:
        whose = "this device" if prefs.override else f"context {context_id!r}"
        raise errors.NothingToRollBackTo(
            f"{whose} uses no released version of {name}",
            hint=f"return to what the context uses: peers follow {name} --group --context {context_id}"
            if prefs.override
            else f"see why: peers resolve {name} --explain --context {context_id}",
            package=name,
            context=context_id,
        )
    if to is not None:
        target = access.version(before.versions, to, services.device, before.package)
    else:
        former = earlier.former(services, reader, before, current)
        if former is None:
            raise _nothing_before(before, current)
        target = former
    refuse_yanked(target, context_id)
    signing.refuse_quarantined(before.arrivals.admits, target)
    if precedence(target.version) >= precedence(current.version) or target.version_tag is VersionTag.DEV:
        raise errors.NothingToRollBackTo(
            f"{target.version} ({target.version_tag}) is not older than {current.version}, which is active",
            hint=f"peers activate {name} {target.version} --context {context_id}",
            package=name,
            context=context_id,
        )
    reason = f"{actor} rolls back from {current.version}"
    if prefs.override:
        prefs = prefs.model_copy(
            update={
                "active_version_id": target.package_version_id,
                "held_above": higher(current.version, prefs.held_above),
            }
        )
        return Plan(actor, before, replace(before, prefs=prefs), reason, target.package_version_id)
    left = signing.appended(services, current, "rolled-back", actor)
    after, row = for_context(
        services, replace(before, versions=with_row(before.versions, left)), target, actor
    )
    held = higher(current.version, before.package.held_above)
    package = after.package.model_copy(update={"held_above": held})
    return Plan(actor, before, replace(after, package=package), reason, row.package_version_id)


def _nothing_before(before: Installed, current: PackageVersion) -> errors.NothingToRollBackTo:
    name, context_id = current.name, before.package.context_id
    there = sorted(earlier.older(before, current), key=lambda one: precedence(one.version))
    return errors.NothingToRollBackTo(
        f"nothing older than {current.version} of {name} was active before in context {context_id!r}",
        hint=f"name a version: peers rollback {name} --to {there[-1].version} --context {context_id}"
        if there
        else f"nothing older of it is there: peers versions {name} --context {context_id}",
        package=name,
        context=context_id,
    )


def _still_held(chosen: PackageVersion, held: str | None) -> str | None:
    """Activating something above what was rolled back from ends the hold."""
    return held if held is not None and precedence(chosen.version) <= precedence(held) else None


def _is_newer(taken: PackageVersion | None, chosen: PackageVersion) -> TypeGuard[PackageVersion]:
    """Whether what policy takes is another, newer one than what somebody chose."""
    return taken is not None and precedence(taken.version) > precedence(chosen.version)


def _holding(reason: str, taken: PackageVersion) -> str:
    return f"{reason}; {taken.version} is followed and newer, so it is held back"
