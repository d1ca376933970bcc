"""What the screens are given, apart from them, so that opening one imports no other."""

from pydantic import BaseModel


class NoteProps(BaseModel):
    note_id: str


class SearchProps(BaseModel):
    words: str = ""


class TagProps(BaseModel):
    tag: str
