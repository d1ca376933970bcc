"""All notes, one line each."""

from notes import store
from notes.page import Page


def render(props, ctx):
    notes = store.list_all(ctx.tables)
    return Page("My notes", tuple(f"- {note.title}" for note in notes) or ("Nothing noted yet.",))
