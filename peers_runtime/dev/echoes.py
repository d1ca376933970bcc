"""Notices that come after the answer which their change is already part of."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable

from peers_runtime.dev import tree as trees

# Linux' clocks of files tick every 1 to 10 ms (newer kernels: whenever somebody has looked): what changed
# longer ago than this looks different after any further change.
_TICK_NS = 10_000_000

_Look = tuple[int, int, int, int] | None


class Echoes:
    """How the files of the last answer looked; a notice of one that still looks so tells nothing new."""

    def __init__(self, *, wall_ns: Callable[[], int] = time.time_ns) -> None:
        self._wall_ns = wall_ns
        self._looks: dict[str, _Look] = {}

    def answered(self, paths: Iterable[str]) -> None:
        """These are about to be answered, and read after that."""
        self._looks = {}
        for path in paths:
            status = trees.status_of(path)
            if status is None or self._wall_ns() - status.st_ctime_ns > _TICK_NS:
                self._looks[path] = _look(status)

    def holds(self, path: str) -> bool:
        return path in self._looks and self._looks[path] == _look(trees.status_of(path))


def _look(status: os.stat_result | None) -> _Look:
    """The time of the last change of any kind, which nobody can set, is part of it."""
    return None if status is None else (*trees.stamp_of(status), status.st_ctime_ns)
