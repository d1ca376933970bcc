"""Records from the rows of the tables."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

from peers_runtime.model.catalog import (
    DevicePrefs,
    FollowRange,
    HistoryEntry,
    Package,
    PackageVersion,
    VersionTag,
)
from peers_runtime.rules.resolution import Resolution, resolve
from tests.rules.resolution_tables import DEVICE, NONE, Row, Set


def day(number: int) -> str:
    return f"2026-01-{number:02}T00:00:00.000+00:00"


def row_id(row: Row) -> str:
    return row.version if row.device is None else f"{row.version}@{row.device}"


def digest(row: Row) -> str:
    """Sorts by what the row says, and is that row's alone."""
    return row.digest + hashlib.sha256(row_id(row).encode()).hexdigest()[len(row.digest) :]


def version(row: Row) -> PackageVersion:
    history = [HistoryEntry(action="created", by="ada", at=day(1))]
    if row.tag != "dev":
        history.append(
            HistoryEntry.model_validate(
                {"action": f"promoted:{row.tag}", "by": "ada", "at": day(row.promoted)}
            )
        )
    if row.activated is not None:
        history.append(HistoryEntry(action="activated", by="ada", at=day(row.activated)))
    return PackageVersion(
        package_version_id=row_id(row),
        context_id="acme",
        package_id="p",
        name="notes",
        version=row.version,
        version_tag=VersionTag(row.tag),
        snapshot_digest=digest(row),
        created_by="ada",
        created_at=day(1),
        device_id=row.device,
        yanked=row.yanked,
        history=tuple(history),
    )


def package(given: Set = NONE) -> Package:
    return Package(
        context_id="acme",
        package_id="p",
        name="notes",
        created_by="ada",
        disabled=given.disabled,
        active_version_id=given.active,
        follow_range=FollowRange(given.range or "latest"),
        follow_tags=given.tags,
        held_above=given.held,
    )


def prefs(given: Set) -> DevicePrefs:
    return DevicePrefs(
        context_id="acme",
        package_id="p",
        active_version_id=given.active,
        pinned=given.pinned,
        override=given.override,
        follow_range=None if given.range is None else FollowRange(given.range),
        follow_tags=given.tags,
        held_above=given.held,
    )


def arrived(rows: Iterable[Row]) -> frozenset[str]:
    return frozenset(digest(row) for row in rows if row.here)


def resolved(rows: Sequence[Row], context: Set, device: Set, *, on: str = DEVICE) -> Resolution:
    """What is active in the group `acme` on a device."""
    versions = [version(row) for row in rows]
    own = None if device == NONE else prefs(device)
    return resolve(package(context), versions, own, "group", on, arrived(rows))
