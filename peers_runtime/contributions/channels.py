"""What lives in a context while versions come and go: values of observables, and who has subscribed.

A channel holds JSON data only, and belongs to a package's observable or event, not to a version of it: so a
value and its subscribers outlive an upgrade or a reload.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import Any

from peers_runtime.contributions import interrupts
from peers_runtime.contributions.subscribers import Failed, Subscribers

Undo = Callable[[], object]

UNSET: Any = object()
"""The value of an observable that nobody has set, or asked for, yet."""


class Channel:
    """The value of one observable, or the line of one event, in one context. Safe in threads.

    Subscribers are told in the order of the changes, in the thread that makes a change or in one that is
    telling already; no lock is held meanwhile.
    """

    __slots__ = ("_attach", "_failed", "_guard", "_is_telling", "_source", "_untold", "subscribers", "value")

    def __init__(self, attach: Callable[[], Undo | None], failed: Failed) -> None:
        self.value: Any = UNSET
        self._attach = attach
        self._failed = failed
        self.subscribers = Subscribers[Any](failed, self._open, self._close)
        self._source: Undo | None = None
        self._guard = threading.Lock()
        self._untold: deque[Any] = deque()
        self._is_telling = False

    def tell(self, data: Any) -> None:
        """Tell the subscribers of an event."""
        with self._guard:
            self._untold.append(data)
        self._tell()

    def set(self, data: Any) -> None:
        """Make it the value; subscribers are told when it is another one than before."""
        with self._guard:
            if self.value is not UNSET and self.value == data and type(self.value) is type(data):
                return
            self.value = data
            self._untold.append(data)
        self._tell()

    def begin(self, data: Any) -> Any:
        """The value; `data` if there was none, of which nobody is told."""
        with self._guard:
            if self.value is UNSET:
                self.value = data
            return self.value

    def reattach(self) -> None:
        """Let go of the source, and take that of the version which is active now."""
        self._close()
        if len(self.subscribers):
            self._try(self._open)

    def _tell(self) -> None:
        while True:
            with self._guard:
                if self._is_telling or not self._untold:
                    return
                self._is_telling = True
                data = self._untold.popleft()
            try:
                self.subscribers.tell(data)
            finally:
                with self._guard:
                    self._is_telling = False

    def _open(self) -> None:
        self._source = self._attach()

    def _close(self) -> None:
        source, self._source = self._source, None
        if source is not None:
            self._try(source)

    def _try(self, act: Undo) -> None:
        """What a source raises is no fault of whoever subscribes no longer, or of a switch."""
        try:
            act()
        except BaseException as error:
            if interrupts.is_interrupt(error):
                raise
            self._failed(error)


class Channels:
    """Those of one context, by the id of the observable or event; each is made when it is first needed.

    `attach(item_id)` attaches an event's source, of the version that is active now, and answers with its
    undo; None when there is none. `failed(item_id, error)` hears of what a subscriber raised.
    """

    def __init__(
        self, attach: Callable[[str], Undo | None], failed: Callable[[str, BaseException], object]
    ) -> None:
        self._attach = attach
        self._failed = failed
        self._channels: dict[str, Channel] = {}
        self._guard = threading.Lock()

    def channel(self, item_id: str) -> Channel:
        """The channel of an observable or event."""
        with self._guard:
            found = self._channels.get(item_id)
            if found is None:
                found = self._channels[item_id] = Channel(
                    partial(self._attach, item_id), partial(self._failed, item_id)
                )
            return found

    def reattach(self) -> None:
        """Other versions are active: let the sources be theirs."""
        with self._guard:
            channels = list(self._channels.values())
        for channel in channels:
            channel.reattach()
