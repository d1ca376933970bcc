"""The stage, drawn by rich: panels side by side, coloured code, tables."""

from __future__ import annotations

from collections.abc import Sequence

from rich import box
from rich.console import Console
from rich.panel import Panel
from rich.rule import Rule
from rich.syntax import Syntax
from rich.table import Table as DrawnTable
from rich.text import Text

from peers_runtime.cli.answers import Table
from peers_runtime.cli.demo.stage import Card


class DrawnStage:
    """A `Stage` for a terminal of any width."""

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console(highlight=False)

    def opening(self, title: str, text: str) -> None:
        self._console.print(
            Panel(Text(text), title=Text(title, style="bold"), box=box.DOUBLE, padding=(1, 3))
        )

    def scene(self, number: int, title: str) -> None:
        self._console.print()
        self._console.print(Rule(Text(f" {number} · {title} ", style="bold"), align="left", style="dim"))

    def say(self, text: str) -> None:
        self._console.print(Text(text))

    def fact(self, label: str, text: str) -> None:
        hanging = DrawnTable.grid(padding=(0, 2))
        hanging.add_column(style="bold cyan")
        hanging.add_column()
        hanging.add_row(Text(f"  {label}"), Text(text))
        self._console.print(hanging)

    def code(self, source: str) -> None:
        self._console.print(Syntax(source, "python", background_color="default", padding=(0, 4)))

    def table(self, table: Table) -> None:
        drawn = DrawnTable(*table.headers, box=box.SIMPLE_HEAD, header_style="bold", pad_edge=False)
        for row in table.rows:
            drawn.add_row(*(Text(cell) for cell in row))
        self._console.print(drawn)

    def cards(self, cards: Sequence[Card]) -> None:
        grid = DrawnTable.grid(expand=True, padding=(0, 1))
        panels = []
        for card in cards:
            grid.add_column(ratio=1)
            panels.append(Panel(Text(card.text), title=Text(card.title), border_style=card.colour))
        grid.add_row(*panels)
        self._console.print(grid)
