"""What other processes and devices change becomes what is live here, within a second.

On a host's start path: imports late, and makes no thread before a context is used.
"""

from __future__ import annotations

import os
from _thread import allocate_lock, get_ident, start_new_thread
from _weakref import ref

TYPE_CHECKING = False
if TYPE_CHECKING:
    from _thread import LockType

    from peers_runtime.activation.engine import Engine
    from peers_runtime.host.news import News
    from peers_runtime.host.storage import Storage

_LATER_S = 0.25  # after its beginning, the thread first does something: until then the host is starting
_TURN_S = 0.25  # how late an end is noticed while an act is waited for
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
            if stop.acquire(timeout=_LATER_S):
                return
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
        while not self._engine.acts.acquire(timeout=_TURN_S):  # an act may take long
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
