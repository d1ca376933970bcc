"""What runs in the processes that tests start."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from peers_runtime.importing.finder import finder
from peers_runtime.importing.lock import Lock, tag
from tests.fakes.disk_bytes import DiskBytes

if TYPE_CHECKING:
    from peers_runtime.importing.ports import Bytes


class Loader:
    """Knows some closures by tag; it travels to a worker as plain data."""

    def __init__(self, folder: Path, locks: Sequence[Lock]) -> None:
        self.folder = folder
        self._locks = {tag(lock): lock.as_data() for lock in locks}

    def register(self) -> None:
        finder().on_unknown_tag(self._load)

    def _load(self, wanted: str) -> tuple[Lock, Bytes] | None:
        data = self._locks.get(wanted)
        return None if data is None else (Lock.from_data(data), DiskBytes(self.folder))


def fail_with(kind: type[Exception]) -> NoReturn:
    raise kind("in a worker")
