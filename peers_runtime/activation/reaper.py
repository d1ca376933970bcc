"""Giving back realms that nothing can come back to, off every request's path."""

from __future__ import annotations

import gc
import threading
from collections.abc import Callable
from queue import SimpleQueue
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from peers_runtime.importing.realm import Realm


class Reaper:
    """One daemon thread per runtime that has freed something. `retire` may be called from a finalizer."""

    def __init__(self, release: Callable[[Realm], None]) -> None:
        self._release = release
        # SimpleQueue.put is reentrant: a finalizer may run in the middle of another put.
        self._queue: SimpleQueue[Realm | threading.Event | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="peers-reaper", daemon=True)
        self._thread.start()

    def retire(self, realm: Realm) -> None:
        self._queue.put(realm)

    def drain(self) -> None:
        """Collect garbage and wait until everything retired so far has been given back."""
        gc.collect()
        done = threading.Event()
        self._queue.put(done)
        done.wait()

    def close(self) -> None:
        self.drain()
        self._queue.put(None)
        self._thread.join()

    def _run(self) -> None:
        while (item := self._queue.get()) is not None:
            if isinstance(item, threading.Event):
                item.set()
            else:
                self._release(item)
            del item  # an idle reaper must not hold the last realm
