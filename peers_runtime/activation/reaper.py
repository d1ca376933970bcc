"""Giving back realms that nothing can come back to, off every request's path."""

from __future__ import annotations

import gc
import itertools
import threading
import time
import weakref
from queue import SimpleQueue
from typing import TYPE_CHECKING

from peers_runtime.base import errors
from peers_runtime.importing.finder import finder

if TYPE_CHECKING:
    from collections.abc import Callable

    from peers_runtime.importing.ports import Bytes
    from peers_runtime.importing.realm import Realm


_LOOK_AGAIN = 0.1  # seconds after which a waiting `drain` sees whether its thread lives
_ATTEMPTS = 100
_PAUSE = 0.02  # seconds between two of them


class Reaper:
    """One daemon thread per runtime that has loaded something.

    All collecting is done in that thread: two collections at once would each see less than all.
    """

    def __init__(self) -> None:
        self.watching = True  # whether what is not freed then is a fault, to be reported
        self._is_closed = False
        self._numbers = itertools.count()
        self._held: dict[int, tuple[Realm, Bytes]] = {}  # by whom lives, or is about to be finalized
        # SimpleQueue.put is reentrant: a finalizer may run in the middle of another put.
        self._queue: SimpleQueue[tuple[Realm, Bytes] | threading.Event | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="peers-reaper", daemon=True)
        self._thread.start()

    def hold(self, holder: object, realm: Realm, read: Bytes) -> Callable[[], object]:
        """Have a realm that was acquired with `read` given back when its holder dies, or `close` is called.

        Answers how to have it given back before. After `close`: gives it back and raises `RuntimeClosed`.
        """
        number = next(self._numbers)
        self._held[number] = realm, read
        if self._is_closed:
            if self._held.pop(number, None) is not None:
                self._give_back(realm, read)
            raise errors.RuntimeClosed(
                "the runtime was closed", hint="open one again with Runtime.open(home)"
            )
        finalizer = weakref.finalize(holder, self._retire, number)
        finalizer.atexit = False
        return finalizer

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
        """Give back all that is held and end the thread.

        Not only what lives: when another thread's collection is under way, a holder may be dead already and
        its finalizer still to be called.
        """
        self._is_closed = True
        for number in tuple(self._held):
            self._retire(number)
        self._queue.put(None)
        if self._thread.is_alive():
            self._thread.join()
        else:
            self._give_back_waiting()

    def _retire(self, number: int) -> None:
        """Have it given back soon. May be called from a finalizer, and twice."""
        held = self._held.pop(number, None)
        if held is not None:
            self._queue.put(held)

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
