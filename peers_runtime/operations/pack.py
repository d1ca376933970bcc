"""Packing: a project's folder becomes one wheel, which every index, pip and `peers install` take.

A draft is the same without the wheel.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from peers_runtime.base import errors
from peers_runtime.model import versions
from peers_runtime.model.catalog import PackageVersion, VersionTag
from peers_runtime.model.manifest import Manifest
from peers_runtime.model.packed import Draft, Packed, Report, Wheel
from peers_runtime.model.versions import precedence
from peers_runtime.operations import access, capture
from peers_runtime.rules import bumps
from peers_runtime.rules.permissions import Act
from peers_runtime.snapshots import packed, packing, wheel_files
from peers_runtime.snapshots.packing import Project

if TYPE_CHECKING:
    from peers_runtime.operations.services import Services


def pack(
    services: Services,
    path: str | os.PathLike[str],
    context_id: str,
    actor: str,
    *,
    version: str | None,
    out: str | os.PathLike[str],
    dry_run: bool,
) -> Packed:
    """Make the wheel of a project in the folder `out`; it is compared with what the context has released.

    The home is only read, but for private distributions that are locked and not on this device. Raises what
    is wrong with the project, `InvalidVersion`, `PackageVersionExists`, `VersionNotGreater`, `BadWheel` for
    files that no wheel may have, or `WheelNotWritten`; nothing is written then, nor by a dry run, which
    raises the same and answers the same.
    """
    out = os.fspath(out) if isinstance(out, os.PathLike) else out
    access.require_name(out, "a folder")
    made = _make(services, path, context_id, actor, version)
    _refuse_version(made.manifest, made.released)
    data, wheel = packing.wheel(made.project, made.manifest, services.snapshots.wheel)
    target = os.path.join(os.path.abspath(os.path.expanduser(out)), wheel.filename)
    report = _report(services, made)
    answer = Packed(wheel=wheel, path=target, written=False, **dict(report))
    if dry_run:
        wheel_files.is_there(target, data)
        return answer
    return answer.model_copy(update={"written": wheel_files.put(target, data)})


def draft(services: Services, path: str | os.PathLike[str], context_id: str, version: str | None) -> Draft:
    """What `pack` would make of the project, but for a version that it would refuse: that is a warning.

    Raises what is wrong with the project.
    """
    made = _make(services, path, context_id, services.actor, version)
    packing.wheel(
        made.project, made.manifest, services.snapshots.wheel
    )  # raises for files that no wheel may have
    report = _report(services, made)
    try:
        _refuse_version(made.manifest, made.released)
    except errors.Conflict as refusal:
        told = f"peers pack would refuse it: {refusal.message}"
        report = report.model_copy(update={"warnings": (*report.warnings, told)})
    found = made.manifest
    return Draft(
        id=found.id,
        name=found.name,
        version=found.version,
        components=found.components,
        assets=found.assets,
        requires=found.requires,
        private=found.private,
        **dict(report),
    )


def look_into(path: str | os.PathLike[str]) -> Wheel:
    """What is in a packed wheel, read as hostile. Raises `BadWheel` or `NoPackageThere`."""
    return packed.described_file(path)


@dataclass(frozen=True)
class _Made:
    """A project that is captured, and what the context has released of its package."""

    project: Project
    manifest: Manifest
    released: Sequence[PackageVersion]


def _make(
    services: Services, path: str | os.PathLike[str], context_id: str, actor: str, version: str | None
) -> _Made:
    with services.catalog.read() as reader:
        access.authorise(reader, context_id, actor, Act.READ)
    if version is not None:
        access.require_name(version, "a version")
        versions.check(version)
    project = packing.read(path, version)
    captured = capture.capture(services, project.source)
    services.snapshots.draft(captured.source, captured.manifest).compile(())
    with services.catalog.read() as reader:
        known = reader.versions(context_id, captured.manifest.package_id)
    released = [one for one in known if one.version_tag is not VersionTag.DEV]
    return _Made(project, captured.manifest, released)


def _refuse_version(manifest: Manifest, released: Sequence[PackageVersion]) -> None:
    for one in released:
        if one.version == manifest.version:
            raise errors.PackageVersionExists(
                f"{one.name} {one.version} was released in context {one.context_id!r} as {one.version_tag}",
                hint=f"raise the version; there are: peers versions {one.name} --context {one.context_id}",
                package=one.name,
                version=one.version,
                context=one.context_id,
            )
    latest = max(released, key=lambda one: precedence(one.version), default=None)
    if latest is not None and precedence(manifest.version) <= precedence(latest.version):
        raise errors.VersionNotGreater(
            f"{manifest.name} {manifest.version} is not above {latest.version}, the latest that was released "
            f"in context {latest.context_id!r}",
            hint="raise the version in pyproject.toml",
            package=manifest.name,
            version=manifest.version,
            latest=latest.version,
        )


def _report(services: Services, made: _Made) -> Report:
    """What differs from the latest release that may be used."""
    warnings = made.project.warnings
    usable = [one for one in made.released if not one.yanked]
    latest = max(usable, key=lambda one: precedence(one.version), default=None)
    if latest is None:
        return Report(warnings=warnings)
    try:
        before = services.snapshots.manifest(latest.snapshot_digest)
    except errors.StorageError as error:  # not arrived here, or damaged: no reason to make no other version
        told = f"what changed since {latest.version} cannot be told: {error.message}"
        return Report(warnings=(*warnings, told))
    found = bumps.compare(before, made.manifest)
    version, wanted = made.manifest.version, found.suggestion
    if bumps.is_below(version, wanted):
        warnings = (*warnings, f"{version} is below {wanted.version}, which the changes call for")
    return Report(previous=latest.version, changes=found.changes, suggestion=wanted, warnings=warnings)
