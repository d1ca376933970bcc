"""What other processes and devices change becomes what is live here, within a second.

On a host's start path: imports late, and makes no thread before a context is used.
"""

from __future__ import annotations

import os
from _thread import allocate_lock, get_ident, start_new_thread
from _weakref import ref

from peers_runtime.catalog import index

TYPE_CHECKING = False
if TYPE_CHECKING:
    from _thread import LockType
    from collections.abc import Callable
    from typing import Protocol

    from peers_runtime.activation.engine import Engine
    from peers_runtime.catalog.tail import Tail
    from peers_runtime.host.storage import Storage

    class News(Protocol):
        """Tells cheaply whether there may be something new; used by one thread."""

        def wait(self, stop: LockType) -> bool:
            """Until it is time to look; False, with the lock taken, once somebody has let go of `stop`."""
            ...

        def has_come(self) -> bool: ...

        def taken(self) -> None:
            """What has come was taken over; until this is called, it is still to come."""

        def close(self) -> None: ...


_INTERVAL_S = 0.25  # between two looks at the home's own index
_MARK_S = 0.5  # how long a writer may take from its commit to its index; longer, and it was killed
_PATIENCE_S = 10.0  # how long closing waits for what is being taken over, package code included


class Arrivals:
    """One daemon thread of a runtime, from the first use of a context on. It survives every error.

    The thread is a plain one of the interpreter: `threading` costs a millisecond of every start. It ends
    with `close`, and when `owner` is gone. A forked child has none, until it uses a context itself.
    """

    def __init__(self, storage: Storage, engine: Engine, owner: object) -> None:
        self._storage = storage
        self._engine = engine
        self._owner = ref(owner)
        self._guard = allocate_lock()
        self._process = 0  # of the thread that follows; none yet
        self._thread = 0
        self._stop = self._ended = allocate_lock()
        self._closed = False

    def follow(self) -> None:
        """See to it that changes are taken over in this process. Costs a comparison when they are."""
        if self._process == os.getpid() or self._closed:
            return
        with self._guard:
            if self._process == os.getpid() or self._closed:
                return
            self._stop, self._ended = allocate_lock(), allocate_lock()
            self._stop.acquire()
            self._ended.acquire()
            self._process = os.getpid()
            start_new_thread(self._run, (self._stop, self._ended))

    def close(self) -> None:
        """End the thread; waits for what it is taking over, but not for ever. Idempotent."""
        with self._guard:
            if self._closed:
                return
            self._closed = True
            if self._process != os.getpid():
                return
        self._stop.release()
        if self._thread != get_ident():  # else package code closes the runtime while it is told of its end
            self._ended.acquire(timeout=_PATIENCE_S)

    def _run(self, stop: LockType, ended: LockType) -> None:
        self._thread = get_ident()
        try:
            news = self._storage.news()
            while news.wait(stop) and self._owner() is not None:
                self._look(news, stop)
            news.close()
        finally:
            ended.release()

    def _look(self, news: News, stop: LockType) -> None:
        failure: BaseException | None = None
        try:
            if news.has_come() and self._take_over(stop):
                news.taken()
        except BaseException as error:  # noqa: BLE001  # the next look may succeed
            failure = error
        try:
            self._storage.tell_of_arrivals(failure)
        except BaseException:  # noqa: BLE001, S110  # a list that cannot be written must not end the thread
            pass

    def _take_over(self, stop: LockType) -> bool:
        """False when the runtime was closed instead."""
        while not self._engine.acts.acquire(timeout=_INTERVAL_S):  # an act may take long
            if not stop.locked():
                return False
        try:
            if not stop.locked():
                return False
            state = self._storage.newer(self._engine.state)
            if state is not None:
                self._engine.adopt(state)
            return True
        finally:
            self._engine.acts.release()


class IndexNews:
    """Of the home's own catalog: looks at its index file, whose writers replace it with every change.

    `seen` is the stamp of the index that the engine's state is from.
    """

    def __init__(self, path: str, seen: index.Stamp | None) -> None:
        self._path = path
        self._seen = seen
        self._found = seen
        self._marked_s = 0.0  # how long there has been a writer's mark at every look

    def wait(self, stop: LockType) -> bool:
        return not stop.acquire(timeout=_INTERVAL_S)

    def has_come(self) -> bool:
        found = self._found = index.stamp(self._path)
        if found is None:
            return False
        if index.is_marked(self._path):
            self._marked_s += _INTERVAL_S
            if self._marked_s < _MARK_S:
                return False
        elif found == self._seen:
            self._marked_s = 0.0
            return False
        self._marked_s = 0.0
        return True

    def taken(self) -> None:
        self._seen = self._found

    def close(self) -> None:
        """Nothing is open."""


class SharedNews:
    """Of a catalog that homes share: asks for the number of its last change.

    And whether `something_arrived` that was missing as of a change that is known.
    """

    def __init__(self, tail: Tail, known: Callable[[], int], something_arrived: Callable[[], bool]) -> None:
        self._tail = tail
        self._known = known
        self._something_arrived = something_arrived

    def wait(self, stop: LockType) -> bool:
        return self._tail.wait(stop)

    def has_come(self) -> bool:
        return self._tail.sequence() != self._known() or self._something_arrived()

    def taken(self) -> None:
        """What is known has the change by now."""

    def close(self) -> None:
        self._tail.close()
