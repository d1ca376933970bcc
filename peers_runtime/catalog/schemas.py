"""The packages' rows on a PostgreSQL server: one schema per context, behind `database.Database`'s methods."""

from __future__ import annotations

import hashlib
from collections.abc import Generator
from contextlib import contextmanager

from sqlalchemy import Connection
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.schema import CreateSchema

from peers_runtime.base import errors
from peers_runtime.catalog import location
from peers_runtime.catalog.postgres import PostgresDatabase
from peers_runtime.catalog.shapes import LONGEST_NAME


class DataServer(PostgresDatabase):
    """The database at `url`, for all contexts. Raises `InvalidSetting` for what is no URL of one."""

    what = "the data at"

    def __init__(self, url: str) -> None:
        super().__init__(url, location.server_name(url, "data"))

    def _translated(self, context: ExceptionContext) -> BaseException | None:
        import psycopg

        error = context.original_exception
        if isinstance(error, psycopg.DataError):
            return errors.InvalidRow(
                f"a value cannot be stored on the server: {error}",
                hint="a text on PostgreSQL has no NUL character",
            )
        return super()._translated(context)


class Schema:
    """The tables of one context in the schema of its own; writers of different contexts do not wait."""

    exists = True  # or the first question says that it does not

    def __init__(self, server: DataServer, context_id: str) -> None:
        self._server = server
        self._name = schema_name(context_id)

    @contextmanager
    def read(self) -> Generator[Connection]:
        """One consistent view."""
        with self._server.read() as connection:
            connection.exec_driver_sql(f'SET LOCAL search_path TO "{self._name}"')
            yield connection

    @contextmanager
    def alone(self) -> Generator[None]:
        """Around `begin`, which takes the lock; cannot be nested."""
        with self._server.alone():
            yield

    @contextmanager
    def begin(self) -> Generator[Connection]:
        """A write transaction that no other one of the context overlaps. Raises `HomeNotWritable`."""
        with self._server.begin(self._name) as connection:
            yield connection

    def make(self, connection: Connection) -> None:
        """The schema, when there is none."""
        connection.execute(CreateSchema(self._name, if_not_exists=True))

    def close(self) -> None:
        """The connections are the server's."""


def schema_name(context_id: str) -> str:
    """`peers_` and the context's id; a digest stands for the end of a long one."""
    name = f"peers_{context_id}"
    if len(name) <= LONGEST_NAME:
        return name
    digest = hashlib.sha256(context_id.encode()).hexdigest()[:16]
    return f"{name[: LONGEST_NAME - 17]}_{digest}"
