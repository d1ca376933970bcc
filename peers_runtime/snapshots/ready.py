"""Snapshots ready in memory, and the sources of their modules.

On the way to a first import: imports nothing heavy.
"""

from __future__ import annotations

import threading

from peers_runtime.snapshots import layout

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from peers_runtime.model.modules import ModuleFile
    from peers_runtime.snapshots.code import SnapshotCode
    from peers_runtime.snapshots.listing import Listing


class Snapshot:
    """What a realm needs of a snapshot, ready in memory."""

    __slots__ = ("code", "digest", "digests", "lock", "modules")

    def __init__(self, listing: Listing) -> None:
        self.digest = listing.digest
        self.digests = listing.files
        self.modules = layout.modules(self.digests)
        self.code: SnapshotCode | None = None
        self.lock = threading.Lock()


def sources(
    modules: Mapping[str, ModuleFile], digests: Mapping[str, str], read: Callable[[str], bytes]
) -> Iterator[tuple[str, str, bytes, str]]:
    """Logical name, source digest, source and path of each module that has a source."""
    for name, module in modules.items():
        if module.path is not None:
            digest = digests[module.path]
            yield name, digest, read(digest), module.path
