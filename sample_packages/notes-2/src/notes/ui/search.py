"""The notes that hold all the words."""

from notes import store
from notes.page import Page
from notes.ui.lines import line


def render(props, ctx):
    found = store.search(ctx.tables, props.words)
    title = f"Notes with {props.words!r}" if props.words else "Search notes"
    return Page(title, tuple(map(line, found)), f"{len(found)} found")
