"""Released versions from elsewhere: from another context of this home, or from what the host ships."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from peers_runtime.base import errors
from peers_runtime.model.catalog import Package, PackageVersion, VersionTag
from peers_runtime.model.decision import Decision
from peers_runtime.model.versions import Precedence, precedence
from peers_runtime.operations import (
    access,
    bundled,
    capture,
    decide,
    effects,
    needed,
)
from peers_runtime.operations.arriving import Arriving, Published, arrival
from peers_runtime.operations.facts import facts
from peers_runtime.operations.plan import Plan
from peers_runtime.rules import permissions
from peers_runtime.rules.permissions import Act

if TYPE_CHECKING:
    from peers_runtime.catalog.store import Reader
    from peers_runtime.operations.bundled import Bundle
    from peers_runtime.operations.capture import Captured
    from peers_runtime.operations.services import Services
    from peers_runtime.snapshots.source import Source


def copy(
    services: Services,
    name: str,
    from_context: str,
    to_context: str,
    actor: str,
    *,
    history: bool = False,
    dry_run: bool = False,
) -> Decision:
    """Bring the version that one context uses here into another one, with a history of its own there.

    It becomes what that context is set to, unless something newer or equal is. With `history`, the older
    releases that are whole here and not yanked come along, to roll back to. Takes a reader there and an
    Admin here. Raises `UnknownPackage`, `NoActiveVersion` when no released version is in use, `RoleTooLow`,
    `NameTaken`, or `VersionExists` when the version is there with another snapshot.
    """

    def plan(reader: Reader) -> Plan:
        arriving = _in_use(services, name, from_context, actor, reader)
        older = _older(services, arriving, from_context, reader) if history else []
        made = arrival(services, [arriving, *older], to_context, actor, reader)
        brought = access.version(made.after.versions, arriving.version, services.device, made.package)
        return replace(made, about=brought.package_version_id)

    return decide.carry_out(services, plan, dry_run=dry_run)


def require(
    services: Services,
    shipped: Bundle | None,
    name: str,
    context_id: str,
    actor: str,
    *,
    dry_run: bool = False,
) -> Decision:
    """See to it that a context has a package: what lacks comes from another context here, else the bundle.

    A bundled version that is newer than all of these is stored beside them, and policy decides whether it is
    used; that takes an Admin, and whoever is none goes on with what is there. An older one changes nothing.
    Files of a released version that have not arrived here are taken from the bundle. Another context is
    passed over where the bundle has the package and the files there are damaged, or the name is another
    package's. Raises `UnknownPackage` when nobody has it.
    """
    with services.catalog.read() as reader:
        access.authorise(reader, context_id, actor, Act.READ)
        access.require_name(name, "a package")
        package = reader.package(context_id, name)
        may_add = _may(reader, context_id, actor, Act.PROMOTE)
        known = reader.versions(context_id, package.package_id) if package is not None else []
    wheels = bundled.wheels(shipped, name)
    if package is not None:
        lacking = bundled.lacking(services, shipped, wheels, known)
        if lacking:
            return _complete(services, lacking, package.package_id, context_id, actor, dry_run=dry_run)
    newest = max(wheels, key=lambda source: precedence(source.version), default=None)
    released = [one for one in known if one.version_tag is not VersionTag.DEV]
    is_wanted = newest is not None and all(_is_newer(newest, one) for one in released)
    captured = None
    if newest is not None and is_wanted and (package is None or may_add):
        captured = capture.capture(services, newest, bundled.all_wheels(shipped))
    if package is not None and captured is None:
        make = partial(_nothing, services, package.package_id, context_id, actor)
        return decide.carry_out(services, make, dry_run=dry_run)
    other = None
    if package is None:
        other = _elsewhere(services, name, captured, context_id, actor)
        if other is not None and captured is not None and not _is_newer(captured.source, other.version):
            captured = None
    if other is None and captured is None:
        nor = "and this host ships none" if shipped is None else f"nor in {shipped.folder}"
        raise errors.UnknownPackage(
            f"context {context_id!r} must have {name!r}; it is in no other context of this home, {nor}",
            hint=f"peers install SOURCE --context {context_id}",
            package=name,
            context=context_id,
        )
    from_context = other.version.context_id if other is not None else None
    return _bring(services, shipped, captured, from_context, name, context_id, actor, dry_run=dry_run)


def _nothing(services: Services, package_id: str, context_id: str, actor: str, reader: Reader) -> Plan:
    before = facts(reader, services, context_id, package_id)
    return Plan(actor, before, before, f"context {context_id!r} has it, and nothing is to be added")


def _in_use(services: Services, name: str, from_context: str, actor: str, reader: Reader) -> Arriving:
    """What a context uses here, on its way to another one."""
    access.authorise(reader, from_context, actor, Act.READ)
    package = access.package(reader, from_context, name)
    version = _used(reader, services, from_context, package)
    if version is None:
        raise errors.NoActiveVersion(
            f"context {from_context!r} uses no released version of {name} here",
            hint=f"peers versions {name} --context {from_context}",
            package=name,
            context=from_context,
        )
    return _copied(services, package, version, f"it is what {from_context} uses here", is_chosen=True)


def _older(services: Services, used: Arriving, from_context: str, reader: Reader) -> Sequence[Arriving]:
    """What was released there before the version in use, the oldest first."""
    there = facts(reader, services, from_context, used.package_id)
    package, arrivals = there.package, there.arrivals
    assert package is not None  # it is in use
    older = [
        one
        for one in there.versions
        if one.version_tag is not VersionTag.DEV
        and precedence(one.version) < precedence(used.version)
        and not one.yanked
        and arrivals.admits(one)
        and arrivals.has(one.snapshot_digest)
    ]
    reason = f"it is older, and {from_context} has it"
    return [
        _copied(services, package, one, reason, is_chosen=False)
        for one in sorted(older, key=lambda one: precedence(one.version))
    ]


def _copied(
    services: Services, package: Package, version: PackageVersion, reason: str, *, is_chosen: bool
) -> Arriving:
    return Arriving(
        package.package_id,
        name=package.name,
        description=package.description,
        version=version.version,
        tag=version.version_tag,
        digest=version.snapshot_digest,
        definition=services.snapshots.manifest(version.snapshot_digest).definition,
        reason=reason,
        is_chosen=is_chosen,
        published=Published(package, version.author_signature),
    )


def _shipped(captured: Captured, tag: VersionTag) -> Arriving:
    manifest = captured.manifest
    return Arriving(
        manifest.package_id,
        name=manifest.name,
        description=manifest.metadata.description,
        version=manifest.version,
        tag=tag,
        digest=manifest.id,
        definition=manifest.definition,
        reason="it comes with this host",
        is_chosen=False,
    )


def _used(reader: Reader, services: Services, context_id: str, package: Package) -> PackageVersion | None:
    """The released version that is in use on this device."""
    live = facts(reader, services, context_id, package.package_id).live(services.device)
    return live if live is not None and live.version_tag is not VersionTag.DEV else None


def _may(reader: Reader, context_id: str, actor: str, act: Act) -> bool:
    kind = access.context(reader, context_id).kind
    return isinstance(permissions.judge(act, reader.role(context_id, actor), kind), permissions.Allowed)


def _elsewhere(
    services: Services, name: str, captured: Captured | None, context_id: str, actor: str
) -> _Found | None:
    """What is used here of the package in another context of the actor's: the newest of all.

    With something else at hand, only whole versions of the same package.
    """
    found: list[_Found] = []
    with services.catalog.read() as reader:
        for context in reader.contexts():
            package = reader.package(context.context_id, name)
            used = _used(reader, services, context.context_id, package) if package is not None else None
            is_seen = context.context_id != context_id and _may(reader, context.context_id, actor, Act.READ)
            if used is not None and is_seen:
                found.append(_Found((precedence(used.version), context.context_id), used))
    if captured is not None:
        package_id = captured.manifest.package_id
        found = [one for one in found if one.version.package_id == package_id]
        found = [one for one in found if _is_whole(services, one.version)]
    return max(found, key=lambda one: one.rank, default=None)


@dataclass(frozen=True)
class _Found:
    rank: tuple[Precedence, str]
    version: PackageVersion


def _is_whole(services: Services, version: PackageVersion) -> bool:
    try:
        services.snapshots.verify(version.snapshot_digest)
    except errors.PeersError:
        return False
    return True


def _complete(
    services: Services,
    lacking: Sequence[Captured],
    package_id: str,
    context_id: str,
    actor: str,
    *,
    dry_run: bool,
) -> Decision:
    """Let files arrive; no record changes, but what is active may."""
    with services.catalog.read() as reader:
        before = facts(reader, services, context_id, package_id)
    arrivals = before.arrivals
    for captured in lacking:
        arrivals = arrivals.supposing(captured.manifest.id)
    named = " and ".join(one.manifest.version for one in lacking)
    decision = Decision(
        context_id=context_id,
        name=lacking[0].manifest.name,
        actor=actor,
        reason=f"the files of {named} come with this host",
        effects=effects.of(before, replace(before, arrivals=arrivals), services.device),
        applied=not dry_run,
    )
    if not dry_run:
        bundled.keep(services, lacking)
        with services.engine.acts:
            services.engine.adopt(services.catalog.state(services.device))
    return decision


def _is_newer(bundled: Source, version: PackageVersion) -> bool:
    return precedence(bundled.version) > precedence(version.version)


def _bring(
    services: Services,
    shipped: Bundle | None,
    captured: Captured | None,
    from_context: str | None,
    name: str,
    context_id: str,
    actor: str,
    *,
    dry_run: bool,
) -> Decision:
    """What another context uses, then what comes with the host: one of the two, or both."""
    added = [] if captured is None or shipped is None else [_shipped(captured, shipped.tag)]
    if captured is not None and not dry_run:
        bundled.keep(services, [captured])

    def plan(reader: Reader) -> Plan:
        copied = [] if from_context is None else [_in_use(services, name, from_context, actor, reader)]
        return arrival(services, [*copied, *added], context_id, actor, reader)

    if captured is None:
        return decide.carry_out(services, plan, dry_run=dry_run)
    manifests = [captured.manifest]
    store = needed.putting(services, manifests)
    return decide.carry_out(services, plan, dry_run=dry_run, store=store, manifests=manifests)
