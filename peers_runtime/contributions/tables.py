"""The tables of one set of active versions, and their rows in a context.

`names` belong to the set; `Tables` is one context's view of them. Here rows are instances of the
author's models; what stores them knows plain data only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from pydantic import BaseModel, TypeAdapter

from peers_runtime.authoring.package import PackageDefinition
from peers_runtime.authoring.tables import Table
from peers_runtime.base import errors
from peers_runtime.contributions import models
from peers_runtime.contributions.names import Named, Names
from peers_runtime.contributions.ports import Contributor, TableRows, package_of, version_of
from peers_runtime.model.manifest import TableData

OpenRows = Callable[[str, TableData], TableRows]
"""(package id, table) → its rows in the context."""

_MOST_ROWS = 2**63 - 1  # what SQLite can count


class LoadedTable:
    """One table of one version; its model is imported when a row is first read or written."""

    __slots__ = ("_adapters", "_model", "contributor", "data", "invalid")

    def __init__(self, contributor: Contributor, data: TableData) -> None:
        self.contributor = contributor
        self.data = data
        self.invalid = partial(_misfit, self)
        self._model: type[BaseModel] | None = None
        self._adapters: dict[str, TypeAdapter[Any]] = {}

    @property
    def model(self) -> type[BaseModel]:
        """The author's model of a row. Raises what importing its module raises."""
        if self._model is None:
            self._model = self._load().model
        return self._model

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
        contributor, data = self.contributor, self.data
        if data.reference is not None:
            found = contributor.load(data.reference)
            if isinstance(found, Table) and found.table_id == data.table_id:
                return found
        definition = contributor.load(contributor.definition.reference)
        if isinstance(definition, PackageDefinition):
            for table in definition.evaluate(package_of(contributor), version_of(contributor)).tables:
                if table.table_id == data.table_id:
                    return table
        raise LookupError(f"the definition no longer has the table {data.table_id} that it had when captured")


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

    __slots__ = ("_open",)

    def __init__(self, found: Names[LoadedTable], open_rows: OpenRows) -> None:
        super().__init__(found)
        self._open = open_rows

    def _bind(self, item: LoadedTable) -> BoundTable:
        return BoundTable(item, self._open(item.contributor.definition.package_id, item.data))


class BoundTable:
    """The rows of a table in one context, as instances of the version's own model."""

    __slots__ = ("_loaded", "_rows")

    def __init__(self, loaded: LoadedTable, rows: TableRows) -> None:
        self._loaded = loaded
        self._rows = rows

    @property
    def data(self) -> TableData:
        return self._loaded.data

    def insert(self, row: BaseModel | Mapping[str, Any]) -> Any:
        """Store a new row; answers with it as stored. Raises `InvalidRow` or `RowExists`."""
        invalid = self._loaded.invalid
        if isinstance(row, BaseModel):
            row = row.model_dump(by_alias=False, exclude_computed_fields=True)
        elif not isinstance(row, Mapping):
            raise invalid(f"it is {row!r}, neither a model nor a mapping", [])
        valid = models.validated(self._loaded.model, dict(row), invalid, "forbid")
        try:
            stored = valid.model_dump(mode="json", by_alias=False, exclude_computed_fields=True)
        except ValueError as error:  # bytes that are no text, for one
            raise invalid(f"it cannot be written as JSON: {error}", []) from None
        return self._model(self._rows.insert(stored))

    def get(self, key: Any) -> Any:
        """The row with this primary key, or None."""
        found = self._rows.get(self._loaded.stored(self.data.primary_key, key))
        return None if found is None else self._model(found)

    def list(self, *, limit: int | None = None, **equals: Any) -> Sequence[Any]:
        """The rows whose columns have these values, by primary key; at most `limit`."""
        if limit is not None and (type(limit) is not int or not 0 <= limit <= _MOST_ROWS):
            raise errors.InvalidRow(
                f"the rows of the table {self.data.name!r} cannot be limited to {limit!r}",
                hint="give limit a whole number, 0 or more, or leave it out for all rows",
                table=self.data.name,
            )
        wanted = {column: self._loaded.stored(column, value) for column, value in equals.items()}
        return [self._model(row) for row in self._rows.list(limit=limit, **wanted)]

    def _model(self, row: Mapping[str, Any]) -> BaseModel:
        return models.validated(self._loaded.model, row, self._loaded.invalid)

    def __repr__(self) -> str:
        return f"<table {self.data.name} of {self._loaded.contributor.label}>"


def _misfit(loaded: LoadedTable, line: str, faults: models.Faults) -> errors.InvalidRow:
    return errors.InvalidRow(
        loaded.contributor.logical(
            f"the row does not fit the table {loaded.data.name!r} of {loaded.contributor.label}: {line}"
        ),
        hint=f"its columns are: {', '.join(loaded.data.row_schema.get('properties', {}))}",
        table=loaded.data.name,
        faults=faults,
    )
