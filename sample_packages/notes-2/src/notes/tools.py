"""What others may ask of notes: to add one and to list them all."""

from typing import Literal

from peers_runtime import tool
from pydantic import BaseModel, Field

from notes import ids, store
from notes.store.rows import Note


class AddNote(BaseModel):
    title: str = Field(min_length=1)
    text: str = ""
    tags: list[str] = []
    priority: Literal["low", "normal", "high"] = "normal"


class ListNotes(BaseModel):
    tag: str | None = None


class Notes(BaseModel):
    notes: list[Note]


@tool(tool_id=ids.ADD_NOTE, usage="Add a note with a title, and if you like a text, tags and a priority")
def add_note(args: AddNote, ctx) -> Note:
    return store.add(ctx.tables, args.title, args.text, args.tags, args.priority)


@tool(tool_id=ids.LIST_NOTES, usage="List all notes, or those with a tag")
def list_notes(args: ListNotes, ctx) -> Notes:
    notes = store.list_all(ctx.tables)
    return Notes(notes=[note for note in notes if args.tag is None or args.tag in note.labels])
