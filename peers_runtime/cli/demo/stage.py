"""What a scene can put on the terminal, and plain text for where there is none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

import click

from peers_runtime.cli import answers
from peers_runtime.cli.answers import Table

_WIDTH: Final = 88


@dataclass(frozen=True)
class Card:
    """Something under a title; `colour` is that of its frame, by the names that terminals know."""

    title: str
    text: str
    colour: str = "white"


class Stage(Protocol):
    def opening(self, title: str, text: str) -> None: ...
    def scene(self, number: int, title: str) -> None: ...
    def say(self, text: str) -> None: ...
    def fact(self, label: str, text: str) -> None: ...
    def code(self, source: str) -> None: ...
    def table(self, table: Table) -> None: ...
    def cards(self, cards: Sequence[Card]) -> None: ...


class PlainStage:
    """Text that reads well in a file or a log."""

    def opening(self, title: str, text: str) -> None:
        click.echo(f"{title}\n{'=' * len(title)}\n{text}")

    def scene(self, number: int, title: str) -> None:
        heading = f"{number}. {title}"
        click.echo(f"\n{heading}\n{'-' * len(heading)}")

    def say(self, text: str) -> None:
        click.echo(text)

    def fact(self, label: str, text: str) -> None:
        click.echo(f"  {label}: {text}")

    def code(self, source: str) -> None:
        click.echo("\n".join(f"    {line}".rstrip() for line in source.splitlines()))

    def table(self, table: Table) -> None:
        click.echo(answers.aligned(table))

    def cards(self, cards: Sequence[Card]) -> None:
        for card in cards:
            click.echo(f"+- {card.title} " + "-" * max(_WIDTH - len(card.title) - 4, 2))
            click.echo("\n".join(f"|  {line}".rstrip() for line in card.text.splitlines()))
            click.echo("+" + "-" * _WIDTH)
