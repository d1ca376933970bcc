"""What a host ships: wheels in a folder, and what of them a home takes."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from peers_runtime.base import errors
from peers_runtime.model.catalog import PackageVersion, VersionTag
from peers_runtime.operations import capture
from peers_runtime.projects import sources

if TYPE_CHECKING:
    from peers_runtime.operations.capture import Captured
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


def wheels(shipped: Bundle | None, name: str) -> Sequence[Source]:
    """The wheels of the package; nothing of them runs.

    Raises `BadWheel` when none of them is of the package and one is damaged.
    """
    found, damaged = _read(shipped)
    of_name = [source for source in found if source.name == name]
    if damaged is not None and not of_name:
        raise damaged
    return of_name


def all_wheels(shipped: Bundle | None) -> Sequence[Source]:
    """Those that can be read: what one of them depends on comes with the host too."""
    return _read(shipped)[0]


def lacking(
    services: Services, shipped: Bundle | None, found: Sequence[Source], known: Sequence[PackageVersion]
) -> Sequence[Captured]:
    """The bundled ones among released versions whose files are not here."""
    arrivals = services.catalog.arrivals
    arriving: list[Captured] = []
    for version in known:
        if version.version_tag is VersionTag.DEV or arrivals.has(version.snapshot_digest):
            continue
        for wheel in found:
            captured = (
                capture.capture(services, wheel, all_wheels(shipped))
                if wheel.version == version.version
                else None
            )
            if captured is not None and captured.manifest.id == version.snapshot_digest:
                arriving.append(captured)
    return arriving


def _read(shipped: Bundle | None) -> tuple[list[Source], errors.BadWheel | None]:
    """The wheels, and what is wrong with the last that is damaged."""
    found: list[Source] = []
    damaged: errors.BadWheel | None = None
    for entry in sorted(os.scandir(shipped.folder), key=lambda one: one.name) if shipped is not None else ():
        if entry.name.endswith(".whl"):
            try:
                found.append(sources.read(entry.path))
            except errors.BadWheel as error:
                damaged = error
    return found, damaged


def keep(services: Services, arriving: Sequence[Captured]) -> None:
    """Their bytes, in this home; no record of them."""
    for captured in arriving:
        with services.catalog.read() as reader:
            siblings = reader.snapshots(captured.manifest.package_id)
        services.snapshots.add(captured.source, captured.manifest, reversed(siblings))
