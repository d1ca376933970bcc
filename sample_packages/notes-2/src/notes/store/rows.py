"""A note as it is stored. What 1.0.0 did not have may be missing from its rows."""

from peers_runtime import Table
from pydantic import BaseModel

from notes import ids


class Note(BaseModel):
    note_id: str
    title: str
    body: str = ""
    tags: list[str] | None = None
    priority: str | None = None

    @property
    def labels(self):
        return self.tags or []


notes_table = Table(table_id=ids.NOTES, name="Notes", model=Note, primary_key="note_id", version=2)
