"""Released versions from elsewhere: from another context of this home, or from what the host ships."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from peers_runtime.base import errors
from peers_runtime.model.catalog import Package, PackageVersion, VersionTag
from peers_runtime.model.decision import Decision
from peers_runtime.model.versions import precedence
from peers_runtime.operations import access, capture, decide, install, promote, signing
from peers_runtime.operations.facts import facts
from peers_runtime.operations.plan import Plan
from peers_runtime.rules import permissions, resolution
from peers_runtime.rules.permissions import Act
from peers_runtime.snapshots import sources

if TYPE_CHECKING:
    from peers_runtime.catalog.store import Reader, Writer
    from peers_runtime.model.manifest import Definition, Manifest
    from peers_runtime.operations.services import Services
    from peers_runtime.snapshots.source import Source


@dataclass(frozen=True)
class Bundle:
    """The wheels in `folder`, which a host ships; `tag` is that of the host's build."""

    folder: str
    tag: VersionTag


def bundle(folder: str, tag: str) -> Bundle:
    """Raises `InvalidSetting` for a tag that no build has."""
    if tag in (VersionTag.BETA, VersionTag.STABLE):
        return Bundle(folder, VersionTag(tag))
    raise errors.InvalidSetting(
        f"what a host ships is beta or stable, not {tag!r}", hint='bundled_as="stable"', given=tag
    )


def copy(
    services: Services,
    name: str,
    from_context: str,
    to_context: str,
    actor: str,
    *,
    dry_run: bool = False,
) -> Decision:
    """Bring the version that one context uses here into another one, with a history of its own there.

    It becomes what that context is set to, unless something newer or equal is. Takes a reader there and an
    Admin here. Raises `UnknownPackage`, `NoActiveVersion` when no released version is in use, `RoleTooLow`,
    `NameTaken`, or `VersionExists` when the version is there with another snapshot.
    """

    def plan(reader: Reader) -> Plan:
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
        arriving = _Arriving(
            package.package_id,
            name=package.name,
            description=package.description,
            version=version.version,
            tag=version.version_tag,
            digest=version.snapshot_digest,
            definition=services.snapshots.manifest(version.snapshot_digest).definition,
            published=_Published(package, version.author_signature),
        )
        reason = f"it is what {from_context} uses here"
        return _arrival(services, arriving, to_context, actor, reason, True, reader)

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

    A bundled version that is newer than all that the context has is stored beside them, and policy decides
    whether it is used; that takes an Admin, and whoever is none goes on with what is there. An older one
    changes nothing. Raises `UnknownPackage` when nobody has it.
    """
    with services.catalog.read() as reader:
        access.authorise(reader, context_id, actor, Act.READ)
        access.require_name(name, "a package")
        package = reader.package(context_id, name)
        other = None if package is not None else _elsewhere(reader, services, name, context_id, actor)
        may_add = _may(reader, context_id, actor, Act.PROMOTE)
        known = reader.versions(context_id, package.package_id) if package is not None else []
    if other is not None:
        return copy(services, name, other, context_id, actor, dry_run=dry_run)
    bundled = _newest(shipped, name)
    released = [one for one in known if one.version_tag is not VersionTag.DEV]
    is_wanted = package is None or may_add
    is_newer = bundled is not None and all(_is_newer(bundled, one) for one in released)
    if shipped is not None and bundled is not None and is_newer and is_wanted:
        return _from_bundle(services, shipped, bundled, context_id, actor, dry_run=dry_run)
    if package is None:
        nor = "and this host ships none" if shipped is None else f"nor in {shipped.folder}"
        raise errors.UnknownPackage(
            f"context {context_id!r} must have {name!r}; it is in no other context of this home, {nor}",
            hint=f"peers install SOURCE --context {context_id}",
            package=name,
            context=context_id,
        )
    return decide.carry_out(
        services, partial(_nothing, services, package.package_id, context_id, actor), dry_run=dry_run
    )


@dataclass(frozen=True)
class _Arriving:
    """A released version as another place has it."""

    package_id: str
    name: str
    description: str
    version: str
    tag: VersionTag
    digest: str
    definition: Definition
    published: _Published | None = None


@dataclass(frozen=True)
class _Published:
    """By which author, as the other place says."""

    package: Package
    signature: str | None

    def carry(self, into: Package, row: PackageVersion) -> tuple[Package, PackageVersion]:
        """With the author's key, where none is known, and signature, where that is by the key that is."""
        if into.publish_public_key is None:
            keys = {"publish_public_key", "publish_key_changes"}
            into = into.model_copy(update={field: getattr(self.package, field) for field in keys})
        is_known = into.publish_public_key == self.package.publish_public_key
        return into, row.model_copy(update={"author_signature": self.signature if is_known else None})


def _nothing(services: Services, package_id: str, context_id: str, actor: str, reader: Reader) -> Plan:
    before = facts(reader, services, context_id, package_id)
    return Plan(actor, before, before, f"context {context_id!r} has it, and nothing is to be added")


def _used(reader: Reader, services: Services, context_id: str, package: Package) -> PackageVersion | None:
    """The released version that is in use on this device."""
    live = facts(reader, services, context_id, package.package_id).live(services.device)
    return live if live is not None and live.version_tag is not VersionTag.DEV else None


def _may(reader: Reader, context_id: str, actor: str, act: Act) -> bool:
    kind = access.context(reader, context_id).kind
    return isinstance(permissions.judge(act, reader.role(context_id, actor), kind), permissions.Allowed)


def _elsewhere(reader: Reader, services: Services, name: str, context_id: str, actor: str) -> str | None:
    """Another context of the actor's that uses a released version of the package here: the newest of all."""
    found: list[tuple[object, str]] = []
    for context in reader.contexts():
        package = reader.package(context.context_id, name)
        used = _used(reader, services, context.context_id, package) if package is not None else None
        is_seen = context.context_id != context_id and _may(reader, context.context_id, actor, Act.READ)
        if used is not None and is_seen:
            found.append((precedence(used.version), context.context_id))
    return max(found)[1] if found else None


def _newest(shipped: Bundle | None, name: str) -> Source | None:
    """The newest wheel of the package; nothing of it runs.

    Raises `BadWheel` when none of them is of the package and one is damaged.
    """
    if shipped is None:
        return None
    wheels = sorted(entry.path for entry in os.scandir(shipped.folder) if entry.name.endswith(".whl"))
    of_name: list[Source] = []
    damaged: errors.PeersError | None = None
    for wheel in wheels:
        try:
            source = sources.read(wheel)
        except errors.BadWheel as error:
            damaged = error
            continue
        if source.name == name:
            of_name.append(source)
    if damaged is not None and not of_name:
        raise damaged
    return max(of_name, key=lambda source: precedence(source.version), default=None)


def _is_newer(bundled: Source, version: PackageVersion) -> bool:
    return precedence(bundled.version) > precedence(version.version)


def _from_bundle(
    services: Services, shipped: Bundle, source: Source, context_id: str, actor: str, *, dry_run: bool
) -> Decision:
    captured = capture.capture(services, source)
    manifest = captured.manifest
    if not dry_run:
        with services.catalog.read() as reader:
            siblings = reader.snapshots(manifest.package_id)
        services.snapshots.add(captured.source, manifest, reversed(siblings))
    arriving = _Arriving(
        manifest.package_id,
        name=manifest.name,
        description=manifest.metadata.description,
        version=manifest.version,
        tag=shipped.tag,
        digest=manifest.id,
        definition=manifest.definition,
    )
    make = partial(_arrival, services, arriving, context_id, actor, "it comes with this host", False)
    return decide.carry_out(services, make, dry_run=dry_run, store=_putting(manifest), manifest=manifest)


def _putting(manifest: Manifest) -> Callable[[Writer], object]:
    return lambda writer: writer.put_snapshot(manifest)


def _arrival(
    services: Services,
    arriving: _Arriving,
    context_id: str,
    actor: str,
    reason: str,
    is_chosen: bool,
    reader: Reader,
) -> Plan:
    """A row of its own in the context. Somebody chose it there, or policy decides whether it is used."""
    access.authorise(reader, context_id, actor, Act.PROMOTE)
    install.refuse_taken_name(reader, context_id, arriving.name, arriving.package_id)
    before = facts(reader, services, context_id, arriving.package_id)
    for same in before.versions:
        if same.version != arriving.version or same.version_tag is VersionTag.DEV:
            continue
        if same.snapshot_digest == arriving.digest:
            told = f"context {context_id!r} has {same.version} already"
            return Plan(actor, before, before, told, same.package_version_id)
        raise errors.VersionExists(
            f"context {context_id!r} has {same.name} {same.version} already, with snapshot"
            f" {same.snapshot_digest[:12]} and not {arriving.digest[:12]}",
            hint=f"look with: peers versions {same.name} --context {context_id}",
            package=same.name,
            version=same.version,
        )
    row = _row(services, arriving, context_id, actor)
    package = before.package or Package(
        context_id=context_id,
        package_id=arriving.package_id,
        name=arriving.name,
        description=arriving.description,
        created_by=actor,
    )
    if arriving.published is not None:
        package, row = arriving.published.carry(package, row)
    former = resolution.effective_active(package, before.versions, None)
    if former is None or (is_chosen and precedence(row.version) > precedence(former.version)):
        row = signing.appended(services, row, "activated", actor)
        package = package.model_copy(update={"active_version_id": row.package_version_id})
    # it is at hand, although a dry run keeps nothing of what comes with the host
    arrivals = before.arrivals.supposing(row.snapshot_digest)
    after = replace(before, package=package, versions=(*before.versions, row), arrivals=arrivals)
    is_stable = row.version_tag is VersionTag.STABLE
    frozen = promote.frozen(arriving.definition, row, services.timestamp()) if is_stable else ()
    return Plan(actor, before, after, f"{row.version}: {reason}", row.package_version_id, frozen)


def _row(services: Services, arriving: _Arriving, context_id: str, actor: str) -> PackageVersion:
    made = PackageVersion(
        package_version_id=services.new_id(),
        context_id=context_id,
        package_id=arriving.package_id,
        name=arriving.name,
        version=arriving.version,
        version_tag=VersionTag.DEV,
        snapshot_digest=arriving.digest,
        app_navs=arriving.definition.app_navs,
        created_by=actor,
        created_at=services.timestamp(),
        device_id=services.device,
    )
    made = signing.appended(services, made, "created", actor)
    is_stable = arriving.tag is VersionTag.STABLE
    return signing.appended(services, made, "promoted:stable" if is_stable else "promoted:beta", actor)
