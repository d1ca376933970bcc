"""What watches tell from their threads, for the one thread that shows it."""

from __future__ import annotations

import os
import queue
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from peers_runtime import Reload


class Inbox:
    """Reloads in the order of their arrival. Its file descriptor can be read when there are some."""

    def __init__(self) -> None:
        self._told: queue.SimpleQueue[tuple[Path, Reload]] = queue.SimpleQueue()
        self._reading, self._writing = os.pipe()
        os.set_blocking(self._reading, False)
        os.set_blocking(self._writing, False)

    def fileno(self) -> int:
        return self._reading

    def put(self, project: Path, reload: Reload) -> None:
        """From any thread; never waits, and does nothing once closed."""
        self._told.put((project, reload))
        with suppress(OSError):  # full: it can be read already
            os.write(self._writing, b"\0")

    def take(self) -> Iterator[tuple[Path, Reload]]:
        """What arrived since the last call."""
        with suppress(BlockingIOError):
            while os.read(self._reading, 4096):
                pass
        with suppress(queue.Empty):
            while True:
                yield self._told.get_nowait()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        writing, self._writing = self._writing, -1
        os.close(writing)
        os.close(self._reading)
