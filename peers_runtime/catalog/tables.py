"""The packages' own rows: one SQLite file per context, one table per package and `table_id`.

What a value must be is the row model's business; here it only has to come back as it went in.
"""

from __future__ import annotations

import builtins
import functools
import os
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Any

import sqlalchemy as sa

from peers_runtime.base import errors
from peers_runtime.catalog import columns, shapes
from peers_runtime.catalog.database import Database
from peers_runtime.model.manifest import TableData

_OPEN_FILES = 64  # contexts whose database stays open


class TableStore:
    """The rows of all contexts, under `folder`. Safe in threads and with other processes."""

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        self._folder = os.fspath(folder)
        self._open: OrderedDict[str, Database] = OrderedDict()
        self._guard = threading.Lock()

    def table(self, context_id: str, package_id: str, table: TableData) -> TableRows:
        """The rows of a package's table in a context; makes the table, or adds its columns, when needed.

        Raises `TableShapeConflict`, and `HomeNotWritable` when something had to be made and could not be.
        """
        return TableRows(functools.partial(self._database, context_id), package_id, table)

    def close(self) -> None:
        """Gives back the file handles; rows open them again when they are used again."""
        with self._guard:
            databases = list(self._open.values())
            self._open.clear()
        for database in databases:
            database.close()

    def _database(self, context_id: str) -> Database:
        dropped = None
        with self._guard:
            database = self._open.get(context_id)
            if database is None:
                path = os.path.join(self._folder, context_id)
                database = self._open[context_id] = Database(f"{path}.sqlite", f"{path}.lock")
            self._open.move_to_end(context_id)
            if len(self._open) > _OPEN_FILES:
                _, dropped = self._open.popitem(last=False)
        if dropped is not None:
            dropped.close()
        return database


class TableRows:
    """The rows of one table in one context, as plain dicts with the properties of its JSON Schema.

    Moments come as datetimes (in UTC when they know a zone), all else as JSON data. A property with a
    default is left out when it was stored by a version that had none. Made by `TableStore.table`.
    """

    def __init__(self, database: Callable[[], Database], package_id: str, table: TableData) -> None:
        self._database = database
        self._data = table
        self._fields = columns.fields(table)
        self._table = shapes.stored_table(package_id, table, self._fields)
        self._key = self._table.c[table.primary_key]
        self._take_shape()

    def insert(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """The row as it is stored, once it is on the disk. Raises `RowExists` or `InvalidRow`."""
        stored = self._stored(row)
        key = stored.get(self._key.name)
        if key is None:
            raise errors.InvalidRow(
                f"a row of {self._data.name} has no {self._key.name}, which is its primary key",
                hint=f"give it a {self._key.name}",
                table=self._data.name,
                column=self._key.name,
            )
        chosen = sa.select(self._table).where(self._key == key)
        database = self._database()
        with database.alone(), database.begin() as connection:
            if connection.execute(chosen).first() is not None:
                raise errors.RowExists(
                    f"{self._data.name} has a row with {self._key.name} = {key!r} already",
                    hint=f"choose another {self._key.name}",
                    table=self._data.name,
                    key=key,
                )
            connection.execute(sa.insert(self._table).values(stored))
            return self._loaded(connection.execute(chosen).mappings().one())

    def get(self, key: Any) -> dict[str, Any] | None:
        """The row with this primary key, or None. Raises `InvalidRow` for what cannot be a key."""
        found = self._select({self._key.name: key}, 1)
        return found[0] if found else None

    def list(self, *, limit: int | None = None, **equals: Any) -> builtins.list[dict[str, Any]]:
        """The rows whose columns equal all of these values, by primary key. Raises `InvalidRow`."""
        return self._select(equals, limit)

    def _select(self, equals: Mapping[str, Any], limit: int | None) -> builtins.list[dict[str, Any]]:
        chosen = sa.select(self._table).order_by(self._key).limit(limit)
        for name, value in self._stored(equals).items():
            chosen = chosen.where(self._table.c[name] == value)  # None becomes IS NULL
        with self._database().read() as connection:
            return [self._loaded(found) for found in connection.execute(chosen).mappings()]

    def _stored(self, values: Mapping[str, Any]) -> dict[str, Any]:
        unknown = values.keys() - self._fields.keys()
        if unknown:
            raise errors.InvalidRow(
                f"{self._data.name} has no {', '.join(sorted(unknown))}",
                hint=f"its columns are: {', '.join(self._fields)}",
                table=self._data.name,
                columns=sorted(unknown),
            )
        return {name: self._fields[name].store(value) for name, value in values.items()}

    def _loaded(self, stored: Mapping[Any, Any]) -> dict[str, Any]:
        row: dict[str, Any] = {}
        for name, field in self._fields.items():
            value = field.load(stored[name])
            if value is not None or field.takes_none:
                row[name] = value
            elif field.is_required:
                key = stored[self._key.name]
                raise shapes.conflict(
                    self._data, f"the row {key!r} is of a version that had no {name!r}, which is required"
                )
        return row

    def _take_shape(self) -> None:
        """Give the stored table the shape that this version wants; takes no lock when it has it."""
        database = self._database()
        if os.path.exists(database.path):
            with database.read() as connection:
                if shapes.missing(connection, self._table.name, self._data, self._fields) is None:
                    return
        with database.alone(), database.begin() as connection:
            missing = shapes.missing(connection, self._table.name, self._data, self._fields)
            if missing is not None:
                shapes.add(connection, self._table, self._data, self._fields, missing)
