"""What a project's requirements were resolved to, as its `peers.lock` says."""

from __future__ import annotations

from peers_runtime.model.manifest import PrivateEntry
from peers_runtime.model.wire import Record


class Locked(Record):
    """A lock: `asked` are the requirements it was made for, `private` all the wheels that they need."""

    asked: tuple[str, ...] = ()
    private: tuple[PrivateEntry, ...] = ()


class Use(Record):
    """A private distribution of what is active in this home, and who uses it: `notes@1.0.0 in acme`."""

    name: str
    version: str
    digest: str
    used_by: tuple[str, ...]


class Dependencies(Record):
    """What a project asks for and what it gets; `changes` are those of an act, in words.

    `trouble` says why the lock cannot be used, when it cannot.
    """

    project: str  # its folder
    asked: tuple[str, ...]
    private: tuple[PrivateEntry, ...]
    trouble: str = ""
    changes: tuple[str, ...] = ()
    written: bool = False
