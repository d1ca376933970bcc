"""Resolution where some versions cannot be used: what is missing or in doubt is found out by asking."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from peers_runtime.model.catalog import ContextKind, DevicePrefs, Package, PackageVersion
from peers_runtime.rules import resolution


def resolve(
    package: Package | None,
    versions: Sequence[PackageVersion],
    prefs: DevicePrefs | None,
    kind: ContextKind,
    device: str,
    has: Callable[[str], bool],
    admits: Callable[[PackageVersion], bool] = lambda _: True,
) -> tuple[resolution.Resolution, frozenset[str]]:
    """`resolution.resolve` over what can be used, and the snapshots that would be chosen and are missing.

    A version with whose record `admits(version)` finds a fault is as one that has not arrived, whether it
    would be chosen or only measured against. Whether a snapshot is here, which may take long, is asked by
    `has(digest)` for what would be chosen only, the best first. `versions` come with their history.
    """
    digests = {version.snapshot_digest for version in versions}
    missing: set[str] = set()
    doubted = frozenset(version.package_version_id for version in versions if not admits(version))
    while True:
        here = frozenset(digests - missing)
        found = resolution.resolve(package, versions, prefs, kind, device, here, doubted)
        if found.version is None or has(found.version.snapshot_digest):
            return found, frozenset(missing)
        missing.add(found.version.snapshot_digest)
