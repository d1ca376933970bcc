"""Forms of JSON Schemas: what they ask for, and what comes of what was sent."""

from __future__ import annotations

import json
from typing import Any, Literal

import pytest
from pydantic import BaseModel, Field

from peers_runtime import InvalidInput
from peers_runtime.web import forms


class Inner(BaseModel):
    depth: int


class Given(BaseModel):
    title: str = Field(description="what it is called")
    count: int = 3
    ratio: float | None = None
    is_new: bool = False
    kind: Literal["a", "b"] = "a"
    tags: list[str] = []
    inner: Inner | None = None


SCHEMA = Given.model_json_schema()


def test_each_property_has_a_field_of_its_kind() -> None:
    found = {one.label: (one.kind, one.is_required, one.choices) for one in forms.fields(SCHEMA, {})}
    assert found == {
        "title": ("text", True, ()),
        "count": ("number", False, ()),
        "ratio": ("number", False, ()),
        "is_new": ("choice", False, ("true", "false")),
        "kind": ("choice", False, ('"a"', '"b"')),
        "tags": ("json", False, ()),
        "inner": ("json", False, ()),
    }
    title, count = forms.fields(SCHEMA, {})[:2]
    assert title.about == "what it is called"
    assert count.about == "3 if left empty"


class Spoken(BaseModel):
    level: Literal["beta", "stable"] = "beta"
    as_of: int | None = Field(None, description="refused when it is another now.")


def test_what_is_said_of_a_field_is_no_code() -> None:
    level, as_of = forms.fields(Spoken.model_json_schema(), {})
    assert [level.said(one) for one in level.choices] == ["beta", "stable"]
    assert level.about == "beta if left empty"
    assert as_of.about == "refused when it is another now; may be left empty"


@pytest.mark.parametrize(
    ("sent", "why"),
    [
        ({"json": "{"}, "^the arguments are not JSON: "),
        ({"json": "[]"}, "^the arguments are not a JSON object"),
        ({"of.count": "x"}, "^count is not JSON: "),
    ],
)
def test_a_refusal_says_what_is_not_json(sent: dict[str, str], why: str) -> None:
    with pytest.raises(InvalidInput, match=why):
        forms.data(SCHEMA, sent)


def test_what_is_required_is_asked_for_first() -> None:
    schema = {"type": "object", "properties": {"a": {}, "b": {}, "c": {}}, "required": ["c", "b"]}
    assert [one.label for one in forms.fields(schema, {})] == ["b", "c", "a"]


def test_what_was_sent_is_data_and_what_is_empty_is_not_there() -> None:
    sent = {
        "form": "token",
        "of.title": "5",
        "of.count": "7",
        "of.ratio": "",
        "of.is_new": "true",
        "of.kind": '"b"',
        "of.tags": '["x"]',
        "of.inner": '{"depth": 2}',
    }
    found = forms.data(SCHEMA, sent)
    assert found == {
        "title": "5",
        "count": 7,
        "is_new": True,
        "kind": "b",
        "tags": ["x"],
        "inner": {"depth": 2},
    }
    Given.model_validate(found, extra="forbid")
    assert forms.data(SCHEMA, {}) == {"title": ""}


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "object", "additionalProperties": {"type": "integer"}},
        {"type": "object", "properties": {f"p{n}": {} for n in range(41)}},
        {"anyOf": [{"type": "object"}, {"type": "array"}]},
        {},
    ],
)
def test_what_no_form_can_ask_for_is_asked_for_as_json(schema: dict[str, Any]) -> None:
    if schema.get("properties") is None and schema.get("type") == "object":
        schema = {**schema, "properties": {}}
    (field,) = forms.fields(schema, {}) or (None,)
    if field is not None:
        assert (field.key, json.loads(field.value)) == (forms.WHOLE, {})


def test_what_takes_nothing_asks_for_nothing() -> None:
    schema = {"type": "object", "properties": {}, "additionalProperties": False}
    assert forms.fields(schema, {}) == ()
    assert forms.data(schema, {}) == {}


@pytest.mark.parametrize(
    "sent", [{"of.count": "x"}, {"json": "{"}, {"json": "[]"}, {"of.inner": "[" * 99_999}]
)
def test_what_is_no_json_is_refused(sent: dict[str, str]) -> None:
    with pytest.raises(InvalidInput):
        forms.data(SCHEMA, sent)
