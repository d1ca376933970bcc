"""The notes of the context, on a page of notes 1, with a chart of charts 1.

`notes` here is the version that peers.lock names, whatever the context uses. The rows belong to the
context: its own version keeps them, and is asked by its tool.
"""

from dataclasses import dataclass
from html import escape

from notes import store
from notes.page import Page


@dataclass(frozen=True)
class Week:
    page: Page
    chart: object
    foot: str

    def __html__(self):
        return f"{self.page.__html__()}{self.chart.__html__()}<footer>{escape(self.foot)}</footer>"

    def __str__(self):
        return f"{self.page}\n{self.chart}\n{self.foot}"


def render(props, ctx):
    titles = [note.title for note in ctx.tools["notes:list_notes"]().notes]
    lengths = {title: len(title.split()) for title in titles} or {"nothing": 0}
    chart = ctx.components["charts.Bars"].render({"values": lengths})
    return Week(
        Page("This week", tuple(f"- {title}" for title in titles)),
        chart.content,
        f"made with the page of: {store.describe()}",
    )
