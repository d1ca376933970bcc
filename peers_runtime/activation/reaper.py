"""Giving back realms that nothing can come back to, off every request's path."""

from __future__ import annotations

import gc
import threading
import time
import weakref
from queue import SimpleQueue
from typing import TYPE_CHECKING

from peers_runtime.base import errors
from peers_runtime.importing.finder import finder

if TYPE_CHECKING:
    from peers_runtime.importing.ports import Bytes
    from peers_runtime.importing.realm import Realm


_LOOK_AGAIN = 0.1  # seconds after which a waiting `drain` sees whether its thread lives
_ATTEMPTS = 100
_PAUSE = 0.02  # seconds between two of them


class Reaper:
    """One daemon thread per runtime that has loaded something. `retire` may be called from a finalizer.

    All collecting is done in that thread: two collections at once would each see less than all.
    """

    def __init__(self) -> None:
        self.watching = True  # whether what is not freed then is a fault, to be reported
        # SimpleQueue.put is reentrant: a finalizer may run in the middle of another put.
        self._queue: SimpleQueue[tuple[Realm, Bytes] | threading.Event | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="peers-reaper", daemon=True)
        self._thread.start()

    def retire(self, realm: Realm, read: Bytes) -> None:
        """Have a realm given back soon, that was acquired with `read`."""
        self._queue.put((realm, read))

    def sweep(self) -> None:
        """`drain`, soon: a version may be held by nothing but garbage, which waits for the collector."""
        self._queue.put(threading.Event())

    def drain(self) -> None:
        """Collect garbage and give back all that can be; returns when it is done."""
        done = threading.Event()
        self._queue.put(done)
        while not done.wait(_LOOK_AGAIN):
            if not self._thread.is_alive():  # closed, or in a forked child, which has no such thread
                _collect()
                self._give_back_waiting()
                return

    def close(self) -> None:
        """Give back what was retired and end the thread."""
        self._queue.put(None)
        if self._thread.is_alive():
            self._thread.join()
        else:
            self._give_back_waiting()

    def _run(self) -> None:
        while (item := self._queue.get()) is not None:
            if isinstance(item, threading.Event):
                _collect()  # whatever dies of it is put behind `item` by its finalizer
                self._give_back_waiting()
                finder().collect()
                item.set()
            else:
                self._give_back(*item)
                if self._queue.empty():
                    finder().collect()
            del item  # an idle reaper must not hold the last realm

    def _give_back_waiting(self) -> None:
        """All that is in the queue now; what asks for more is put back."""
        for _ in range(self._queue.qsize()):
            item = self._queue.get()
            if isinstance(item, threading.Event) and not self._thread.is_alive():
                item.set()
            elif item is None or isinstance(item, threading.Event):
                self._queue.put(item)
            else:
                self._give_back(*item)
            del item

    def _give_back(self, realm: Realm, read: Bytes) -> None:
        try:
            finder().release(realm, read, collect=False, watch=self.watching)
        except Exception as error:  # noqa: BLE001  # one that cannot be unloaded stops no other
            realm.report(
                errors.VersionHeld.code,
                f"{realm.label} could not be unloaded: {type(error).__name__}: {error}",
            )


class _Garbage:
    """A cycle, which only a collection frees."""

    def __init__(self) -> None:
        self.itself = self


def _collect() -> None:
    """A collection of everything; `gc.collect` does nothing while one in another thread is under way."""
    for attempt in range(_ATTEMPTS):
        if attempt:
            time.sleep(_PAUSE)  # nobody tells when the other thread's is over
        garbage = weakref.ref(_Garbage())
        gc.collect()
        if garbage() is None:
            return
