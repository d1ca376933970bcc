"""The notes under one tag."""

from notes import store
from notes.page import Page
from notes.ui.lines import line


def render(props, ctx):
    tagged = [note for note in store.list_all(ctx.tables) if props.tag in note.labels]
    return Page(f"#{props.tag}", tuple(map(line, tagged)), f"{len(tagged)} under this tag")
