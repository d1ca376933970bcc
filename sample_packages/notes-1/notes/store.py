"""The notes themselves: one module, a title and a body."""

import secrets

from peers_runtime import Table
from pydantic import BaseModel

from notes import ids


class Note(BaseModel):
    note_id: str
    title: str
    body: str = ""


notes_table = Table(table_id=ids.NOTES, name="Notes", model=Note, primary_key="note_id", version=1)


def add(tables, title, body=""):
    """The new note, as stored."""
    return tables["Notes"].insert(Note(note_id=secrets.token_hex(4), title=title, body=body))


def get(tables, note_id):
    """The note, or None."""
    return tables["Notes"].get(note_id)


def list_all(tables):
    return sorted(tables["Notes"].list(), key=lambda note: note.title)


def describe():
    return "notes 1.0.0 keeps a title and a body, all in one module"
