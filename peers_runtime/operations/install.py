"""Installing a package into a context."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from peers_runtime.base import errors
from peers_runtime.model.catalog import DevicePrefs, HistoryEntry, Package, PackageVersion, VersionTag
from peers_runtime.model.decision import Decision
from peers_runtime.operations import access, decide, needed, tidy
from peers_runtime.operations.activate import for_device, refuse_yanked
from peers_runtime.operations.capture import Captured, capture
from peers_runtime.operations.facts import Facts, Installed, facts, installed
from peers_runtime.operations.plan import Plan, carry_out
from peers_runtime.projects import sources
from peers_runtime.rules.permissions import Act

if TYPE_CHECKING:
    from peers_runtime.catalog.store import Reader
    from peers_runtime.model.manifest import Manifest
    from peers_runtime.operations.services import Services
    from peers_runtime.projects.sources import Source
    from peers_runtime.snapshots.draft import Draft


def install(
    services: Services,
    given: Sequence[str | os.PathLike[str] | Source],
    context_id: str,
    actor: str,
    *,
    activate: bool,
    beside: Sequence[str | os.PathLike[str]] = (),
    dry_run: bool = False,
) -> Sequence[Decision]:
    """Capture sources and make each this device's dev version in a context; with `activate`, its active one.

    All of them or none, checked as they will be together. What they depend on and is not here is taken from
    each other and from the sources `beside` them, none of which becomes a version of the context. The same
    content again creates nothing new. Nor does what was released there with this version number: to install
    that is to use the release. Raises what is wrong with a source, `NameTaken`, `ContributionConflict`,
    `ContractMissing`, `ContractNeeded`, `ContractNotFulfilled`, `RoleTooLow`, `VersionYanked` or
    `ActivationFailed`; the context is then as it was.
    """
    captured = _captured(services, given, context_id, actor, beside, dry_run=dry_run)
    manifests = [one.manifest for one in captured]
    drafts = _drafts(services, captured) if dry_run else ()
    makes = [
        partial(_installation, services, one, context_id, actor, services.new_id(), activate)
        for one in captured
    ]
    store = needed.putting(services, manifests)
    decisions = decide.carry_out_all(services, makes, dry_run=dry_run, store=store, manifests=manifests)
    del drafts  # what is not kept was to be read until now
    if not dry_run:
        tidy.tidy(services.catalog.home.path, time.time())
    return decisions


def run_working_copy(services: Services, source: Source, context_id: str, actor: str) -> PackageVersion:
    """Make a working copy the active dev version of this device in a context, also where it is released.

    What runs is the folder itself, which somebody is about to change. Raises as `install`.
    """
    (captured,) = _captured(services, [source], context_id, actor)
    (version,) = record(services, captured, [context_id], actor)
    tidy.tidy(services.catalog.home.path, time.time())
    return version


def record(
    services: Services,
    captured: Captured,
    context_ids: Sequence[str],
    actor: str,
    *,
    began: str | None = None,
) -> list[PackageVersion]:
    """Make a snapshot whose bytes are kept this device's dev version in these contexts, and the active one.

    As `run_working_copy` does. `began`: see `plan.carry_out`.
    """
    makes = [
        partial(_build, services, captured, context_id, actor, services.new_id(), True)
        for context_id in context_ids
    ]
    manifests = [captured.manifest]
    done = carry_out(services, makes, needed.putting(services, manifests), manifests, began)
    return [
        next(version for version in plan.after.versions if version.device_id == services.device)
        for plan in done
    ]


def _captured(
    services: Services,
    given: Sequence[str | os.PathLike[str] | Source],
    context_id: str,
    actor: str,
    beside: Sequence[str | os.PathLike[str]] = (),
    *,
    dry_run: bool = False,
) -> Sequence[Captured]:
    """Read for somebody who may install them, and kept, unless it is a dry run."""
    with services.catalog.read() as reader:
        access.authorise(reader, context_id, actor, Act.INSTALL)
    read = [one if isinstance(one, sources.Source) else sources.read(one) for one in given]
    offered = [sources.read(one) for one in beside]
    found = []
    for place, one in enumerate(read):
        others = [*read[:place], *read[place + 1 :]]
        found.append(capture(services, one, [*offered, *others]))
    manifests = [one.manifest for one in found]
    _refuse_strangers(services, manifests, offered)
    if not dry_run:
        with services.catalog.read() as reader:
            siblings = [reader.snapshots(one.package_id) for one in manifests]
        for captured, known in zip(found, siblings, strict=True):
            services.snapshots.add(captured.source, captured.manifest, reversed(known))
    return found


def _drafts(services: Services, captured: Sequence[Captured]) -> Sequence[Draft]:
    """Held, they let what is not kept be read, unless somebody lets it already."""
    snapshots = services.snapshots
    return [
        snapshots.draft(one.source, one.manifest)
        for one in captured
        if not snapshots.is_draft(one.manifest.id)
    ]


def _installation(
    services: Services,
    captured: Captured,
    context_id: str,
    actor: str,
    version_id: str,
    activate: bool,
    reader: Reader,
) -> Plan:
    manifest = captured.manifest
    release = _released(facts(reader, services, context_id, manifest.package_id), manifest, services.device)
    if release is None:
        return _build(services, captured, context_id, actor, version_id, activate, reader)
    before = installed(reader, services, manifest.package_id, context_id, actor, Act.INSTALL)
    before = replace(before, arrivals=before.arrivals.supposing(manifest.id))
    reason = f"{release.version} is {release.version_tag} there with this very content: nothing new is made"
    if not activate:
        return Plan(actor, before, before, reason, release.package_version_id)
    return _use(services, before, release, actor, reason, reader)


def _released(before: Facts, manifest: Manifest, device: str) -> PackageVersion | None:
    """What was released of the same content and number, unless the device has built it itself."""
    same = [
        one
        for one in before.versions
        if (one.snapshot_digest, one.version) == (manifest.id, manifest.version)
        and one.device_id in (None, device)
        and before.arrivals.admits(one)
    ]
    built = any(one.version_tag is VersionTag.DEV for one in same)
    return None if built or not same else same[0]


def _use(
    services: Services, before: Installed, release: PackageVersion, actor: str, reason: str, reader: Reader
) -> Plan:
    """That this device runs a release: as the context does where that is enough, else on its own way."""
    chosen = before.chosen
    dev = [one.package_version_id for one in before.versions if one.version_tag is VersionTag.DEV]
    if chosen.active_version_id in dev and not (chosen.override or chosen.pinned):
        chosen = chosen.model_copy(update={"active_version_id": None})
    package = before.package.model_copy(update={"disabled": False})
    after = replace(before, package=package, prefs=chosen if before.prefs else None)
    if after.live(services.device) != release:
        refuse_yanked(release, before.package.context_id)
        return for_device(services, before, release, actor, reason, reader)
    access.authorise_enabling(reader, before.package, actor)
    return Plan(actor, before, after, reason, release.package_version_id)


def _build(
    services: Services,
    captured: Captured,
    context_id: str,
    actor: str,
    version_id: str,
    activate: bool,
    reader: Reader,
) -> Plan:
    access.authorise(reader, context_id, actor, Act.INSTALL)
    manifest = captured.manifest
    refuse_taken_name(reader, context_id, manifest.name, manifest.package_id)
    before = facts(reader, services, context_id, manifest.package_id)
    arrivals = before.arrivals.supposing(manifest.id)  # a dry run keeps nothing of what is at hand
    package = before.package or Package(
        context_id=context_id,
        package_id=manifest.package_id,
        name=manifest.name,
        description=manifest.metadata.description,
        created_by=actor,
    )
    if activate:
        access.authorise_enabling(reader, package, actor)
    own = next((one for one in before.versions if one.device_id == services.device), None)
    if own is None or own.snapshot_digest != manifest.id:
        at = services.timestamp()
        created = PackageVersion(
            package_version_id=own.package_version_id if own is not None else version_id,
            context_id=context_id,
            package_id=manifest.package_id,
            name=manifest.name,
            version=manifest.version,
            version_tag=VersionTag.DEV,
            snapshot_digest=manifest.id,
            app_navs=manifest.definition.app_navs,
            created_by=actor,
            created_at=at,
            device_id=services.device,
            history=(HistoryEntry(action="created", by=actor, at=at),),
        )
    else:
        created = own
    if not activate and own is not None and own != created and own == before.live(services.device):
        raise errors.InvalidSetting(
            f"{manifest.name} {own.version} is active in context {context_id!r} as the only dev version "
            f"of this device: installing {manifest.version} replaces and so activates it",
            hint=f"install it with activation, or first: peers disable {manifest.name} -c {context_id}",
            package=manifest.name,
        )
    prefs = before.prefs or DevicePrefs(context_id=context_id, package_id=manifest.package_id)
    prefs = prefs.model_copy(
        update={
            "source_path": captured.source.package_folder,
            **({"active_version_id": created.package_version_id} if activate else {}),
        }
    )
    if not package.signature:  # what is shared is described by what an Admin promotes
        package = package.model_copy(update={"description": manifest.metadata.description})
    if activate:
        package = package.model_copy(update={"disabled": False})
    versions = (*(one for one in before.versions if one is not own), created)
    after = replace(before, package=package, versions=versions, prefs=prefs, arrivals=arrivals)
    reason = "a build of this device is a dev version of its own"
    return Plan(actor, before, after, reason, created.package_version_id)


def _refuse_strangers(services: Services, manifests: Sequence[Manifest], offered: Sequence[Source]) -> None:
    known = {(one.name, one.version) for each in manifests for one in needed.manifests(services, each)}
    for one in offered:
        if (one.name, one.version) not in known:
            listed = ", ".join(f"{name} {version}" for name, version in sorted(known)) or "no package"
            given = " and ".join(f"{each.name} {each.version}" for each in manifests)
            raise errors.InvalidSetting(
                f"{one.name} {one.version} was given with {given}, "
                f"which {'depends' if len(manifests) == 1 else 'depend'} on {listed}",
                hint="install it for itself: peers install SOURCE, or leave it out",
                package=one.name,
                version=one.version,
            )


def refuse_taken_name(reader: Reader, context_id: str, name: str, package_id: str) -> None:
    """Raises `NameTaken` when another package has the import name there, or this one another name."""
    for other in reader.packages(context_id):
        if other.name == name and other.package_id != package_id:
            raise errors.NameTaken(
                f"the import name {name!r} belongs to another package in context {context_id!r} "
                f"(package id {other.package_id}, this one is {package_id})",
                hint=f"rename the import package, or: peers uninstall {name} --context {context_id}",
                name=name,
                owner=other.package_id,
                context=context_id,
            )
        if other.package_id == package_id and other.name != name:
            raise errors.NameTaken(
                f"package id {package_id} is installed as {other.name!r} in context {context_id!r}, "
                f"not as {name!r}",
                hint="a package keeps its import name; give a new package an id of its own with: peers id",
                name=name,
                owner=other.name,
                context=context_id,
            )
