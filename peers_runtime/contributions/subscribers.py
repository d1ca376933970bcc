"""Who wants to hear of something: adding a callback returns its undo."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from peers_runtime.contributions import interrupts

Told = TypeVar("Told")

Failed = Callable[[BaseException], object]
"""Takes what a subscriber raised, which stops neither the others nor whoever tells."""


class Subscribers(Generic[Told]):
    """Callbacks in the order of their subscription. Safe in threads.

    They are called in the thread that tells, outside of any lock, so a callback may subscribe and leave.
    `first` is called before the first one comes, `last` after the last one has gone.
    """

    __slots__ = ("_callbacks", "_failed", "_first", "_guard", "_last", "_number")

    def __init__(
        self,
        failed: Failed,
        first: Callable[[], object] = lambda: None,
        last: Callable[[], object] = lambda: None,
    ) -> None:
        self._failed = failed
        self._first = first
        self._last = last
        self._guard = threading.RLock()
        self._callbacks: dict[int, Callable[[Told], object]] = {}
        self._number = 0

    def __len__(self) -> int:
        return len(self._callbacks)

    def add(self, callback: Callable[[Told], object]) -> Callable[[], None]:
        """Call it from now on; answers with the undo, which may be called twice. Raises what `first` does."""
        with self._guard:
            if not self._callbacks:
                self._first()
            self._number += 1
            number = self._number
            self._callbacks[number] = callback

        def undo() -> None:
            with self._guard:
                if self._callbacks.pop(number, None) is not None and not self._callbacks:
                    self._last()

        return undo

    def tell(self, told: Told) -> None:
        """Call those that are there now."""
        for callback in tuple(self._callbacks.values()):
            try:
                callback(told)
            except BaseException as error:
                if interrupts.is_interrupt(error):
                    raise
                self._failed(error)

    def __repr__(self) -> str:
        return f"<{len(self._callbacks)} subscribers>"
