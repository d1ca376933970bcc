"""One note with its tags."""

from notes import store
from notes.page import Page
from notes.ui.lines import line


def render(props, ctx):
    note = store.get(ctx.tables, props.note_id)
    if note is None:
        return Page("No such note", (), f"There is no note {props.note_id}.")
    return Page(line(note), (note.body,), f"priority: {note.priority or 'normal'}")
