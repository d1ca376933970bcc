"""What is watched, as the watching needs it: the smallest shape of an author's project folder."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from typing import Protocol

Stamp = tuple[int, int, int]  # mtime in ns, size in bytes, inode


class Folders(Protocol):
    """Absolute real folders: `deep` ones with all that is below, of `flat` ones what lies right in them."""

    @property
    def deep(self) -> frozenset[str]: ...

    @property
    def flat(self) -> frozenset[str]: ...


class Tree(Protocol):
    """Some files that may lie anywhere, and come and go."""

    def folders(self) -> Folders: ...

    def holds(self, path: str) -> bool:
        """Whether a change at this absolute path can matter; it may be a folder, or a link's target."""
        ...

    def look(self) -> Mapping[str, Stamp]:
        """Every file that there is by its absolute path; a linked one may go by its link's path."""
        ...


def stamp(path: str) -> Stamp | None:
    """None when no file can be had there, for whatever reason; a folder is none, and a pipe, which may block
    whoever opens it, neither.
    """
    status = status_of(path)
    return None if status is None else stamp_of(status)


def status_of(path: str) -> os.stat_result | None:
    """None as for `stamp`."""
    try:
        status = os.stat(path)
    except OSError:
        return None
    return status if stat.S_ISREG(status.st_mode) else None


def stamp_of(status: os.stat_result) -> Stamp:
    return status.st_mtime_ns, status.st_size, status.st_ino
