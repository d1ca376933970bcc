"""The values of variables: rows in a catalog, and those of one device in a small file of its home."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, delete, func, insert, select, update

from peers_runtime.catalog import schema
from peers_runtime.catalog.database import Database
from peers_runtime.model.variables import Address, StoredVariable

_table = schema.variables


def find(connection: Connection, at: Address) -> StoredVariable | None:
    row = connection.execute(select(_table).where(_is(at))).mappings().first()
    if row is None:
        return None
    return StoredVariable(at, row["value"], row["is_sealed"], row["by"], row["at"])


def put(connection: Connection, stored: StoredVariable) -> bool:
    """Whether that changes the value; who set the same one again is not noted."""
    values = {
        "value": stored.value, "is_sealed": stored.is_sealed, "by": stored.by, "at": stored.at,
    }  # fmt: skip
    found = find(connection, stored.address)
    if found is None:
        connection.execute(insert(_table).values(**_key(stored.address), **values))
        return True
    if (found.value, found.is_sealed) == (stored.value, stored.is_sealed):
        return False
    connection.execute(update(_table).where(_is(stored.address)).values(values))
    return True


def remove(connection: Connection, at: Address) -> bool:
    """Whether there was one."""
    return bool(connection.execute(delete(_table).where(_is(at))).rowcount)


def key(at: Address) -> str:
    """What a change of it is called in the feed."""
    return f"{at.scope}/{at.package_id}/{at.variable_id}/{at.actor_id}"


class DeviceVariables:
    """The values that never leave this device, in one SQLite file, made with the first of them.

    `catalog` tells those of one catalog's contexts from those of another's; the home's own has none. Safe in
    threads and with other processes. Raises `HomeNotWritable` or `HomeDamaged`.
    """

    def __init__(self, path: str | os.PathLike[str], catalog: str = "") -> None:
        self._catalog = catalog
        base = os.fspath(path)
        self._database = Database(f"{base}.sqlite", f"{base}.lock")

    @property
    def path(self) -> str:
        return self._database.path

    def find(self, at: Address) -> StoredVariable | None:
        if not self._database.exists:
            return None
        with self._database.read() as connection:
            found = find(connection, self._of_catalog(at)) if _is_made(connection) else None
        return None if found is None else replace(found, address=at)

    def put(self, stored: StoredVariable) -> None:
        stored = replace(stored, address=self._of_catalog(stored.address))
        with self._database.alone(), self._database.begin() as connection:
            _make(connection)
            if put(connection, stored):
                _count(connection, stored.address)

    def remove(self, at: Address) -> None:
        if not self._database.exists:
            return
        at = self._of_catalog(at)
        with self._database.alone(), self._database.begin() as connection:
            if _is_made(connection) and remove(connection, at):
                _count(connection, at)

    def close(self) -> None:
        """Gives back the file handles."""
        self._database.close()

    def _of_catalog(self, at: Address) -> Address:
        is_ours = not self._catalog or not at.context_id
        return at if is_ours else replace(at, context_id=f"{self._catalog}/{at.context_id}")


def _is_made(connection: Connection) -> bool:
    """Whoever makes the file is seen before the tables are."""
    return connection.dialect.has_table(connection, _table.name)


def _make(connection: Connection) -> None:
    if not _is_made(connection):
        _table.create(connection)
        schema.changes.create(connection)  # a feed of its own, so that a tail can follow it


def _count(connection: Connection, at: Address) -> None:
    changes = schema.changes
    last = connection.execute(select(func.max(changes.c.sequence))).scalar() or 0
    row = {"sequence": last + 1, "context_id": None, "kind": _table.name, "key": key(at)}
    connection.execute(insert(changes).values(row))


def _key(at: Address) -> dict[str, Any]:
    return {
        "scope": at.scope,
        "context_id": at.context_id,
        "actor_id": at.actor_id,
        "package_id": at.package_id,
        "variable_id": at.variable_id,
    }


def _is(at: Address) -> ColumnElement[bool]:
    return and_(*(_table.c[name] == value for name, value in _key(at).items()))
