"""Running tools for callers in other processes.

A process that is asked opens the caller's home once and keeps it open to its end. It serves the versions
that the caller names by digest, whatever is active by then.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from multiprocessing.util import Finalize
from typing import TYPE_CHECKING, NamedTuple

from peers_runtime.activation.engine import Engine
from peers_runtime.activation.view import View
from peers_runtime.catalog.home import Home
from peers_runtime.contributions import calls
from peers_runtime.host import workers
from peers_runtime.host.storage import Storage
from peers_runtime.model.active import ActivePackage

if TYPE_CHECKING:
    from peers_runtime.activation.binding import Binding
    from peers_runtime.contributions.calls import Answer, Request

Reference = tuple[str, str, str, str, str | None]
"""Import name, package id, version, digest, and the author's folder of a dev version."""

_KEPT = 8  # generations whose versions stay loaded between calls
_opening = threading.Lock()


class Place(NamedTuple):
    """How the caller's home was opened."""

    home: str
    catalog: str | None
    blobs: str | None
    data: str | None
    secrets_key: str | None
    actor: str
    facades: bool


def serve(
    opened: tuple[str, str | None, str | None, str | None, str | None, str, bool],
    context_id: str,
    references: Sequence[Reference],
    request: Request,
) -> Answer:
    """Run the tool of a request on these versions, with the context current."""
    with _opening:
        guest = _guest(Place(*opened))
    binding = guest.enter(context_id, tuple(references))
    try:
        return calls.answer(View(binding, request.actor).tools, request)
    finally:
        guest.leave(context_id, tuple(references))


class Guest:
    """The generations that this process serves of one home."""

    def __init__(self, storage: Storage) -> None:
        self._engine = storage.engine
        self._guard = threading.Lock()
        self._bindings: dict[tuple[str, Sequence[Reference]], Binding] = {}  # the last used one is the last
        self._running: dict[tuple[str, Sequence[Reference]], int] = {}

    def enter(self, context_id: str, references: Sequence[Reference]) -> Binding:
        key = context_id, references
        with self._guard:
            binding = self._bindings.pop(key, None)
            if binding is None:
                packages = [
                    ActivePackage(name, package_id, version, digest, (), (), origin)
                    for name, package_id, version, digest, origin in references
                ]
                binding = self._engine.generation(context_id, packages)
            self._bindings[key] = binding
            self._running[key] = self._running.get(key, 0) + 1
            return binding

    def leave(self, context_id: str, references: Sequence[Reference]) -> None:
        key = context_id, references
        with self._guard:
            self._running[key] -= 1
            if not self._running[key]:
                del self._running[key]
            idle = [one for one in self._bindings if one not in self._running]
            gone = [self._bindings.pop(one) for one in idle[: len(self._bindings) - _KEPT]]
        for binding in gone:
            self._tell_end(binding)

    def close(self) -> None:
        with self._guard:
            gone = list(self._bindings.values())
            self._bindings.clear()
        for binding in gone:
            self._tell_end(binding)

    def _tell_end(self, binding: Binding) -> None:
        """Tell the versions that no other generation of the context has."""
        with self._guard:
            others = tuple(self._bindings.values())
        elsewhere = {one.key for other in others for one in other.active.packages} | self._engine.in_use()
        here = {
            one.key
            for other in others
            if other.context_id == binding.context_id
            for one in other.active.packages
        }
        ending = [one for one in binding.versions.values() if one.package.key not in here]
        self._engine.tell_end(binding, ending, elsewhere)


def _guest(place: Place) -> Guest:
    """Of the home as this process has it open, or opens it now."""
    storage = workers.opened(place.home, place.catalog)
    if storage is None:
        storage = _open(place)
    if storage.guest is None:
        storage.guest = Guest(storage)
    return storage.guest


def _open(place: Place) -> Storage:
    home = Home(place.home, None)
    storage = Storage(home, place.actor, place.catalog, place.blobs, place.data, place.secrets_key)
    storage.engine = Engine(storage.state(), storage, place.facades)
    storage.serve = serve
    undo = workers.announce(storage)

    def close() -> None:
        undo()
        if storage.guest is not None:
            storage.guest.close()
        storage.engine.close()
        storage.close()

    Finalize(None, close, exitpriority=10)  # also runs in processes that multiprocessing ends
    return storage
