"""What a page hears of contracts while it follows what changes: values of observables, and events."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, Final

from pydantic_core import to_json

from peers_runtime.base import errors
from peers_runtime.web.ports import Handle

_MOST_CONTRACTS: Final = 20  # that one page hears of
_MOST_EVENTS: Final = 100
_MOST_WAITING: Final = 1_000  # events that are kept for a page that reads slowly
_MOST_BYTES: Final = 2**25  # of what is kept for it
_LONGEST: Final = 9  # digits of a contract's version

Wanted = Mapping[tuple[str, int], Sequence[str]]


def wanted(contracts: Sequence[str], events: Sequence[str]) -> Wanted:
    """What a page asks for: `ID@VERSION`, each once, and of its events `ID@VERSION:NAME`.

    Raises `InvalidInput`.
    """
    if len(contracts) > _MOST_CONTRACTS or len(events) > _MOST_EVENTS:
        raise errors.InvalidInput(
            f"a page hears of at most {_MOST_CONTRACTS} contracts and {_MOST_EVENTS} events",
            hint="dispose of contracts that are no longer needed: contract.dispose()",
        )
    found: dict[tuple[str, int], list[str]] = {_named(one): [] for one in contracts}
    for one in events:
        label, _, name = one.partition(":")
        found.setdefault(_named(label), []).append(name)
    return found


class Hearing:
    """Of one page, until it is sent: the latest value of each observable, and every event.

    Subscriptions are made by `begin` and undone by `end`, both of which may run code of packages.
    """

    def __init__(self, handle: Handle, wanted: Wanted) -> None:
        self._handle = handle
        self._wanted = wanted
        self._guard = threading.Lock()
        self._waiting: dict[object, bytes] = {}
        self._bytes = 0
        self._held: list[Any] = []
        self._wake: Callable[[], object] = _nothing
        self._is_over = False
        self.is_behind = False  # the page reads more slowly than there is to tell, and has to begin anew

    def begin(self, wake: Callable[[], object]) -> None:
        """Subscribe, and call `wake` whenever there is something to take."""
        self._wake = wake
        for (contract_id, version), events in self._wanted.items():
            label = f"{contract_id}@{version}"
            try:
                held = self._handle.contract(contract_id, version)
                with self._guard:
                    self._held.append(held)
                for name in held.observables:
                    held.observables[name].subscribe(partial(self._value, label, name))
                    self._value(label, name, held.observables[name](), is_first=True)
                for name in dict.fromkeys(events):
                    held.events[name].subscribe(partial(self._event, label, name))
            except errors.PeersError as error:
                told = {"code": error.code, "message": error.message}
                self._put(label, "silent", {"contract": label, "error": told})
        if self._is_over:  # meanwhile
            self.end()

    def take(self) -> Sequence[bytes]:
        """What is to be sent, in the order in which it came."""
        with self._guard:
            found, self._waiting, self._bytes = self._waiting, {}, 0
        return list(found.values())

    def end(self) -> None:
        """Hear no more. Idempotent."""
        with self._guard:
            self._is_over = True
            held, self._held = self._held, []
        for one in held:
            one.dispose()

    def _value(self, label: str, name: str, value: object, *, is_first: bool = False) -> None:
        data = {"contract": label, "name": name, "value": value}
        self._put((label, name), "value", data, supersedes=not is_first)

    def _event(self, label: str, name: str, payload: object) -> None:
        self._put(object(), "told", {"contract": label, "name": name, "payload": payload})

    def _put(self, key: object, event: str, data: Mapping[str, Any], *, supersedes: bool = True) -> None:
        """Keep it until it is taken, in place of what has the same key, or beside that not at all."""
        sent = b"event: %s\ndata: %s\n\n" % (event.encode(), to_json(data))
        with self._guard:
            if key in self._waiting and not supersedes:
                return
            self._bytes += len(sent) - len(self._waiting.pop(key, b""))
            self._waiting[key] = sent
            if len(self._waiting) > _MOST_WAITING or self._bytes > _MOST_BYTES:
                self.is_behind = True
                self._waiting, self._bytes = {}, 0
        self._wake()


def _named(label: str) -> tuple[str, int]:
    contract_id, _, version = label.partition("@")
    if not (contract_id and version.isascii() and version.isdigit() and len(version) <= _LONGEST):
        raise errors.InvalidInput(
            f"{label[:80]!r} names no contract",
            hint="it is CONTRACT_ID@VERSION, as peers contracts list says",
        )
    return contract_id, int(version)


def _nothing() -> None:
    """What wakes a stream before there is one."""
