"""Validates a model, says what is wrong, makes a JSON Schema."""

from datetime import date

from pydantic import BaseModel, ValidationError, validator


class Note(BaseModel):
    title: str
    written: date
    tags: dict[str, list[int]] = {}

    @validator("title")
    def not_empty(cls, value: str) -> str:
        assert value, "is empty"
        return value


def use() -> object:
    note = Note.parse_raw('{"title": "a", "written": "2024-01-02", "tags": {"a": ["1"]}}')
    assert (note.written.year, note.tags) == (2024, {"a": [1]})
    assert Note.schema()["title"] == "Note"
    try:
        Note(title="", written="2024-01-02")
    except ValidationError as error:
        assert "is empty" in str(error)
        return error
    raise AssertionError("an empty title was taken")
