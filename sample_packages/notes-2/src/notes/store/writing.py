"""Keeping notes."""

import secrets

from notes.store.rows import Note


def add(tables, title, text="", tags=(), priority="normal"):
    """The new note, as stored."""
    note = Note(note_id=secrets.token_hex(4), title=title, body=text, tags=list(tags), priority=priority)
    return tables["Notes"].insert(note)
