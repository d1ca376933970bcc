"""What a host ships: wheels in a folder, and what of them a home takes."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from peers_runtime.base import errors
from peers_runtime.model.catalog import PackageVersion, VersionTag
from peers_runtime.operations import capture
from peers_runtime.snapshots import sources

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
    if shipped is None:
        return []
    paths = sorted(entry.path for entry in os.scandir(shipped.folder) if entry.name.endswith(".whl"))
    of_name: list[Source] = []
    damaged: errors.PeersError | None = None
    for wheel in paths:
        try:
            source = sources.read(wheel)
        except errors.BadWheel as error:
            damaged = error
            continue
        if source.name == name:
            of_name.append(source)
    if damaged is not None and not of_name:
        raise damaged
    return of_name


def lacking(
    services: Services, found: Sequence[Source], known: Sequence[PackageVersion]
) -> Sequence[Captured]:
    """The bundled ones among released versions whose files are not here."""
    arrivals = services.catalog.arrivals
    arriving: list[Captured] = []
    for version in known:
        if version.version_tag is VersionTag.DEV or arrivals.has(version.snapshot_digest):
            continue
        for wheel in found:
            captured = capture.capture(services, wheel) if wheel.version == version.version else None
            if captured is not None and captured.manifest.id == version.snapshot_digest:
                arriving.append(captured)
    return arriving


def keep(services: Services, arriving: Sequence[Captured]) -> None:
    """Their bytes, in this home; no record of them."""
    for captured in arriving:
        with services.catalog.read() as reader:
            siblings = reader.snapshots(captured.manifest.package_id)
        services.snapshots.add(captured.source, captured.manifest, reversed(siblings))
