"""The shape of stored tables: what each version of a table wanted, and what it takes to get there.

A higher version adds columns that are optional or have a default; the same version with another shape, and
whatever would lose or reinterpret a stored value, is `TableShapeConflict`. Columns but the primary key
allow NULL whatever the schema says, so that a version that lacks a column of a later one goes on working
after a return to it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import sqlalchemy as sa

from peers_runtime.base import errors
from peers_runtime.catalog.columns import Field
from peers_runtime.model.manifest import TableData

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


def missing(
    connection: sa.Connection, physical: str, table: TableData, fields: Mapping[str, Field]
) -> Sequence[Field] | None:
    """The columns that `add` has to add, perhaps none; None when the table is as it should be.

    Raises `TableShapeConflict`.
    """
    stored = _stored(connection, physical)
    wanted = _shape(table, fields)
    found = stored.get(table.version)
    if found is not None:
        if found[:2] != wanted[:2]:
            raise conflict(
                table,
                f"version {table.version} of it is stored with another shape",
                hint=f"raise the table's version to {max(stored) + 1}",
            )
        return None if wanted.indexes <= found.indexes else []
    kinds: dict[str, str] = {}
    for shape in stored.values():
        if shape.primary_key != wanted.primary_key:
            raise conflict(table, f"its primary key is {shape.primary_key!r}, not {wanted.primary_key!r}")
        kinds.update(shape.kinds)
    _check_names(table, {*kinds, *fields})
    added = [field for field in fields.values() if field.name not in kinds]
    for field in fields.values():
        if kinds.get(field.name, field.kind) != field.kind:
            was = kinds[field.name]
            raise conflict(table, f"{field.name!r} is stored as {was} and cannot become {field.kind}")
    for field in added:
        if stored and field.is_required:
            raise conflict(
                table,
                f"{field.name!r} is required, and stored rows have none",
                hint=f"give {field.name!r} a default",
            )
    return added


def add(
    connection: sa.Connection,
    target: sa.Table,
    table: TableData,
    fields: Mapping[str, Field],
    missing: Sequence[Field],
) -> None:
    """Make the table, or add the missing columns and indexes, and note the version's shape."""
    from alembic.operations import Operations
    from alembic.runtime.migration import MigrationContext

    operations = Operations(MigrationContext.configure(connection))
    _shapes.create(connection, checkfirst=True)
    if sa.inspect(connection).has_table(target.name):
        for field in missing:
            operations.add_column(
                target.name, sa.Column(field.name, field.column_type, server_default=field.column_default)
            )
    else:
        target.create(connection)
    for name in table.indexes:
        operations.create_index(f"{target.name}_{name}", target.name, [name], if_not_exists=True)
    connection.execute(
        sa.delete(_shapes).where(_shapes.c.physical == target.name, _shapes.c.version == table.version)
    )
    shape = _shape(table, fields)
    connection.execute(
        sa.insert(_shapes).values(
            physical=target.name,
            version=table.version,
            primary_key=shape.primary_key,
            kinds=shape.kinds,
            indexes=sorted(shape.indexes),
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
        hint=hint or "give the new shape a table_id of its own",
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


def _shape(table: TableData, fields: Mapping[str, Field]) -> _Shape:
    kinds = {name: field.kind for name, field in fields.items()}
    return _Shape(table.primary_key, kinds, frozenset(table.indexes))


def _check_names(table: TableData, names: set[str]) -> None:
    """SQL takes names that differ by case only for one."""
    seen: dict[str, str] = {}
    for name in sorted(names):
        other = seen.setdefault(name.lower(), name)
        if other != name:
            raise conflict(table, f"{other!r} and {name!r} differ by case only", hint=f"rename {name!r}")
