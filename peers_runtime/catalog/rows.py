"""The rows of one table in one context, as plain data: asked for, changed, and told of after the change."""

from __future__ import annotations

import builtins
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from functools import partial
from itertools import groupby
from typing import Any, Protocol, TypeVar

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from peers_runtime.base import errors
from peers_runtime.catalog import columns, shapes
from peers_runtime.catalog.changes import Change, Kind, Line, Pending
from peers_runtime.model.manifest import TableData

_BATCH = 1000  # rows that `each` holds at a time
_KEPT = 64  # questions by different columns that are kept in their compiled form

Answer = TypeVar("Answer")
Note = Callable[[Kind, Any], None]


class Place(Protocol):
    """Where a context's tables lie."""

    @property
    def exists(self) -> bool: ...

    def read(self) -> AbstractContextManager[sa.Connection]: ...

    def alone(self) -> AbstractContextManager[None]: ...

    def begin(self) -> AbstractContextManager[sa.Connection]: ...

    def make(self, connection: sa.Connection) -> None:
        """What tables need around them, within a write transaction."""
        ...


class Statements:
    """What is said to the database about one table of one version, in whichever context."""

    def __init__(self, package_id: str, table: TableData) -> None:
        self.data = table
        self.fields = columns.fields(table)
        self.target = shapes.stored_table(package_id, table, self.fields)
        self.key = self.target.c[table.primary_key]
        self.columns = [self.target.c[name] for name in self.fields]
        self.stores = {name: field.stores for name, field in self.fields.items()}
        self.loads = [
            (at, name, field.loads)
            for at, (name, field) in enumerate(self.fields.items())
            if field.loads is not None
        ]
        is_it = self.key == sa.bindparam("the_key")
        self.find = sa.select(*self.columns).where(is_it)
        self.find_all = sa.select(sa.text("*")).select_from(self.target).where(is_it)
        self.delete = sa.delete(self.target).where(is_it)
        self._update = sa.update(self.target).where(is_it)
        self._questions: dict[object, sa.Select[Any]] = {}
        self._insertions: dict[object, tuple[str, Sequence[str] | None]] = {}

    def insert(self, connection: sa.Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        """Store rows, all with the same columns.

        The statement is compiled once and said to the driver itself, which is what most of an insertion's
        time would otherwise go into.
        """
        form = connection.dialect.name, tuple(rows[0])
        found = self._insertions.get(form)
        if found is None:
            compiled = sa.insert(self.target).compile(dialect=connection.dialect, column_keys=form[1])
            found = str(compiled), compiled.positiontup
            if len(self._insertions) < _KEPT:
                self._insertions[form] = found
        text, order = found
        given = rows if order is None else [tuple([row[name] for name in order]) for row in rows]
        connection.exec_driver_sql(text, given if len(rows) > 1 else given[0])

    def update(self, values: Mapping[str, Any]) -> sa.Update:
        return self._update.values({name: sa.bindparam(f"to_{name}") for name in values})

    def question(
        self, what: str, equals: Mapping[str, Any], *, follows: bool = False, ends: bool = False
    ) -> sa.Select[Any]:
        """The "rows" whose columns equal these values, or their "count"; values are given with `asked`."""
        form = what, follows, ends, tuple((name, value is None) for name, value in equals.items())
        found = self._questions.get(form)
        if found is None:
            if what == "count":
                found = sa.select(sa.func.count()).select_from(self.target)
            else:
                found = sa.select(*self.columns).order_by(self.key)
            for name, value in equals.items():
                column = self.target.c[name]
                found = found.where(
                    column.is_(None) if value is None else column == sa.bindparam(f"is_{name}")
                )
            if follows:
                found = found.where(self.key > sa.bindparam("after"))
            if ends:
                found = found.limit(sa.bindparam("most", type_=sa.BigInteger))
            if len(self._questions) < _KEPT:
                self._questions[form] = found
        return found


def asked(equals: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    return {**{f"is_{name}": value for name, value in equals.items() if value is not None}, **more}


class TableRows:
    """The rows of one table in one context, as plain dicts with the properties of its JSON Schema.

    Moments come as datetimes (in UTC when they know a zone), all else as JSON data. A property with a
    default is left out when it was stored by a version that had none. Made by `TableStore.table`. Every
    act is on the disk when it returns. All raise `InvalidRow` for values that cannot be stored.
    """

    def __init__(self, place: Callable[[], Place], statements: Statements, line: Line) -> None:
        self._place = place
        self._statements = statements
        self._line = line
        self._data = statements.data
        self._fields = statements.fields
        self._key_name = statements.data.primary_key

    # ── asking ───────────────────────────────────────────────────────────────────────────────────

    def get(self, key: Any) -> dict[str, Any] | None:
        """The row with this primary key, or None."""
        stored = self._stored_key(key)
        with self._place().read() as connection:
            found = self._found(connection, stored)
        return None if found is None else self._loaded(found)

    def list(
        self, *, limit: int | None = None, after: Any = None, **equals: Any
    ) -> builtins.list[dict[str, Any]]:
        """The rows whose columns equal all of these values, by primary key; those `after` a key, if given."""
        stored = self._stored(equals)
        more: dict[str, Any] = {}
        if after is not None:
            more["after"] = self._stored_key(after)
        if limit is not None:
            more["most"] = limit
        question = self._statements.question("rows", stored, follows="after" in more, ends="most" in more)
        with self._place().read() as connection:
            return [self._loaded(found) for found in connection.execute(question, asked(stored, **more))]

    def each(self, **equals: Any) -> Iterator[dict[str, Any]]:
        """`list`, a thousand rows at a time: each thousand is one view of the table, and none stays open."""
        after = None
        while True:
            rows = self.list(limit=_BATCH, after=after, **equals)
            yield from rows
            if len(rows) < _BATCH:
                return
            after = rows[-1][self._key_name]

    def count(self, **equals: Any) -> int:
        """How many rows have columns that equal all of these values."""
        stored = self._stored(equals)
        with self._place().read() as connection:
            number = connection.scalar(self._statements.question("count", stored), asked(stored))
        return int(number or 0)

    # ── changing ─────────────────────────────────────────────────────────────────────────────────

    def insert(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """The row as it is stored. Raises `RowExists`."""
        return self.insert_many([row])[0]

    def insert_many(
        self, rows: Sequence[Mapping[str, Any]], *, answers: bool = True
    ) -> builtins.list[dict[str, Any]]:
        """The rows as they are stored: all of them, or none. Raises `RowExists`.

        `answers` says whether somebody wants them back.
        """
        given = [self._stored_row(row) for row in rows]

        def act(connection: sa.Connection, note: Note) -> builtins.list[dict[str, Any]]:
            for _, alike in groupby(given, dict.keys):
                self._statements.insert(connection, list(alike))
            for stored in given:
                note("insert", stored[self._key_name])
            return [self._as_stored(connection, stored) for stored in given] if answers else []

        try:
            return self._write(act)
        except IntegrityError:
            key = self._taken([stored[self._key_name] for stored in given])
            raise self._exists(self._fields[self._key_name].load(key)) from None

    def save(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """`insert`, or make it the row with its primary key; columns of other versions stay as they are."""
        given = self._stored_row(row)
        key = given[self._key_name]
        values = {
            name: given.get(name, field.in_place_of_none)
            for name, field in self._fields.items()
            if name != self._key_name
        }

        def act(connection: sa.Connection, note: Note) -> dict[str, Any]:
            if self._found(connection, key) is None:
                self._statements.insert(connection, [given])
                note("insert", key)
            else:
                self._set(connection, key, values)
                note("update", key)
            return self._as_stored(connection, given)

        return self._write(act)

    def update(
        self, key: Any, change: Callable[[dict[str, Any]], Mapping[str, Any]]
    ) -> dict[str, Any] | None:
        """Ask `change` what is to be other in the row; the row as it is then, or None when there is none.

        Nobody else writes between the reading and the writing. `change` must not write itself.
        """
        stored_key = self._stored_key(key)

        def act(connection: sa.Connection, note: Note) -> dict[str, Any] | None:
            found = self._found(connection, stored_key)
            if found is None:
                return None
            values = self._stored(change(self._loaded(found)))
            if values:
                self._set(connection, stored_key, values)
                note("update", stored_key)
                found = self._found(connection, stored_key)
                assert found is not None
            return self._loaded(found)

        return self._write(act)

    def delete(self, key: Any) -> bool:
        """Whether there was a row with this key, which there is no more."""
        stored = self._stored_key(key)

        def act(connection: sa.Connection, note: Note) -> bool:
            if self._found(connection, stored) is None:
                return False
            note("delete", stored)
            connection.execute(self._statements.delete, {"the_key": stored})
            return True

        return self._write(act)

    def data_changed(self, listener: Callable[[Change], object]) -> Callable[[], None]:
        """Call the listener after each commit of this store, whichever version's; returns the undo.

        It must not raise.
        """
        return self._line.listen(listener)

    def told(self, stored: Mapping[str, Any]) -> dict[str, Any]:
        """The row of a change as this version has it; it may have been written by one with fewer columns."""
        return self._loaded([stored.get(name) for name in self._fields])

    # ── within a transaction ─────────────────────────────────────────────────────────────────────

    def _write(self, act: Callable[[sa.Connection, Note], Answer]) -> Answer:
        """Act in a transaction of its own, and tell of what it has noted when it has been committed."""
        noted: builtins.list[Pending] = []
        is_committed = False
        place = self._place()
        try:
            with place.alone(), place.begin() as connection:
                answer = act(connection, partial(self._note, connection, noted))
            is_committed = True
        finally:
            for pending in noted:
                pending.is_committed = is_committed
                pending.is_settled = True
            if noted:
                self._line.tell()  # of others' changes, too, that had to wait for these
        return answer

    def _note(self, connection: sa.Connection, noted: builtins.list[Pending], kind: Kind, key: Any) -> None:
        if self._line.is_heard:
            stored = connection.execute(self._statements.find_all, {"the_key": key}).mappings().one()
            noted.append(self._line.note(Change(kind, dict(stored))))

    def _found(self, connection: sa.Connection, key: Any) -> Sequence[Any] | None:
        return connection.execute(self._statements.find, {"the_key": key}).first()

    def _set(self, connection: sa.Connection, key: Any, values: Mapping[str, Any]) -> None:
        if values:
            to = {f"to_{name}": value for name, value in values.items()}
            connection.execute(self._statements.update(values), {"the_key": key, **to})

    def _as_stored(self, connection: sa.Connection, stored: Mapping[str, Any]) -> dict[str, Any]:
        """A row that was just written; asked for only where the database has added defaults."""
        if len(stored) == len(self._fields):
            if not self._statements.loads and None not in stored.values():
                return dict(stored)
            return self._loaded([stored[name] for name in self._fields])
        found = self._found(connection, stored[self._key_name])
        assert found is not None
        return self._loaded(found)

    # ── values ───────────────────────────────────────────────────────────────────────────────────

    def _stored(self, values: Mapping[str, Any]) -> dict[str, Any]:
        stores = self._statements.stores
        try:
            return {name: None if value is None else stores[name](value) for name, value in values.items()}
        except (KeyError, TypeError, ValueError, OverflowError):
            pass  # which one it is, and why, is said below
        unknown = values.keys() - self._fields.keys()
        if unknown:
            raise errors.InvalidRow(
                f"{self._data.name} has no {', '.join(sorted(unknown))}",
                hint=f"its columns are: {', '.join(self._fields)}",
                table=self._data.name,
                columns=sorted(unknown),
            )
        return {name: self._fields[name].store(value) for name, value in values.items()}

    def _stored_key(self, key: Any) -> Any:
        return self._fields[self._key_name].store(key)

    def _stored_row(self, row: Mapping[str, Any]) -> dict[str, Any]:
        stored = self._stored(row)
        if stored.get(self._key_name) is None:
            raise errors.InvalidRow(
                f"a row of {self._data.name} has no {self._key_name}, which is its primary key",
                hint=f"give it a {self._key_name}",
                table=self._data.name,
                column=self._key_name,
            )
        return stored

    def _loaded(self, stored: Sequence[Any]) -> dict[str, Any]:
        if None not in stored:
            row = dict(zip(self._fields, stored, strict=True))
            for at, name, load in self._statements.loads:
                row[name] = load(stored[at])
            return row
        row = {}
        for (name, field), value in zip(self._fields.items(), stored, strict=True):
            if value is not None:
                row[name] = field.load(value)
            elif field.takes_none:
                row[name] = None
            elif field.is_required:
                raise shapes.conflict(
                    self._data,
                    f"a row is of a version that had no {name!r}, which is required",
                    hint=f"give {name!r} a default, or update the rows with the version that they are of",
                )
        return row

    def _taken(self, keys: Sequence[Any]) -> Any:
        """The first of these that cannot be inserted: it is there, or it stands among them twice."""
        with self._place().read() as connection:
            before: set[Any] = set()
            for key in keys:
                if key in before or self._found(connection, key) is not None:
                    return key
                before.add(key)
        return keys[0]  # somebody has deleted it meanwhile

    def _exists(self, key: Any) -> errors.RowExists:
        return errors.RowExists(
            f"{self._data.name} has a row with {self._key_name} = {key!r} already",
            hint=f"choose another {self._key_name}, or save the row in place of it",
            table=self._data.name,
            key=key,
        )
