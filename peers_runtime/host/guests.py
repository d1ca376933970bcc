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
from peers_runtime.activation.generations import Generations, Reference
from peers_runtime.activation.view import View
from peers_runtime.catalog.home import Home
from peers_runtime.contributions import calls
from peers_runtime.host import workers
from peers_runtime.host.storage import Storage

if TYPE_CHECKING:
    from peers_runtime.contributions.calls import Answer, Request

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


def _guest(place: Place) -> Generations:
    """Of the home as this process has it open, or opens it now."""
    storage = workers.opened(place.home, place.catalog)
    if storage is None:
        storage = _open(place)
    if storage.guest is None:
        storage.guest = Generations(storage.engine)
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
