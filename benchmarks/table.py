"""Rows as plain text on a pipe, drawn on a terminal, and as Markdown."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator, Sequence
from typing import TextIO

from benchmarks.rows import Figure, Row

HEADINGS = ("what", "ours", "reference", "ratio", "goal", "met", "growth")


def machine() -> str:
    """Where the figures are from, in one line."""
    python = f"{platform.python_implementation()} {platform.python_version()}"
    return f"{python}, {os.cpu_count()} CPUs, {platform.system()} {platform.machine()}"


def write(rows: Sequence[Row], to: TextIO) -> None:
    """Drawn when `to` is a terminal, else one line of text per row, in columns."""
    if to.isatty():
        _draw(rows, to)
    else:
        to.write(text(rows))


def text(rows: Sequence[Row]) -> str:
    lines = [HEADINGS, *_lines(rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEADINGS))]
    padded = (
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) for line in lines
    )
    return "".join(f"{line.rstrip()}\n" for line in [*padded, "", *_notes(rows), machine()])


def markdown(rows: Sequence[Row], command: str) -> str:
    """The table with the command that made it and the machine it ran on."""
    lines = [
        f"Made by `{command}` on {machine()}.",
        "",
        "| " + " | ".join(HEADINGS) + " |",
        "|" + " --- |" * len(HEADINGS),
        *("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in _lines(rows)),
        "",
        *(f"- {note}" for note in _notes(rows)),
    ]
    return "\n".join(lines) + "\n"


def _draw(rows: Sequence[Row], to: TextIO) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(*HEADINGS, caption="\n".join([*_notes(rows), machine()]), caption_justify="left")
    styles = {"met": "green", "missed": "red"}
    for line in _lines(rows):
        table.add_row(*(Text(cell, styles.get(cell, "")) for cell in line))
    Console(file=to).print(table)


def _lines(rows: Sequence[Row]) -> Iterator[tuple[str, ...]]:
    numbers = {note: number for number, note in enumerate(_distinct(rows), start=1)}
    for row in rows:
        yield (
            f"{row.what} [{numbers[row.note]}]" if row.note else row.what,
            _figure(row.ours),
            f"{_figure(row.reference)} {row.reference_name}" if row.reference is not None else "",
            row.shown_ratio,
            row.shown_goal,
            {True: "met", False: "missed", None: ""}[row.met],
            row.growth,
        )


def _notes(rows: Sequence[Row]) -> Iterator[str]:
    for number, note in enumerate(_distinct(rows), start=1):
        yield f"[{number}] {note}"


def _distinct(rows: Sequence[Row]) -> list[str]:
    return list(dict.fromkeys(row.note for row in rows if row.note))


def _figure(figure: Figure) -> str:
    return f"{figure} ({figure.spread})" if figure.spread else str(figure)
