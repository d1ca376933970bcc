"""Giving back realms that nothing can come back to, off every request's path."""

from __future__ import annotations

import gc
import threading
from queue import SimpleQueue
from typing import TYPE_CHECKING

from peers_runtime.importing.finder import finder

if TYPE_CHECKING:
    from collections.abc import Callable

    from peers_runtime.importing.ports import Bytes
    from peers_runtime.importing.realm import Realm


class Reaper:
    """One daemon thread per runtime that has loaded something. `retire` may be called from a finalizer.

    All collecting is done in that thread: two collections at once would each see less than all.
    """

    def __init__(self, read: Callable[[], Bytes]) -> None:
        self._read = read  # asked late, because memory builds it late
        self.watching = True  # whether what is not freed then is a fault, to be reported
        # SimpleQueue.put is reentrant: a finalizer may run in the middle of another put.
        self._queue: SimpleQueue[Realm | threading.Event | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="peers-reaper", daemon=True)
        self._thread.start()

    def retire(self, realm: Realm) -> None:
        """Have a realm given back soon."""
        self._queue.put(realm)

    def drain(self) -> None:
        """Collect garbage and give back all that can be; returns when it is done."""
        done = threading.Event()
        self._queue.put(done)
        done.wait()

    def close(self) -> None:
        """Give back what was retired and end the thread."""
        self._queue.put(None)
        self._thread.join()

    def _run(self) -> None:
        while (item := self._queue.get()) is not None:
            if isinstance(item, threading.Event):
                gc.collect()  # whatever dies of it is put behind `item` by its finalizer
                self._give_back_waiting()
                finder().collect()
                item.set()
            else:
                self._give_back(item)
                if self._queue.empty():
                    finder().collect()
            del item  # an idle reaper must not hold the last realm

    def _give_back_waiting(self) -> None:
        """All that is in the queue now; what asks for more is put back."""
        for _ in range(self._queue.qsize()):
            item = self._queue.get()
            if item is None or isinstance(item, threading.Event):
                self._queue.put(item)
            else:
                self._give_back(item)
            del item

    def _give_back(self, realm: Realm) -> None:
        finder().release(realm, self._read(), collect=False, watch=self.watching)
