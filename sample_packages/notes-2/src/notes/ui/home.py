"""All notes, the important ones first."""

from notes import store
from notes.page import Page
from notes.ui.lines import line


def render(props, ctx):
    notes = store.list_all(ctx.tables)
    return Page("Notes, the important ones first", tuple(map(line, notes)), f"{len(notes)} in all")
