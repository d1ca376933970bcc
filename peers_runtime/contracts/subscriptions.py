"""A consumer's subscriptions to members of a contract: they move when the provider becomes another one."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, NamedTuple

from peers_runtime.base import errors
from peers_runtime.contracts.ports import Reach
from peers_runtime.contributions.channels import UNSET
from peers_runtime.model.manifest import ConsumedData

Callback = Callable[[Any], object]


class Member(NamedTuple):
    """A member of a contract that can be heard of."""

    consumed: ConsumedData
    kind: str  # "observables" or "events"
    name: str

    def __str__(self) -> str:
        return f"{self.name!r} of the contract {self.consumed.label}"


class Subscription:
    """One callback for one member of a contract, attached to the provider of the moment.

    The callback does not raise.
    """

    __slots__ = ("_at", "_callback", "_detach", "_last", "member")

    def __init__(self, member: Member, callback: Callback) -> None:
        self.member = member
        self._callback = callback
        self._at: str | None = None  # the id of the provider's own member
        self._last: Any = UNSET
        self._detach: Callable[[], object] = _nothing

    def attach(self, reach: Reach) -> None:
        """Hear of the provider's member from now on, and no longer of another's.

        An observable's subscriber is told at once when its value is another one at the new provider. Raises
        `ContractMissing`, `UnknownMember` or `SourceFailed`, and then hears nothing.
        """
        consumed, kind, name = self.member
        provider = reach.providers.provider(consumed)
        item_id = None if provider is None else provider.member(kind, name)[0]
        if item_id == self._at:
            return
        self.detach()
        if item_id is None:
            return
        if kind == "events":
            self._detach = reach.events[item_id].subscribe_to_data(self._callback)
        else:
            observable = reach.observables[item_id]
            self._detach = observable.subscribe_to_data(self._told)
            value = observable.value()
            if self._last is not UNSET and value != self._last:
                self._callback(value)
            self._last = value
        self._at = item_id

    def detach(self) -> None:
        detach, self._detach, self._at = self._detach, _nothing, None
        detach()

    def _told(self, value: Any) -> None:
        self._last = value
        self._callback(value)


class Subscriptions:
    """Those of one context. `failed(member, error)` hears of one that cannot move."""

    def __init__(self, failed: Callable[[Member, errors.PeersError], object]) -> None:
        self._failed = failed
        self._guard = threading.RLock()
        self._all: dict[int, Subscription] = {}
        self._number = 0

    def add(self, subscription: Subscription, reach: Reach) -> Callable[[], None]:
        """Attach it and keep it attached; answers with the undo, which may be called twice.

        Raises as `Subscription.attach`.
        """
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

        return undo

    def move(self, reach: Reach) -> None:
        """Let each hear of whoever is the provider now; one that finds none waits for the next."""
        with self._guard:
            for subscription in list(self._all.values()):
                try:
                    subscription.attach(reach)
                except errors.PeersError as error:
                    subscription.detach()
                    self._failed(subscription.member, error)


def _nothing() -> None:
    """What there is to detach before anything was attached."""
