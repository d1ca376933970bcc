"""Our own look at every file: where the system does not tell of changes, and to find what it did not tell."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Mapping

from peers_runtime.dev import tree as trees
from peers_runtime.dev.tree import Stamp, Tree

# Clocks of file systems tick: 4 to 10 ms on Linux, 2 s on FAT and old NFS. A second save within the tick,
# of the same length, leaves the same stamp.
_TICK_NS = 2_000_000_000


class Polling:
    """What `tree` holds, as it was taken to be last, against what it holds now.

    A file goes by its stamp; while `contents` is set, one that changed in the last two seconds by its bytes
    too.
    The cost of `changed` grows with the number of files, about 2 µs each.
    """

    def __init__(
        self, tree: Tree, *, contents: bool = False, wall_ns: Callable[[], int] = time.time_ns
    ) -> None:
        self._tree = tree
        self.contents = contents
        self._wall_ns = wall_ns
        self._digests: dict[str, bytes | None] = {}
        self._seen: Mapping[str, Stamp] = tree.look()
        self._known = dict(self._seen)
        for path in self._known:
            self._remember(path)

    def changed(self) -> dict[str, Stamp | None]:
        """The paths that are not as they were taken to be, with their stamp now; None: missing."""
        self._seen = now = self._tree.look()
        changed: dict[str, Stamp | None] = {
            path: stamp
            for path, stamp in now.items()
            if self._known.get(path) != stamp or self._has_other_bytes(path)
        }
        changed.update((path, None) for path in self._known.keys() - now.keys())
        return changed

    def take(self, path: str, stamp: Stamp | None) -> None:
        """From now on, `path` is known to be like this. Paths that a look does not name are not kept."""
        self._digests.pop(path, None)
        if stamp is None or path not in self._seen:
            self._known.pop(path, None)
        else:
            self._known[path] = stamp
            self._remember(path)

    def known(self, path: str) -> Stamp | None:
        return self._known.get(path)

    def holds_below(self, folder: str) -> bool:
        """Whether a known file lies in `folder`, however deep."""
        return any(path.startswith(folder + "/") for path in self._known)

    def _remember(self, path: str) -> None:
        if self.contents and self._is_recent(path):
            self._digests[path] = _digest(path)

    def _has_other_bytes(self, path: str) -> bool:
        if path not in self._digests:
            return False
        if not self._is_recent(path):  # one last comparison: the tick was not over at the one before
            return self._digests.pop(path) != _digest(path)
        return self._digests[path] != _digest(path)

    def _is_recent(self, path: str) -> bool:
        return self._wall_ns() - self._known[path][0] < _TICK_NS


def _digest(path: str) -> bytes | None:
    if trees.stamp(path) is None:
        return None
    try:
        with open(path, "rb") as file:
            return hashlib.sha256(file.read()).digest()
    except OSError:
        return None
