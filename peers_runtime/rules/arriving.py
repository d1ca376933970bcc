"""Resolution where not every snapshot may have arrived: what is missing is only found out by asking."""

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
) -> tuple[resolution.Resolution, frozenset[str]]:
    """`resolution.resolve` over what is here, and the snapshots that would be chosen and are missing.

    Asks `has(digest)` for what would be chosen only, the best first: what is here answers, and what never
    would be chosen need not arrive. `versions` come with their history.
    """
    digests = {version.snapshot_digest for version in versions}
    missing: set[str] = set()
    while True:
        found = resolution.resolve(package, versions, prefs, kind, device, frozenset(digests - missing))
        if found.version is None or has(found.version.snapshot_digest):
            return found, frozenset(missing)
        missing.add(found.version.snapshot_digest)
