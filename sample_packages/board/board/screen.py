"""The board: a picture of its own, and a place that it leaves to others."""

from dataclasses import dataclass
from html import escape


@dataclass(frozen=True)
class Board:
    context_id: str
    frame: str
    beside: object

    def __html__(self):
        beside = "<p>Nobody hangs anything here.</p>" if self.beside is None else self.beside.__html__()
        return (
            f"<h2>The board of {escape(self.context_id)}</h2>"
            f'<img src="{escape(self.frame)}" alt="An empty frame" width="120" height="80">{beside}'
        )

    def __str__(self):
        return f"The board of {self.context_id}\n{self.beside.content if self.beside else 'empty'}"


def render(props, ctx):
    return Board(ctx.context_id, ctx.asset("assets/frame.svg"), ctx.slot("board.beside", {"of": "board"}))
