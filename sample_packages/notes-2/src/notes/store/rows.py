"""A note as it is stored. What 1.0.0 did not have may be missing from its rows."""

from pydantic import BaseModel


class Note(BaseModel):
    note_id: str
    title: str
    body: str = ""
    tags: list[str] | None = None
    priority: str | None = None

    @property
    def labels(self):
        return self.tags or []
