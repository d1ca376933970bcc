"""The tail of a catalog on PostgreSQL: what it tells by itself is a hint, what it answers is the truth."""

from __future__ import annotations

import select
from time import monotonic
from typing import TYPE_CHECKING, Any

from peers_runtime.catalog import server

if TYPE_CHECKING:
    from _thread import LockType

    from psycopg import Connection

_LAST = "SELECT max(sequence) FROM changes"
_INTERVAL_S = 0.5  # between two questions, when nothing is told
_PAUSE_S = 2.0  # between two attempts to connect
_SLICE_S = 0.1  # how late an end is noticed
_CONNECT_S = 2  # the least that libpq waits


class ServerTail:
    """Of the catalog at a `url`; messages call it `name`. See `tail.Tail`."""

    def __init__(self, url: str, name: str) -> None:
        self._uri = "postgresql" + url[url.index(":") :]  # as libpq has it
        self._name = name
        self._connection: Connection[Any] | None = None
        self._pause_s = 0.0  # until the next question

    def sequence(self) -> int:
        try:
            import psycopg
        except ModuleNotFoundError as error:
            raise server.no_driver() from error
        try:
            self._pause_s = _INTERVAL_S
            return self._ask()
        except psycopg.errors.UndefinedTable:
            return 0  # still to be made
        except psycopg.Error as error:
            self._pause_s = _PAUSE_S
            self.close()
            raise server.translated(self._name, error) or error from error

    def wait(self, stop: LockType) -> bool:
        until = monotonic() + self._pause_s
        while (left := until - monotonic()) > 0:
            if self._is_told(min(left, _SLICE_S)):
                break
            if stop.acquire(blocking=False):
                return False
        return not stop.acquire(blocking=False)

    def close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _is_told(self, seconds: float) -> bool:
        told = select.poll()  # `select.select` takes no file above the thousandth
        if self._connection is not None:
            told.register(self._connection.fileno(), select.POLLIN)
        return bool(told.poll(seconds * 1000))

    def _ask(self) -> int:
        import psycopg

        if self._connection is None:
            options: dict[str, Any] = {**server.OPTIONS, "connect_timeout": _CONNECT_S}
            self._connection = psycopg.connect(self._uri, autocommit=True, **options)
            self._connection.add_notify_handler(lambda _: None)  # else it would keep them all
            self._connection.execute(f"LISTEN {server.CHANNEL}")
        found = self._connection.execute(_LAST).fetchone()
        return 0 if found is None else int(found[0] or 0)
