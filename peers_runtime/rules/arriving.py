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

    Asks for what would be chosen only, the best first: whether `admits(version)` finds no fault with its
    record, and whether its snapshot is here, by `has(digest)`. A record with a fault is as one that has not
    arrived. `versions` come with their history.
    """
    digests = {version.snapshot_digest for version in versions}
    missing: set[str] = set()
    doubted: set[str] = set()
    while True:
        found = resolution.resolve(
            package, versions, prefs, kind, device, frozenset(digests - missing), frozenset(doubted)
        )
        if found.version is None:
            return found, frozenset(missing)
        if not admits(found.version):
            doubted.add(found.version.package_version_id)
        elif not has(found.version.snapshot_digest):
            missing.add(found.version.snapshot_digest)
        else:
            return found, frozenset(missing)
