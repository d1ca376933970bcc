"""The packages' own rows, one table per package and `table_id`: one SQLite file per context, or one schema
per context of a PostgreSQL database.

What a value must be is the row model's business; here it only has to come back as it went in.
"""

from __future__ import annotations

import os
import threading
from collections import OrderedDict
from typing import Protocol
from weakref import WeakSet

import sqlalchemy as sa

from peers_runtime.catalog import shapes
from peers_runtime.catalog.changes import Line
from peers_runtime.catalog.database import Database
from peers_runtime.catalog.rows import Place, Statements, TableRows
from peers_runtime.catalog.schemas import DataServer, Schema
from peers_runtime.model.manifest import TableData

_OPEN_FILES = 64  # contexts whose database stays open
_STATEMENTS = 256  # tables of versions whose statements are kept


class TableStore:
    """The rows of all contexts, under `folder` or on the server at `url`.

    Safe in threads and with other processes. Raises `InvalidSetting` for what is no URL of a server.
    """

    def __init__(self, folder: str | os.PathLike[str], url: str | None = None) -> None:
        self._folder = os.fspath(folder)
        self._server = DataServer(url) if url is not None else None
        self._open: OrderedDict[str, _Opened] = OrderedDict()
        self._statements: OrderedDict[tuple[str, int], Statements] = OrderedDict()
        self._lines: dict[tuple[str, str, str], Line] = {}
        self._guard = threading.Lock()

    def table(self, context_id: str, package_id: str, table: TableData) -> TableRows:
        """The rows of a package's table in a context; makes the table, or adds its columns, when needed.

        Raises `TableShapeConflict`, and `HomeNotWritable` when something had to be made and could not be.
        """
        statements = self._statements_of(package_id, table)
        opened = self._opened(context_id)
        if statements not in opened.shaped or not opened.place.exists:
            _take_shape(opened.place, statements)
            opened.shaped.add(statements)
        line = self._line((context_id, package_id, table.table_id))
        return TableRows(lambda: self._opened(context_id).place, statements, line)

    def close(self) -> None:
        """Gives back the file handles; rows open them again when they are used again."""
        with self._guard:
            opened = list(self._open.values())
            self._open.clear()
        for one in opened:
            one.place.close()
        if self._server is not None:
            self._server.close()

    def _opened(self, context_id: str) -> _Opened:
        dropped = None
        with self._guard:
            found = self._open.get(context_id)
            if found is None:
                found = self._open[context_id] = _Opened(self._place(context_id))
            self._open.move_to_end(context_id)
            if len(self._open) > _OPEN_FILES:
                _, dropped = self._open.popitem(last=False)
        if dropped is not None:
            dropped.place.close()
        return found

    def _place(self, context_id: str) -> _ClosablePlace:
        if self._server is not None:
            return Schema(self._server, context_id)
        path = os.path.join(self._folder, context_id)
        return Database(f"{path}.sqlite", f"{path}.lock")

    def _statements_of(self, package_id: str, table: TableData) -> Statements:
        """Made once for each table of a version, which is one object as long as its manifest is read."""
        which = package_id, id(table)
        with self._guard:
            found = self._statements.get(which)
            if found is None or found.data is not table:
                found = self._statements[which] = Statements(package_id, table)
                if len(self._statements) > _STATEMENTS:
                    self._statements.popitem(last=False)
            self._statements.move_to_end(which)
        return found

    def _line(self, which: tuple[str, str, str]) -> Line:
        with self._guard:
            return self._lines.setdefault(which, Line())


class _ClosablePlace(Place, Protocol):
    def close(self) -> None: ...


class _Opened:
    """A context's database, and whose tables are known to have their shape in it."""

    __slots__ = ("place", "shaped")

    def __init__(self, place: _ClosablePlace) -> None:
        self.place = place
        self.shaped: WeakSet[Statements] = WeakSet()


def _take_shape(place: Place, statements: Statements) -> None:
    """Give the stored table the shape that this version wants; takes no lock when it has it."""
    table, fields, target = statements.data, statements.fields, statements.target

    def missing(connection: sa.Connection) -> shapes.Missing | None:
        return shapes.missing(connection, target.name, table, fields)

    if place.exists:
        with place.read() as connection:
            if missing(connection) is None:
                return
    with place.alone(), place.begin() as connection:
        place.make(connection)
        found = missing(connection)
        if found is not None:
            shapes.add(connection, target, table, fields, found)
