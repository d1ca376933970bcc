"""Packing: a project's folder becomes one wheel, which every index, pip and `peers install` take.

The context keeps which versions were packed and the numbers that their components got. Both are recorded, and
the wheel is put in its place, in one transaction. A draft is the same without any of that.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from peers_runtime.base import errors
from peers_runtime.model import versions
from peers_runtime.model.components import PackedVersion, Publication
from peers_runtime.model.manifest import Manifest
from peers_runtime.model.packed import Draft, Packed, Report, Wheel
from peers_runtime.model.versions import precedence
from peers_runtime.operations import access, before, capture, needed
from peers_runtime.operations.before import Before, Known
from peers_runtime.projects import packed, packing, sources, wheel_files
from peers_runtime.rules import bumps, components
from peers_runtime.rules.permissions import Act

if TYPE_CHECKING:
    from peers_runtime.operations.capture import Captured
    from peers_runtime.operations.services import Services
    from peers_runtime.projects.packing import Project


def pack(
    services: Services,
    path: str | os.PathLike[str],
    context_id: str,
    actor: str,
    *,
    version: str | None,
    previous: str | os.PathLike[str] | None,
    out: str | os.PathLike[str],
    dry_run: bool,
) -> Packed:
    """Make the wheel of a project in the folder `out`, and publish its components with it.

    It is compared with `previous`, a packed wheel or NAME@VERSION, else with the latest version that the
    context has packed or released. Raises `RoleTooLow`, what is wrong with the project, `InvalidVersion`,
    `PackageVersionExists`, `VersionNotGreater`, `BadWheel` for files that no wheel may have, or
    `WheelNotWritten`; nothing is recorded or written then, nor by a dry run, which raises and answers the
    same. Private distributions that are locked and not on this device are fetched in any case.
    """
    with services.catalog.read() as reader:
        access.authorise(reader, context_id, actor, Act.PACK)
    out = os.fspath(out) if isinstance(out, os.PathLike) else out
    access.require_name(out, "a folder")
    project, captured = _captured(services, path, version)
    folder = os.path.abspath(os.path.expanduser(out))
    while True:
        known = _known(services, context_id, captured)
        _refuse_version(captured.manifest, known)
        plan = _plan(services, project, captured, known, previous)
        target = os.path.join(folder, plan.wheel.filename)
        wheel_files.is_there(target, plan.data)
        answer = Packed(wheel=plan.wheel, path=target, written=False, **dict(plan.report))
        if dry_run:
            return answer
        done = _carry_out(services, plan, captured, answer, actor)
        if done is not None:
            return done


def draft(services: Services, path: str | os.PathLike[str], context_id: str, version: str | None) -> Draft:
    """What `pack` would make of the project, but for a version that it would refuse: that is a warning.

    Raises what is wrong with the project.
    """
    with services.catalog.read() as reader:
        access.authorise(reader, context_id, services.actor, Act.READ)
    project, captured = _captured(services, path, version)
    known = _known(services, context_id, captured)
    plan = _plan(services, project, captured, known, None)
    report, found = plan.report, plan.wheel.manifest
    try:
        _refuse_version(captured.manifest, known)
    except errors.Conflict as refusal:
        told = f"peers pack would refuse it: {refusal.message}"
        report = report.model_copy(update={"warnings": (*report.warnings, told)})
    return Draft(
        id=found.id,
        name=found.name,
        version=found.version,
        components=found.components,
        assets=found.assets,
        requires=found.requires,
        private=found.private,
        dependencies=found.dependencies,
        **dict(report),
    )


def look_into(path: str | os.PathLike[str]) -> Wheel:
    """What is in a packed wheel, read as hostile. Raises `BadWheel` or `NoPackageThere`."""
    return packed.described_file(sources.wheel(path))


@dataclass(frozen=True)
class _Plan:
    """What packing would make, as long as the context has what is `known` of it."""

    known: Known
    report: Report
    wheel: Wheel
    data: bytes  # of the wheel
    publications: tuple[Publication, ...]  # that the context does not know


def _captured(
    services: Services, path: str | os.PathLike[str], version: str | None
) -> tuple[Project, Captured]:
    if version is not None:
        access.require_name(version, "a version")
        versions.check(version)
    project = packing.read(path, version)
    captured = capture.capture(services, project.source)
    services.snapshots.draft(captured.source, captured.manifest).compile(())
    return project, captured


def _known(services: Services, context_id: str, captured: Captured) -> Known:
    with services.catalog.read() as reader:
        return before.known(reader, context_id, captured.manifest.package_id)


def _plan(
    services: Services,
    project: Project,
    captured: Captured,
    known: Known,
    previous: str | os.PathLike[str] | None,
) -> _Plan:
    manifest = captured.manifest
    package, told = _before(services, known, previous, manifest)
    content = components.contents(manifest, captured.source.files.__getitem__)
    states = components.states(manifest, content, before.last(known, package))
    numbered = components.numbered(manifest, components.numbers(states))
    data, wheel = packing.wheel(project, numbered, services.snapshots.wheel)
    report = Report(
        component_changes=components.changes(package.contents if package else {}, content),
        status_changes=components.status_changes(states),
        version_increments=components.increments(states),
        warnings=(*project.warnings, *told, *_yanked(services, known.context_id, manifest)),
    )
    there = {(one.component_id, one.number) for one in known.publications}
    published = Before(numbered, content).publications()
    new = tuple(one for one in published if (one.component_id, one.number) not in there)
    compared = report if package is None else _compared(report, package.manifest, numbered)
    return _Plan(known, compared, wheel, data, new)


def _carry_out(
    services: Services, plan: _Plan, captured: Captured, answer: Packed, actor: str
) -> Packed | None:
    """Record it all and write the wheel; None when the context has changed, and nothing was done."""
    manifest, context_id = plan.wheel.manifest, plan.known.context_id
    with services.catalog.read() as reader:
        siblings = reader.snapshots(manifest.package_id)
    services.snapshots.add(captured.source, captured.manifest, reversed(siblings))
    made = PackedVersion(
        context_id=context_id,
        package_id=manifest.package_id,
        version=manifest.version,
        name=manifest.name,
        snapshot_digest=manifest.id,
        at=services.timestamp(),
        by=actor,
    )
    put = needed.putting(services, [components.numbered(captured.manifest, _numbers(manifest))])
    undo = contextlib.ExitStack()
    try:
        with services.catalog.write() as writer:
            access.authorise(writer, context_id, actor, Act.PACK)
            if before.known(writer, context_id, manifest.package_id) != plan.known:
                return None
            put(writer)
            writer.put_packed(made, plan.publications)
            written = wheel_files.put(answer.path, plan.data, undo)
    except BaseException:
        if not _is_recorded(services, made):  # else it failed after the commit
            undo.close()
        raise
    return answer.model_copy(update={"written": written})


def _is_recorded(services: Services, made: PackedVersion) -> bool:
    with services.catalog.read() as reader:
        return made in reader.packed(made.context_id, made.package_id)


def _numbers(manifest: Manifest) -> dict[str, int]:
    return {one.id: one.version for one in manifest.components if one.version is not None}


def _refuse_version(manifest: Manifest, known: Known) -> None:
    released = {one.version: f"released as {one.version_tag}" for one in known.released}
    taken = {one.version: "packed" for one in known.packed} | released
    if manifest.version in taken:
        raise errors.PackageVersionExists(
            f"{manifest.name} {manifest.version} was {taken[manifest.version]} in context "
            f"{known.context_id!r}: a version is packed once",
            hint="raise the version in pyproject.toml",
            package=manifest.name,
            version=manifest.version,
            context=known.context_id,
        )
    latest = max(taken, key=precedence, default=None)
    if latest is not None:
        _require_above(manifest, latest, f"the latest that was {taken[latest]} in {known.context_id!r}")


def _require_above(manifest: Manifest, latest: str, what: str) -> None:
    if precedence(manifest.version) <= precedence(latest):
        raise errors.VersionNotGreater(
            f"{manifest.name} {manifest.version} is not above {latest}, {what}",
            hint="raise the version in pyproject.toml",
            package=manifest.name,
            version=manifest.version,
            latest=latest,
        )


def _yanked(services: Services, context_id: str, manifest: Manifest) -> Iterator[str]:
    with services.catalog.read() as reader:
        found = needed.yanked(reader, context_id, manifest.dependencies)
    for one in found:
        yield f"{one.label}, which it depends on, was yanked: peers deps update --package {one.name}"


def _before(
    services: Services, known: Known, previous: str | os.PathLike[str] | None, manifest: Manifest
) -> tuple[Before | None, tuple[str, ...]]:
    """The package before this one, when there is one; and what its author should know."""
    if previous is not None:
        package = before.named(services, previous, known, manifest)
        _require_above(manifest, package.manifest.version, "the version before it")
        return package, ()
    if known.latest is None:
        return None, ()
    version, digest = known.latest
    try:
        return before.kept(services, digest), ()
    except errors.StorageError as error:  # not arrived here, or damaged: no reason to make no other version
        return None, (f"what changed since {version} cannot be told: {error.message}",)


def _compared(report: Report, previous: Manifest, manifest: Manifest) -> Report:
    """With what differs from the package before."""
    found = bumps.compare(previous, manifest)
    wanted, warnings = found.suggestion, report.warnings
    if bumps.is_below(manifest.version, wanted):
        warnings = (*warnings, f"{manifest.version} is below {wanted.version}, which the changes call for")
    return report.model_copy(
        update={
            "previous": previous.version,
            "changes": found.changes,
            "suggestion": wanted,
            "warnings": warnings,
        }
    )
