"""One note, whole."""

from notes import store
from notes.page import Page


def render(props, ctx):
    note = store.get(ctx.tables, props["note_id"])
    if note is None:
        return Page("No such note", (f"There is no note {props['note_id']}.",))
    return Page(note.title, (note.body,))
