"""Packing: a project's folder becomes one wheel, which every index, pip and `peers install` take."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

from peers_runtime.base import errors
from peers_runtime.model import versions
from peers_runtime.model.catalog import PackageVersion, VersionTag
from peers_runtime.model.manifest import Manifest
from peers_runtime.model.packed import Packed, Wheel
from peers_runtime.model.versions import precedence
from peers_runtime.operations import access, capture
from peers_runtime.rules import bumps
from peers_runtime.rules.permissions import Act
from peers_runtime.snapshots import packed, packing, wheel_files

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

    The home is only read. Raises what is wrong with the project, `InvalidVersion`, `PackageVersionExists`,
    `VersionNotGreater`, `BadWheel` for files that no wheel may have, or `WheelNotWritten`; nothing is written
    then, nor by a dry run, which raises the same and answers the same.
    """
    with services.catalog.read() as reader:
        access.authorise(reader, context_id, actor, Act.READ)
    out = os.fspath(out) if isinstance(out, os.PathLike) else out
    access.require_name(out, "a folder")
    if version is not None:
        access.require_name(version, "a version")
        versions.check(version)
    project = packing.read(path, version)
    captured = capture.capture(services, project.source)
    services.snapshots.draft(captured.source, captured.manifest).compile(())
    with services.catalog.read() as reader:
        known = reader.versions(context_id, captured.manifest.package_id)
    released = [one for one in known if one.version_tag is not VersionTag.DEV]
    _refuse_version(captured.manifest, released)
    data, wheel = packing.wheel(project, captured.manifest)
    target = os.path.join(os.path.abspath(os.path.expanduser(out)), wheel.filename)
    answer = Packed(wheel=wheel, path=target, written=False, warnings=project.warnings)
    answer = _compared(services, answer, released)
    if dry_run:
        wheel_files.is_there(target, data)
        return answer
    return answer.model_copy(update={"written": wheel_files.put(target, data)})


def look_into(path: str | os.PathLike[str]) -> Wheel:
    """What is in a packed wheel, read as hostile. Raises `BadWheel` or `NoPackageThere`."""
    return packed.described_file(path)


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


def _compared(services: Services, answer: Packed, released: Sequence[PackageVersion]) -> Packed:
    """With what differs from the latest release that may be used."""
    usable = [one for one in released if not one.yanked]
    latest = max(usable, key=lambda one: precedence(one.version), default=None)
    if latest is None:
        return answer
    try:
        before = services.snapshots.manifest(latest.snapshot_digest)
    except errors.StorageError as error:  # not arrived here, or damaged: no reason to make no other version
        told = f"what changed since {latest.version} cannot be told: {error.message}"
        return answer.model_copy(update={"warnings": (*answer.warnings, told)})
    after = answer.wheel.manifest
    found = bumps.compare(before, after)
    warnings, wanted = answer.warnings, found.suggestion
    if bumps.is_below(after.version, wanted):
        warnings = (*warnings, f"{after.version} is below {wanted.version}, which the changes call for")
    return answer.model_copy(
        update={
            "previous": latest.version,
            "changes": found.changes,
            "suggestion": wanted,
            "warnings": warnings,
        }
    )
