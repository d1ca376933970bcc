"""Loads, dumps and says what is wrong."""

from marshmallow import Schema, ValidationError, fields


class NoteSchema(Schema):
    title = fields.Str(required=True)
    when = fields.Date()
    child = fields.Nested("NoteSchema")


def use() -> object:
    loaded = NoteSchema().load({"title": "a", "when": "2024-01-02", "child": {"title": "b"}})
    assert (loaded["when"].year, loaded["child"]) == (2024, {"title": "b"})
    try:
        NoteSchema().load({"stars": 1})
    except ValidationError as error:
        assert error.messages == {"title": ["Missing data for required field."], "stars": ["Unknown field."]}
        return error
    raise AssertionError("what is wrong was loaded")
