"""A consumer's subscriptions to members of a contract: they move when the provider becomes another one."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any
from weakref import WeakKeyDictionary

from peers_runtime.base import errors
from peers_runtime.contracts.ports import Reach
from peers_runtime.contributions.channels import UNSET
from peers_runtime.contributions.ports import Contributor
from peers_runtime.model.manifest import ConsumedData

Callback = Callable[[Any], object]


class Subscription:
    """One callback for one member of a contract, attached to the provider of the moment."""

    __slots__ = ("_at", "_detach", "_kind", "_last", "_name", "callback", "consumed")

    def __init__(self, consumed: ConsumedData, kind: str, name: str, callback: Callback) -> None:
        self.consumed = consumed
        self.callback = callback
        self._kind = kind  # "observables" or "events"
        self._name = name
        self._at: str | None = None  # the id of the provider's own member
        self._last: Any = UNSET
        self._detach: Callable[[], object] = _nothing

    def attach(self, reach: Reach) -> None:
        """Hear of the provider's member from now on, and no longer of another's.

        An observable's subscriber is told at once when its value is another one at the new provider. Raises
        `ContractMissing`, `UnknownMember` or `SourceFailed`, and then hears nothing.
        """
        provider = reach.providers.provider(self.consumed)
        item_id = None if provider is None else provider.member(self._kind, self._name)[0]
        if item_id == self._at:
            return
        self.detach()
        if item_id is None:
            return
        if self._kind == "events":
            self._detach = reach.events[item_id].subscribe_to_data(self.callback)
        else:
            observable = reach.observables[item_id]
            self._detach = observable.subscribe_to_data(self._told)
            value = observable.value()
            if self._last is not UNSET and value != self._last:
                self.callback(value)
            self._last = value
        self._at = item_id

    def detach(self) -> None:
        detach, self._detach, self._at = self._detach, _nothing, None
        detach()

    def _told(self, value: Any) -> None:
        self._last = value
        self.callback(value)


class Subscriptions:
    """Those of one context. `failed(consumed, error)` hears of one that cannot move."""

    def __init__(self, failed: Callable[[ConsumedData, BaseException], object]) -> None:
        self._failed = failed
        self._guard = threading.RLock()
        self._all: dict[int, Subscription] = {}
        self._number = 0
        self._owned: WeakKeyDictionary[Contributor, list[Callable[[], None]]] = WeakKeyDictionary()

    def add(self, subscription: Subscription, reach: Reach, owner: Contributor | None) -> Callable[[], None]:
        """Attach it and keep it attached; answers with the undo. Raises as `Subscription.attach`."""
        with self._guard:
            try:
                subscription.attach(reach)
            except BaseException:
                subscription.detach()
                raise
            self._number += 1
            number = self._number
            self._all[number] = subscription

        def undo() -> None:
            with self._guard:
                if self._all.pop(number, None) is not None:
                    subscription.detach()

        if owner is not None:
            with self._guard:
                self._owned.setdefault(owner, []).append(undo)
        return undo

    def leave(self, owner: Contributor) -> None:
        """Take the subscriptions of a version away."""
        with self._guard:
            undos = self._owned.pop(owner, ())
        for undo in undos:
            undo()

    def move(self, reach: Reach) -> None:
        """Let each hear of whoever is the provider now; one that finds none waits for the next."""
        with self._guard:
            for subscription in list(self._all.values()):
                try:
                    subscription.attach(reach)
                except errors.PeersError as error:
                    subscription.detach()
                    self._failed(subscription.consumed, error)


def _nothing() -> None:
    """What there is to detach before anything was attached."""
