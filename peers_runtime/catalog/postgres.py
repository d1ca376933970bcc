"""One PostgreSQL database behind the methods of `database.Database`: how it is locked, what its errors mean.

One advisory lock around every write transaction makes numbers of changes gap-free and their order that of
the commits; a reader sees one moment and never waits. What a partition or a hung client holds, the server
lets go by itself.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Generator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, create_engine, event, func, select, text
from sqlalchemy.engine import ExceptionContext

from peers_runtime.catalog import server

_LOCK = 0x70656572  # with the schema's name it is the catalog's lock among all others of the database
_IDLE_S = 60  # how long a writer may keep the lock without doing anything


class PostgresDatabase:
    """The database at `url`; messages call it `what` it is and `name`, which has no password in it.

    Its errors come as `CatalogUnreachable`, `HomeNotWritable` or `HomeDamaged`. Safe in threads and after a
    fork. Raises `InvalidSetting` when psycopg is not installed.
    """

    what = "the catalog"
    exists = True  # or the first question says that it does not
    is_writable = True  # or the first write says that it is not

    def __init__(self, url: str, name: str) -> None:
        self.name = name
        self._url = url
        self._guard = threading.Lock()
        self._process = os.getpid()
        self._inherited: list[Engine] = []
        self._engine: Engine | None = self._connecting()
        self._at_work = threading.local()

    @contextmanager
    def read(self) -> Generator[Connection]:
        """One consistent view of the database."""
        reading = self._open().execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        with reading.begin() as connection:
            yield connection

    @contextmanager
    def alone(self) -> Generator[None]:
        """Around `begin`, which takes the lock and lets it go with the transaction; cannot be nested."""
        if getattr(self._at_work, "writes", False):
            raise RuntimeError("a write transaction cannot be opened inside another one")
        self._at_work.writes = True
        try:
            yield
        finally:
            self._at_work.writes = False

    @contextmanager
    def begin(self, schema: str | None = None) -> Generator[Connection]:
        """A write transaction that no other one overlaps; committed at the end, rolled back on any error.

        With a `schema`, names are those of the schema, and other schemas' transactions may overlap. Raises
        `HomeNotWritable` when another one does not end in 30 seconds.
        """
        with self._open().begin() as connection:
            connection.execute(text(f"SET LOCAL lock_timeout = '{server.LOCK_S}s'"))
            connection.execute(text(f"SET LOCAL idle_in_transaction_session_timeout = '{_IDLE_S}s'"))
            if schema is not None:
                connection.exec_driver_sql(f'SET LOCAL search_path TO "{schema}"')
            which = func.hashtext(func.current_schema() if schema is None else schema)
            connection.execute(select(func.pg_advisory_xact_lock(_LOCK, which)))
            yield connection

    def announce(self, connection: Connection, sequence: int) -> None:
        """Let who listens know at the commit which change it ends with: a hint to look."""
        connection.execute(select(func.pg_notify(server.CHANNEL, str(sequence))))

    def close(self) -> None:
        """Gives back the connections; the database opens again when it is used again."""
        with self._guard:
            self._forget_inherited()
            engine, self._engine = self._engine, None
        if engine is not None:
            engine.dispose()

    def _open(self) -> Engine:
        with self._guard:
            self._forget_inherited()
            if self._engine is None:
                self._engine = self._connecting()
            return self._engine

    def _forget_inherited(self) -> None:
        """The parent's connections are kept unused: closing one would end the parent's session."""
        if self._process != os.getpid():
            if self._engine is not None:
                self._inherited.append(self._engine)
            self._engine, self._process = None, os.getpid()

    def _connecting(self) -> Engine:
        try:
            engine = create_engine(self._url, connect_args=server.OPTIONS, pool_pre_ping=True)
        except ModuleNotFoundError as error:
            raise server.no_driver() from error
        event.listen(engine, "handle_error", self._translated, retval=True)
        return engine

    def _translated(self, context: ExceptionContext) -> BaseException | None:
        if context.is_pre_ping:  # a connection that the server has closed is replaced by a new one
            return None
        return server.translated(self.name, context.original_exception, self.what)
