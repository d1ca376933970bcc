"""The end of a shared catalog's feed: the number of its last change, asked for without SQLAlchemy.

Asking costs some ten microseconds for a file and one round trip for a server, so that a host can ask at its
start and again and again after it.
"""

from __future__ import annotations

import os
import sqlite3
from typing import TYPE_CHECKING, Protocol
from urllib.parse import quote

from peers_runtime.base import errors

if TYPE_CHECKING:
    from _thread import LockType

    from peers_runtime.catalog.location import Location

_LAST = "SELECT max(sequence) FROM changes"
_BUSY_TIMEOUT_S = 5.0
_INTERVAL_S = 0.25  # between two questions


class Tail(Protocol):
    """One connection, of one thread; a forked child makes its own."""

    def sequence(self) -> int:
        """The number of the last change; 0 of a catalog that is still to be made.

        Raises `CatalogUnreachable`, `HomeDamaged` or `HomeNotWritable`; the next call connects anew.
        """
        ...

    def wait(self, stop: LockType) -> bool:
        """Until it is time to ask again; False, with the lock taken, once somebody has let go of `stop`."""
        ...

    def close(self) -> None: ...


def tail(location: Location) -> Tail:
    """The tail of the catalog there; nothing is connected yet."""
    if location.url is not None:
        from peers_runtime.catalog.listening import ServerTail

        return ServerTail(location.url, location.name)
    assert location.path is not None  # a location has one of the two
    return FileTail(location.path)


def reading_uri(path: str) -> str:
    """How SQLite is told to open the file for reading only, in a folder that cannot be written too.

    There it needs files beside it that it cannot make, unless it takes the file as one that nobody changes.
    """
    log = f"{path}-wal"
    if is_changed_beside(path) or (os.path.exists(log) and os.path.getsize(log)):
        return f"file:{quote(path)}?mode=ro"
    return f"file:{quote(path)}?mode=ro&immutable=1"


def is_changed_beside(path: str) -> bool:
    """Whether this process can write where the file lies; else a connection may not be kept."""
    return os.access(os.path.dirname(path), os.W_OK)


class FileTail:
    """Of a SQLite file. One that was put in the place of another is seen as such.

    `may_be_missing`: then nothing was written to it yet.
    """

    def __init__(self, path: str, *, may_be_missing: bool = False) -> None:
        self._may_be_missing = may_be_missing
        self._path = path
        self._connection: sqlite3.Connection | None = None
        self._file: tuple[int, int] | None = None  # device and inode of what is connected

    def sequence(self) -> int:
        if self._may_be_missing and not os.path.exists(self._path):
            return 0
        try:
            return self._ask()
        except (OSError, sqlite3.Error) as error:
            self.close()
            raise _unreadable(self._path, error) from error

    def wait(self, stop: LockType) -> bool:
        return not stop.acquire(timeout=_INTERVAL_S)

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _ask(self) -> int:
        found = os.stat(self._path)
        if self._connection is None or self._file != (found.st_dev, found.st_ino):
            self.close()
            self._connection = sqlite3.connect(
                reading_uri(self._path), uri=True, timeout=_BUSY_TIMEOUT_S, isolation_level=None
            )
            self._connection.execute("PRAGMA mmap_size=0")
            self._file = found.st_dev, found.st_ino
        try:
            (sequence,) = self._connection.execute(_LAST).fetchone()
        except sqlite3.OperationalError as error:
            if "no such table" not in str(error):
                raise
            sequence = 0  # somebody is about to make it
        if not is_changed_beside(self._path):
            self.close()
        return int(sequence or 0)


def _unreadable(path: str, error: OSError | sqlite3.Error) -> errors.StorageError:
    if isinstance(error, sqlite3.DatabaseError) and not isinstance(error, sqlite3.OperationalError):
        return errors.HomeDamaged(
            f"{path} is damaged: {error}", hint="restore it from a backup", path=path, reason=str(error)
        )
    reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
    return errors.CatalogUnreachable(
        f"the catalog {path} cannot be read: {reason}",
        hint="see whether the disk that it lies on is mounted",
        catalog=path,
        reason=reason,
    )
