"""`peers tables`: the rows that the active packages keep in a context."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from peers_runtime.base import errors
from peers_runtime.cli import answers, completion
from peers_runtime.cli.answers import Answer, Table
from peers_runtime.cli.command_line import command, group
from peers_runtime.cli.settings import current, opened_runtime

if TYPE_CHECKING:
    from peers_runtime.model.manifest import TableData

_WIDEST = 40  # characters of a value that a person is shown


@group("tables")
def tables() -> Answer | None:
    """List the tables of the active packages, or show rows."""
    return _listed() if click.get_current_context().invoked_subcommand is None else None


@command("list")
def list_tables() -> Answer:
    """List the tables that are active in a context, and count their rows."""
    return _listed()


@command("show")
@click.argument("name", shell_complete=completion.tables)
@click.option(
    "--where",
    "-w",
    "where",
    multiple=True,
    metavar="COLUMN=VALUE",
    help="Only rows that have it; repeatable.",
)
@click.option("--after", metavar="KEY", help="Only rows after this primary key.")
@click.option("--limit", type=click.IntRange(min=0), default=50, show_default=True, help="At most so many.")
def show(name: str, where: Sequence[str], after: str | None, limit: int) -> Answer:
    """Print rows by primary key. NAME is the table's name, package:name or its id."""
    context = current().context
    with opened_runtime() as runtime:
        table = runtime.context(context).tables[name]
        equals = dict(_equality(one) for one in where)
        found = table.list(limit=limit + 1, after=after, **equals)
        rows = [row.model_dump(mode="json", by_alias=False) for row in found[:limit]]
        data = answers.plain(rows)  # here, because it may call the package's code
        headers = _columns(table.data)
        key = table.data.primary_key
    shown = [[_shown(row.get(header)) for header in headers] for row in data]
    parts: list[str | Table] = [Table(headers, shown, empty=f"no such rows in {name}")]
    following = data[-1].get(key) if data and len(found) > limit else None
    if following is not None:
        parts.append(f"there are more: --after {following}")
    return Answer({"rows": data, "after": following}, parts)


tables.add_command(list_tables)
tables.add_command(show)


def _listed() -> Answer:
    context = current().context
    with opened_runtime() as runtime:
        found = runtime.context(context).tables
        data = [_told(full_name, one.data, one.count()) for full_name, one in found.items()]
    rows = [
        (one["name"], one["package"], str(one["version"]), str(one["rows"]), one["primaryKey"])
        for one in data
    ]
    headers = ("name", "package", "version", "rows", "primary key")
    return Answer(data, [Table(headers, rows, empty=f"no tables in {context}")])


def _told(full_name: str, data: TableData, rows: int) -> dict[str, Any]:
    return {
        "name": data.name,
        "package": full_name.partition(":")[0],
        "tableId": data.table_id,
        "version": data.version,
        "primaryKey": data.primary_key,
        "columns": _columns(data),
        "indexes": list(data.indexes),
        "rows": rows,
    }


def _columns(data: TableData) -> list[str]:
    """The primary key first."""
    key = data.primary_key
    return [key, *(name for name in data.row_schema.get("properties", {}) if name != key)]


def _equality(text: str) -> tuple[str, Any]:
    """The table makes of the text what the column has: a number, a date; `null` is none."""
    column, separator, value = text.partition("=")
    if not separator:
        raise errors.InvalidSetting(f"--where {text} is no equality", hint="write --where COLUMN=VALUE")
    return column, None if value == "null" else value


def _shown(value: Any) -> str:
    text = "" if value is None else value if isinstance(value, str) else str(value)
    line = " ".join(text.split())
    return line if len(line) <= _WIDEST else f"{line[: _WIDEST - 1]}…"
