"""The tables of one set of active versions, and their rows in a context.

`names` belong to the set; `Tables` is one context's view of them. Here rows are instances of the
author's models; what stores them knows plain data only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from pydantic import BaseModel, TypeAdapter

from peers_runtime.authoring.tables import Table
from peers_runtime.base import errors
from peers_runtime.contributions import loading, models, table_changes
from peers_runtime.contributions.hearing import Hearing
from peers_runtime.contributions.names import Named, Names
from peers_runtime.contributions.ports import Contributor, TableRows, Within, package_of
from peers_runtime.contributions.table_changes import OpenRows, RowChange
from peers_runtime.model.manifest import TableData

_MOST_ROWS = 2**63 - 1  # what SQLite can count


class LoadedTable:
    """One table of one version; its model is imported when a row is first read or written."""

    __slots__ = ("_adapters", "_give", "_model", "_take", "contributor", "data", "invalid", "is_flat")

    def __init__(self, contributor: Contributor, data: TableData) -> None:
        self.contributor = contributor
        self.data = data
        self.is_flat = all(_is_plain(schema) for schema in data.row_schema.get("properties", {}).values())
        self.invalid = partial(_misfit, self)
        self._model: type[BaseModel] | None = None
        self._take: Callable[[object], BaseModel] | None = None
        self._give: Callable[[object], BaseModel] | None = None
        self._adapters: dict[str, TypeAdapter[Any]] = {}

    @property
    def is_imported(self) -> bool:
        return self._model is not None

    @property
    def model(self) -> type[BaseModel]:
        """The author's model of a row. Raises what importing its module raises."""
        if self._model is None:
            self._model = self._load().model
        return self._model

    @property
    def take(self) -> Callable[[object], BaseModel]:
        """What is to be stored as the model has it; what is none of its columns is a fault."""
        if self._take is None:
            self._take = models.judge(self.model, self.invalid, "forbid")
        return self._take

    @property
    def give(self) -> Callable[[object], BaseModel]:
        """What was stored as the model has it."""
        if self._give is None:
            self._give = models.judge(self.model, self.invalid)
        return self._give

    def stored(self, column: str, value: Any) -> Any:
        """A value of one column as it is stored. Raises `InvalidRow`."""
        if value is None:
            return None
        adapter = self._adapters.get(column)
        if adapter is None:
            field = self.model.model_fields.get(column)
            if field is None:
                raise self.invalid(f"it has no column {column!r}", [])
            adapter = self._adapters[column] = TypeAdapter[Any](field.annotation or Any)
        try:
            return adapter.dump_python(adapter.validate_python(value), mode="json")
        except ValueError:
            raise self.invalid(f"{column} cannot be {value!r}", []) from None

    def _load(self) -> Table:
        return loading.load(
            self.contributor,
            self.data.reference,
            lambda package: package.tables,
            lambda one: one.table_id == self.data.table_id,
            Table,
        )


def names(versions: Iterable[Contributor]) -> Names[LoadedTable]:
    """Every table of the versions, by id and name."""
    return Names(
        "table",
        errors.UnknownTable,
        lambda: (
            (package_of(version), data.table_id, data.name, LoadedTable(version, data))
            for version in versions
            for data in version.definition.tables
        ),
    )


class Tables(Named[LoadedTable, "BoundTable"]):
    """The tables of one context: by name, by id, or by `package:name`, which is what iteration gives."""

    __slots__ = ("_hearing", "_open", "_within")

    def __init__(
        self, found: Names[LoadedTable], within: Within, open_rows: OpenRows, hearing: Hearing[LoadedTable]
    ) -> None:
        super().__init__(found)
        self._within = within
        self._open = open_rows
        self._hearing = hearing

    def _bind(self, item: LoadedTable) -> BoundTable:
        rows = self._open(item.contributor.definition.package_id, item.data)
        return BoundTable(item, rows, self._within, self._open, self._hearing)


class BoundTable:
    """The rows of a table in one context, as instances of the version's own model.

    Keys and values are given as the model has them, or as JSON says them. All acts raise `InvalidRow` for
    what does not fit; what has changed is on the disk when an act returns.
    """

    __slots__ = ("_hearing", "_loaded", "_open", "_rows", "_within")

    def __init__(
        self,
        loaded: LoadedTable,
        rows: TableRows,
        within: Within,
        open_rows: OpenRows,
        hearing: Hearing[LoadedTable],
    ) -> None:
        self._loaded = loaded
        self._rows = rows
        self._within = within
        self._open = open_rows
        self._hearing = hearing

    @property
    def data(self) -> TableData:
        return self._loaded.data

    # ── asking ───────────────────────────────────────────────────────────────────────────────────

    def get(self, key: Any, /) -> Any:
        """The row with this primary key, or None."""
        found = self._rows.get(self._key(key))
        return None if found is None else self._table.give(found)

    def list(self, /, *, limit: int | None = None, after: Any = None, **equals: Any) -> Sequence[Any]:
        """The rows whose columns have these values, by primary key; at most `limit`.

        The next page of rows is `after` the key of the last row of this one, whatever has been inserted or
        deleted meanwhile.
        """
        if limit is not None and (type(limit) is not int or not 0 <= limit <= _MOST_ROWS):
            raise errors.InvalidRow(
                f"the rows of the table {self.data.name!r} cannot be limited to {limit!r}",
                hint="give limit a whole number, 0 or more, or leave it out for all rows",
                table=self.data.name,
            )
        last = None if after is None else self._key(after)
        give = self._table.give
        return [give(row) for row in self._rows.list(limit=limit, after=last, **self._wanted(equals))]

    def each(self, /, **equals: Any) -> Iterator[Any]:
        """`list` for any number of rows: a thousand at a time are in memory.

        No transaction stays open meanwhile, so rows may be changed on the way; one that comes in before where
        the loop is, by primary key, is not seen.
        """
        return map(self._table.give, self._rows.each(**self._wanted(equals)))

    def count(self, /, **equals: Any) -> int:
        """How many rows have columns with these values."""
        return self._rows.count(**self._wanted(equals))

    def find_one(self, /, **equals: Any) -> Any:
        """The first row by primary key whose columns have these values, or None."""
        found = self._rows.list(limit=1, **self._wanted(equals))
        return self._table.give(found[0]) if found else None

    # ── changing ─────────────────────────────────────────────────────────────────────────────────

    def insert(self, row: BaseModel | Mapping[str, Any], /) -> Any:
        """Store a new row; answers with it as stored. Raises `RowExists`."""
        return self.insert_many((row,))[0]

    def insert_many(self, rows: Iterable[BaseModel | Mapping[str, Any]], /) -> Sequence[Any]:
        """Store new rows in one transaction: all or none. Raises `RowExists`."""
        table = self._table
        valid = [_valid(table, row) for row in rows]
        stored = self._rows.insert_many([_dumped(table, row) for row in valid], answers=not table.is_flat)
        return valid if table.is_flat else [table.give(row) for row in stored]

    def save(self, row: BaseModel | Mapping[str, Any], /) -> Any:
        """Store a row, in place of the one with its primary key if there is one; answers with it as stored.

        Columns that only another version of the table has keep their values.
        """
        table = self._table
        return table.give(self._rows.save(_dumped(table, _valid(table, row))))

    def update(self, key: Any, /, **changes: Any) -> Any:
        """Change these columns of a row, and no others; answers with the whole row. Raises `UnknownRow`."""
        if self.data.primary_key in changes:
            raise self._loaded.invalid(
                f"{self.data.primary_key} is its primary key, which an update cannot change", []
            )
        stored_key = self._key(key)
        updated = self._rows.update(stored_key, partial(self._changed, changes))
        if updated is None:
            raise errors.UnknownRow(
                f"the table {self.data.name!r} has no row with {self.data.primary_key} = {stored_key!r}",
                hint="insert it, or save it, which inserts or replaces",
                table=self.data.name,
                key=stored_key,
            )
        return self._table.give(updated)

    def delete(self, key: Any, /) -> bool:
        """Delete the row with this primary key; False when there is none."""
        return self._rows.delete(self._key(key))

    def data_changed(self, callback: Callable[[RowChange], object], /) -> Callable[[], None]:
        """Call `callback(change)` after every commit that changed a row; answers with the undo.

        `change.kind` is "insert", "update" or "delete", `change.row` the row in the model of the version that
        is active by then. It does not matter which version of the package wrote, or through which handle of
        this runtime; what other processes write is not told. Changes come in the order of their commits, one
        at a time, in the thread that wrote or in one that is telling already. What the callback raises is
        listed as a diagnostic.

        A version's own subscription ends when the version leaves the context; the host's goes on with the
        next version.
        """
        return table_changes.subscribe(self._loaded, self._rows, self._open, self._hearing, callback)

    @property
    def _table(self) -> LoadedTable:
        """The table with its model, which is imported in this context."""
        loaded = self._loaded
        if not loaded.is_imported:
            with self._within:
                loaded.model  # noqa: B018  # imports it
        return loaded

    def _key(self, key: Any) -> Any:
        if key is None:
            raise self._table.invalid(f"{self.data.primary_key} cannot be None", [])
        return self._table.stored(self.data.primary_key, key)

    def _wanted(self, equals: Mapping[str, Any]) -> dict[str, Any]:
        return {column: self._table.stored(column, value) for column, value in equals.items()}

    def _changed(self, changes: Mapping[str, Any], found: dict[str, Any]) -> Mapping[str, Any]:
        """What is other in a row after these changes, by the model's own rules."""
        loaded = self._table
        for column in changes:
            if column not in loaded.model.model_fields:
                raise loaded.invalid(f"it has no column {column!r}", [])
        before = self._table.give(found).model_dump(by_alias=False, exclude_computed_fields=True)
        valid = loaded.take({**before, **changes})
        after = valid.model_dump(by_alias=False, exclude_computed_fields=True)
        if after[self.data.primary_key] != before[self.data.primary_key]:
            raise loaded.invalid(f"the model changes {self.data.primary_key}, its primary key", [])
        dumped = _dumped(loaded, valid)
        return {
            name: value for name, value in dumped.items() if name in changes or before[name] != after[name]
        }

    def __repr__(self) -> str:
        return f"<table {self.data.name} of {self._loaded.contributor.label}>"


def _valid(table: LoadedTable, row: BaseModel | Mapping[str, Any]) -> BaseModel:
    """A new instance of the version's own model, whatever was made of the one that was given."""
    if isinstance(row, BaseModel):
        if table.is_flat and type(row) is table.model and not row.__pydantic_extra__:
            return table.take(row.__dict__.copy())  # no value has parts that may have been changed
        return table.take(row.model_dump(by_alias=False, exclude_computed_fields=True))
    if isinstance(row, Mapping):
        return table.take(dict(row))
    raise table.invalid(f"it is {row!r}, neither a model nor a mapping", [])


def _dumped(table: LoadedTable, valid: BaseModel) -> dict[str, Any]:
    try:
        return valid.model_dump(mode="json", by_alias=False, exclude_computed_fields=True)
    except ValueError as error:  # bytes that are no text, for one
        raise table.invalid(f"it cannot be written as JSON: {error}", []) from None


_PLAIN = ("string", "integer", "number", "boolean", "null")


def _is_plain(schema: Mapping[str, Any]) -> bool:
    """Whether all its values are stored as they are, and have no parts."""
    if "anyOf" in schema:
        return all(_is_plain(choice) for choice in schema["anyOf"])
    return schema.get("type") in _PLAIN and schema.get("format") != "date-time"


def _misfit(loaded: LoadedTable, line: str, faults: models.Faults) -> errors.InvalidRow:
    return errors.InvalidRow(
        loaded.contributor.logical(
            f"the row does not fit the table {loaded.data.name!r} of {loaded.contributor.label}: {line}"
        ),
        hint=f"its columns are: {', '.join(loaded.data.row_schema.get('properties', {}))}",
        table=loaded.data.name,
        faults=faults,
    )
