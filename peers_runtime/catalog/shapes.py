"""The shape of stored tables: what each version of a table wanted, and what it takes to get there.

A higher version adds columns that are optional or have a default, and its indexes replace those of lower
ones; the same version with another shape, and whatever would lose or reinterpret a stored value, is
`TableShapeConflict`. No column is ever dropped. Columns but the primary key allow NULL whatever the schema
says, so that a version that lacks a column of a later one goes on working after a return to it. What it
takes is done in one transaction, so that a crash leaves the table as it was.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa

from peers_runtime.base import errors
from peers_runtime.catalog.columns import Field
from peers_runtime.model.manifest import TableData

LONGEST_NAME = 63  # bytes, on a PostgreSQL server
_SERVERS_OWN = frozenset({"cmax", "cmin", "ctid", "tableoid", "xmax", "xmin"})
_ANEW = "give the new shape a table_id of its own and copy the rows"

_shapes = sa.Table(
    "peers_table_shapes",
    sa.MetaData(),
    sa.Column("physical", sa.String, primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True),
    sa.Column("primary_key", sa.String, nullable=False),
    sa.Column("kinds", sa.JSON, nullable=False),  # by column
    sa.Column("indexes", sa.JSON, nullable=False),
)


class _Shape(NamedTuple):
    primary_key: str
    kinds: Mapping[str, str]
    indexes: frozenset[str]


class Missing(NamedTuple):
    """What a stored table lacks; `indexes` are None when those of a higher version are to stay."""

    columns: Sequence[Field]
    indexes: frozenset[str] | None
    drops_others: bool


def missing(
    connection: sa.Connection, physical: str, table: TableData, fields: Mapping[str, Field]
) -> Missing | None:
    """What `add` has to add, perhaps nothing; None when the table is as it should be.

    Raises `TableShapeConflict`.
    """
    stored = _stored(connection, physical)
    wanted = _shape(table, fields)
    is_newest = table.version >= max(stored, default=0)
    found = stored.get(table.version)
    if found is not None:
        if found[:2] != wanted[:2]:
            raise conflict(
                table,
                f"version {table.version} of it is stored with another shape ({_difference(found, wanted)})",
                hint=f"raise the table's version to {max(stored) + 1}",
            )
        if not is_newest or wanted.indexes <= found.indexes:
            return None
        return Missing([], wanted.indexes | found.indexes, drops_others=False)
    _check_names(connection, table, {*(name for shape in stored.values() for name in shape.kinds), *fields})
    added = _added(connection, physical, table, fields, stored)
    return Missing(added, wanted.indexes if is_newest else None, drops_others=is_newest)


def add(
    connection: sa.Connection,
    target: sa.Table,
    table: TableData,
    fields: Mapping[str, Field],
    missing: Missing,
) -> None:
    """Make the table, or add the missing columns, put its indexes right, and note the version's shape."""
    from alembic.operations import Operations
    from alembic.runtime.migration import MigrationContext

    operations = Operations(MigrationContext.configure(connection))
    _shapes.create(connection, checkfirst=True)
    if sa.inspect(connection).has_table(target.name):
        for field in missing.columns:
            operations.add_column(
                target.name, sa.Column(field.name, field.column_type, server_default=field.column_default)
            )
    else:
        target.create(connection)
    if missing.indexes is not None:
        wanted = {_index_name(target.name, name): name for name in missing.indexes}
        there = {str(one["name"]) for one in sa.inspect(connection).get_indexes(target.name)}
        for name in sorted(wanted.keys() - there):
            operations.create_index(name, target.name, [wanted[name]])
        if missing.drops_others:
            for name in sorted(there - wanted.keys()):
                if name.startswith(f"{target.name}_"):  # others are somebody's who works on the database
                    operations.drop_index(name, target.name)
    shape = _shape(table, fields)
    connection.execute(
        sa.delete(_shapes).where(_shapes.c.physical == target.name, _shapes.c.version == table.version)
    )
    connection.execute(
        sa.insert(_shapes).values(
            physical=target.name,
            version=table.version,
            primary_key=shape.primary_key,
            kinds=shape.kinds,
            indexes=sorted(missing.indexes or shape.indexes),
        )
    )


def stored_table(package_id: str, table: TableData, fields: Mapping[str, Field]) -> sa.Table:
    """The table in the context's database, named by ids: renaming it or its package loses nothing."""
    return sa.Table(
        f"{package_id}_{table.table_id}",
        sa.MetaData(),
        *(
            sa.Column(
                field.name,
                field.column_type,
                primary_key=field.name == table.primary_key,
                nullable=field.name != table.primary_key,
                server_default=field.column_default,
                autoincrement=False,
            )
            for field in fields.values()
        ),
    )


def conflict(table: TableData, what: str, hint: str = "") -> errors.TableShapeConflict:
    return errors.TableShapeConflict(
        f"table {table.name!r} (version {table.version}) does not fit what is stored: {what}",
        hint=hint or _ANEW,
        table=table.name,
        table_id=table.table_id,
        version=table.version,
    )


def _stored(connection: sa.Connection, physical: str) -> dict[int, _Shape]:
    """The shapes that are stored, by version of the table."""
    if not sa.inspect(connection).has_table(_shapes.name):
        return {}
    return {
        row.version: _Shape(row.primary_key, row.kinds, frozenset(row.indexes))
        for row in connection.execute(sa.select(_shapes).where(_shapes.c.physical == physical))
    }


def _added(
    connection: sa.Connection,
    physical: str,
    table: TableData,
    fields: Mapping[str, Field],
    stored: Mapping[int, _Shape],
) -> Sequence[Field]:
    """The columns that no version had before. Raises `TableShapeConflict` for what would lose something."""
    kinds: dict[str, str] = {}
    for shape in stored.values():
        if shape.primary_key != table.primary_key:
            raise conflict(
                table,
                f"its primary key is {shape.primary_key!r}, not {table.primary_key!r}",
                hint=f"keep {shape.primary_key!r} as the primary key, or {_ANEW}",
            )
        kinds.update(shape.kinds)
    for field in fields.values():
        was = kinds.get(field.name, field.kind)
        if was != field.kind:
            raise conflict(
                table,
                f"{field.name!r} is stored as {was} and cannot become {field.kind}",
                hint=f"leave {field.name!r} as it was and add a field of another name, or {_ANEW}",
            )
        if not stored or not field.is_required or field.name == table.primary_key:
            continue
        if field.name not in kinds:
            raise conflict(
                table,
                f"{field.name!r} is required, and stored rows have none",
                hint=f"give {field.name!r} a default",
            )
        column: sa.ColumnClause[Any] = sa.column(field.name)
        lacking = sa.select(sa.literal(1)).select_from(sa.table(physical)).where(column.is_(None)).limit(1)
        if not field.takes_none and connection.scalar(lacking) is not None:
            raise conflict(
                table,
                f"{field.name!r} is required now, and there are rows without it",
                hint=f"give {field.name!r} a default, or fill it in with the version before",
            )
    return [field for field in fields.values() if field.name not in kinds]


def _difference(found: _Shape, wanted: _Shape) -> str:
    if found.primary_key != wanted.primary_key:
        return f"the primary key was {found.primary_key!r}"
    names = sorted({*found.kinds.items()} ^ {*wanted.kinds.items()})
    return ", ".join(dict.fromkeys(name for name, _ in names))


def _index_name(physical: str, column: str) -> str:
    """No longer than what a server takes."""
    name = f"{physical}_{column}"
    if len(name.encode()) <= LONGEST_NAME:
        return name
    return f"{physical}_{hashlib.sha256(column.encode()).hexdigest()[:10]}"


def _shape(table: TableData, fields: Mapping[str, Field]) -> _Shape:
    kinds = {name: field.kind for name, field in fields.items()}
    return _Shape(table.primary_key, kinds, frozenset(table.indexes))


def _check_names(connection: sa.Connection, table: TableData, names: set[str]) -> None:
    """SQL takes names that differ by case only for one; a server has a few of its own, and none too long."""
    if connection.dialect.name == "postgresql":
        for name in sorted(names):
            if name in _SERVERS_OWN or len(name.encode()) > LONGEST_NAME:
                raise conflict(table, f"PostgreSQL cannot have a column {name!r}", hint=f"rename {name!r}")
    seen: dict[str, str] = {}
    for name in sorted(names):
        other = seen.setdefault(name.lower(), name)
        if other != name:
            raise conflict(table, f"{other!r} and {name!r} differ by case only", hint=f"rename {name!r}")
