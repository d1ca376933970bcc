"""What is seen at a glance is what a whole validator finds; what a glance does not know, it leaves alone."""

from __future__ import annotations

from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, Field
from pydantic_core import from_json, to_json

from peers_runtime.contributions import acceptance, fitting


class Leaf(BaseModel):
    text: str = Field(max_length=5)
    share: float | None = Field(default=None, gt=0, le=1)


class Tree(BaseModel, extra="forbid"):
    name: Literal["oak", "elm"] = "oak"
    height: int = Field(ge=0, lt=100)
    is_old: bool = False
    leaves: list[Leaf] = Field(default=[], max_length=3)
    named: dict[str, int] = {}
    branches: list[Tree] = []


TREE = Tree.model_json_schema()
TREES: list[Any] = [
    {"height": 3},
    {"height": 3, "name": "elm", "is_old": True, "named": {"a": 1}, "leaves": [{"text": "x", "share": 0.5}]},
    {"height": 3, "branches": [{"height": 2, "branches": [{"height": 1, "leaves": [{"text": "x"}]}]}]},
    {"height": 3, "leaves": [{"text": "x", "share": None, "more": 1}]},
]
BAD_TREES: list[Any] = [
    None,
    [],
    {},
    {"height": True},
    {"height": "3"},
    {"height": 100},
    {"height": -1},
    {"height": 3, "more": 1},
    {"height": 3, "name": "ash"},
    {"height": 3, "leaves": [{"text": "x"}] * 4},
    {"height": 3, "leaves": [{"text": "longer"}]},
    {"height": 3, "leaves": [{"text": "x", "share": 0}]},
    {"height": 3, "leaves": {}},
    {"height": 3, "named": {"a": 1.5}},
    {"height": 3, "branches": [{"height": 2, "branches": [{"height": 1, "leaves": [{}]}]}]},
]

_DATA = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-2, 101),
        st.floats(-2, 2),
        st.sampled_from(["", "oak", "longer"]),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(st.sampled_from(["a", "text", "height"]), inner)
    ),
    max_leaves=6,
)
_BOUNDS: dict[str, list[str]] = {
    "string": ["minLength", "maxLength"],
    "integer": ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"],
    "number": ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"],
    "array": ["minItems", "maxItems"],
}


@st.composite
def _typed(draw: st.DrawFn) -> dict[str, Any]:
    kind = draw(st.sampled_from(["string", "integer", "number", "boolean", "null", "array", "object"]))
    bounds = st.dictionaries(st.sampled_from(_BOUNDS.get(kind, ["title"])), st.integers(0, 3), max_size=2)
    return {"type": kind, **{name: value for name, value in draw(bounds).items() if name != "title"}}


def _within(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(
        st.builds(lambda items: {"type": "array", "items": items}, inner),
        st.builds(lambda choices: {"anyOf": choices}, st.lists(inner, min_size=1, max_size=3)),
        st.builds(
            lambda properties, more, required: {
                "type": "object",
                "properties": properties,
                "additionalProperties": more,
                "required": required,
            },
            st.dictionaries(st.sampled_from(["a", "text"]), inner, max_size=2),
            st.one_of(st.booleans(), inner),
            st.lists(st.sampled_from(["a", "height"]), unique=True),
        ),
    )


_SCHEMAS = st.recursive(
    st.one_of(_typed(), st.just({}), st.just({"enum": ["oak", ""]}), st.just({"$ref": "#/$defs/Leaf"})),
    _within,
    max_leaves=5,
)


@pytest.mark.parametrize("tree", TREES)
def test_what_fits_is_seen_to_fit(tree: Any) -> None:
    glance = fitting.glance(TREE)
    assert glance is not None
    assert acceptance.refusal(TREE, tree) is None
    assert glance(tree)


@pytest.mark.parametrize("tree", BAD_TREES)
def test_what_does_not_fit_is_not_seen_to_fit_and_the_reason_is_the_validators(tree: Any) -> None:
    glance = fitting.glance(TREE)
    assert glance is not None
    assert not glance(tree)
    assert acceptance.compiled(TREE)(tree) == acceptance.refusal(TREE, tree) is not None


@given(schema=_SCHEMAS, data=_DATA)
def test_a_glance_never_sees_more_than_the_validator(schema: dict[str, Any], data: Any) -> None:
    whole = {**schema, "$defs": {"Leaf": Leaf.model_json_schema()}}
    glance = fitting.glance(whole)
    assert glance is not None
    data = from_json(to_json(data))
    if glance(data):
        assert acceptance.refusal(whole, data) is None
    assert acceptance.compiled(whole)(data) == acceptance.refusal(whole, data)


def test_a_whole_number_written_as_a_fraction_is_for_the_validator() -> None:
    judge = acceptance.compiled({"type": "integer"})
    assert judge(1.0) is None
    assert judge(1.5) is not None
    assert judge(True) is not None


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "string", "pattern": "^a"},
        {"type": ["string", "null"]},
        {"minLength": 1},
        {"enum": [1, "a"]},
        {"const": 1},
        {"allOf": [{"type": "string"}]},
        {"$ref": "#/$defs/Missing"},
        {"$ref": "https://example.org/other"},
        {"$schema": "http://json-schema.org/draft-07/schema#", "type": "string"},
        {"type": "array", "items": {"type": "string", "pattern": "a"}},
        {"type": "object", "properties": {"a": False}},
    ],
)
def test_what_a_glance_does_not_know_is_left_to_the_validator(schema: dict[str, Any]) -> None:
    assert fitting.glance(schema) is None
