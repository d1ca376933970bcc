"""What worker processes need: which home to open, and the realms that this process knows.

On a host's start path: imports nothing else.
"""

from __future__ import annotations

import os

from peers_runtime.host.storage import Storage
from peers_runtime.importing.finder import finder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

VARIABLE = "PEERS_HOME"


def announce(storage: Storage) -> Callable[[], None]:
    """Let workers find this home, and this process the realms that others pickled; returns the undo.

    `$PEERS_HOME` names the home that was opened last and is still open; after the last one it is what it
    was before the first. Undoing twice does nothing.
    """
    others = _open()
    outside = others[-1].outside if others else os.environ.get(VARIABLE)
    storage.outside = outside
    storage.process = os.getpid()
    forget = finder().on_unknown_tag(storage.realm_of)
    os.environ[VARIABLE] = storage.path

    def undo() -> None:
        if storage not in _open():
            return
        forget()
        left = _open()
        value = left[-1].path if left else outside
        if value is None:
            os.environ.pop(VARIABLE, None)
        else:
            os.environ[VARIABLE] = value

    return undo


def opened(home: str, catalog: str | None) -> Storage | None:
    """A home that this process itself has open; what its parent had open before a fork is the parent's."""
    for storage in _open():
        if storage.process == os.getpid() and storage.is_at(home, catalog):
            return storage
    return None


def _open() -> list[Storage]:
    """The homes that are open in this process, in the order of their opening."""
    owners = [getattr(load, "__self__", None) for load in finder().loaders]
    return [owner for owner in owners if isinstance(owner, Storage)]
