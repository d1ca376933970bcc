"""Who wants to hear of a table's changes, and telling them after the commit, in the order of the commits."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any, Literal, NamedTuple

Kind = Literal["insert", "update", "delete"]


class Change(NamedTuple):
    """One row that changed; `stored` has every column as the database holds it, before a delete or after."""

    kind: Kind
    stored: Mapping[str, Any]


class Pending:
    """A change whose transaction has not ended yet. Whoever noted it settles it, come what may."""

    __slots__ = ("change", "is_committed", "is_settled")

    def __init__(self, change: Change) -> None:
        self.change = change
        self.is_committed = False
        self.is_settled = False


class Line:
    """The changes of one table in one context, by any version of its package in this process.

    A change is noted within its transaction, while no other one can write, so the queue has the order of
    the commits; it is told when the transaction has ended well. Listeners are called one change at a time,
    outside of any lock, in the thread that committed or in one that is telling already; they do not raise.
    Safe in threads.
    """

    def __init__(self) -> None:
        self._listeners: dict[int, Callable[[Change], object]] = {}
        self._number = 0
        self._untold: deque[Pending] = deque()
        self._guard = threading.Lock()
        self._is_telling = False

    @property
    def is_heard(self) -> bool:
        return bool(self._listeners)

    def listen(self, listener: Callable[[Change], object]) -> Callable[[], None]:
        """Call it from now on; answers with the undo, which may be called twice, and by a finalizer."""
        with self._guard:
            self._number += 1
            number = self._number
            self._listeners[number] = listener

        def undo() -> None:
            self._listeners.pop(number, None)

        return undo

    def note(self, change: Change) -> Pending:
        """A change of a transaction that is under way."""
        pending = Pending(change)
        with self._guard:
            self._untold.append(pending)
        return pending

    def tell(self) -> None:
        """Tell what has been committed, up to the first change whose transaction has not ended."""
        while True:
            with self._guard:
                if self._is_telling or not self._untold or not self._untold[0].is_settled:
                    return
                pending = self._untold.popleft()
                self._is_telling = pending.is_committed
            if pending.is_committed:
                try:
                    for listener in tuple(self._listeners.values()):
                        listener(pending.change)
                finally:
                    with self._guard:
                        self._is_telling = False
