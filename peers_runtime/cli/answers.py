"""What a command answers with, written as one JSON document, drawn on a terminal, or as aligned text."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any, Final, NamedTuple, TextIO

import click

VERSION: Final = 1  # of the JSON document; grows when something is removed from it or changes its meaning

# of what every command prints with `--json`, and of each line of one that goes on answering
SCHEMA: Final[dict[str, Any]] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "properties": {"version": {"const": VERSION}},
    "required": ["version"],
    "oneOf": [
        {
            "properties": {"command": {"type": "string"}, "event": {"type": "string"}, "data": True},
            "required": ["command", "data"],
        },
        {
            "properties": {
                "error": {
                    "type": "object",
                    "properties": {
                        "code": {"type": "string", "pattern": "^P[0-9]{4}$"},
                        "message": {"type": "string"},
                        "hint": {"type": "string"},
                        "facts": {"type": "object"},
                    },
                    "required": ["code", "message", "hint", "facts"],
                    "additionalProperties": False,
                }
            },
            "required": ["error"],
        },
    ],
    "unevaluatedProperties": False,
}


class Table(NamedTuple):
    """Rows under headers; `empty` stands in for a table without rows."""

    headers: Sequence[str]
    rows: Sequence[Sequence[str]]
    empty: str = "nothing"


class Answer(NamedTuple):
    """`data` is what `--json` prints; `parts` say the same to a person, top to bottom."""

    data: Any
    parts: Sequence[str | Table] = ()
    exit_code: int = 0


def write_document(command: str, data: Any) -> None:
    """`{"version", "command", "data"}` on stdout."""
    _dump({"version": VERSION, "command": command, "data": data})


def write_event(command: str, event: str, data: Any, stream: TextIO) -> None:
    """`{"version", "command", "event", "data"}` on one line, of a command that goes on answering."""
    _dump({"version": VERSION, "command": command, "event": event, "data": data}, None, stream)


def write_error_document(error: dict[str, Any], *, on_one_line: bool = False) -> None:
    """`{"version", "error"}` on stdout, so that a program reads one stream."""
    _dump({"version": VERSION, "error": error}, None if on_one_line else 2)


def plain(data: Any) -> Any:
    """The data as JSON can say it: a number that is not finite is None, an unknown object is its text."""
    import json  # only where an answer is data

    return json.loads(json.dumps(data, default=str), parse_constant=lambda _: None)


def write(parts: Sequence[str | Table]) -> None:
    for part in parts:
        if isinstance(part, str):
            click.echo(part)
        elif not part.rows:
            click.echo(part.empty)
        elif sys.stdout.isatty():
            _draw(part)
        else:
            click.echo(aligned(part))


def aligned(table: Table) -> str:
    """The table as columns of text, two spaces apart."""
    lines = [[header.upper() for header in table.headers], *table.rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(table.headers))]
    return "\n".join(
        "  ".join(f"{cell:<{width}}" for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )


def _draw(table: Table) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table as Drawn
    from rich.text import Text

    drawn = Drawn(*table.headers, box=box.SIMPLE_HEAD, pad_edge=False)
    for row in table.rows:
        drawn.add_row(*(Text(cell) for cell in row))
    Console().print(drawn)


def _dump(document: dict[str, Any], indent: int | None = 2, stream: TextIO | None = None) -> None:
    import json  # see above

    click.echo(json.dumps(plain(document), indent=indent), stream)
