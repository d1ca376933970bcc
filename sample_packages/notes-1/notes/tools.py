"""What others may ask of notes: to add one and to list them all."""

from peers_runtime import tool
from pydantic import BaseModel, Field

from notes import ids, store


class AddNote(BaseModel):
    title: str = Field(min_length=1)
    body: str = ""


class ListNotes(BaseModel):
    pass


class Notes(BaseModel):
    notes: list[store.Note]


@tool(tool_id=ids.ADD_NOTE, usage="Add a note with a title and, if there is more to say, a body")
def add_note(args: AddNote, ctx) -> store.Note:
    return store.add(ctx.tables, args.title, args.body)


@tool(tool_id=ids.LIST_NOTES, usage="List all notes")
def list_notes(args: ListNotes, ctx) -> Notes:
    return Notes(notes=store.list_all(ctx.tables))
