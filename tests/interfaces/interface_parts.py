"""Shapes of contracts to make interfaces of, usual and odd ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from peers_runtime.base import ids
from peers_runtime.interfaces import shapes
from peers_runtime.interfaces.shapes import Interface
from peers_runtime.rules import schemas

CONTRACT = "0mx234yf046d1gcfpxxyvh3i6"
TASK = {
    "type": "object",
    "properties": {
        "task_id": {"type": "string"},
        "title": {"type": "string"},
        "done": {"type": "boolean", "default": False},
        "state": {"enum": ["open", "late"], "default": "open"},
        "due": {"anyOf": [{"type": "string", "format": "date"}, {"type": "null"}], "default": None},
    },
    "required": ["task_id", "title"],
}
ADD = {
    "type": "object",
    "additionalProperties": False,
    "properties": {"title": {"type": "string"}, "tags": {"type": "array", "items": {"type": "string"}}},
    "required": ["title"],
}
NOTHING = {"type": "object", "additionalProperties": False, "properties": {}}
USUAL: Mapping[str, Any] = {
    "format": 1,
    "tools": {
        "t1": {"name": "add_task", "arguments": ADD, "result": TASK},
        "t2": {"name": "tidy", "arguments": NOTHING, "async": True},
    },
    "tables": {
        "b1": {"name": "Tasks", "version": 1, "primaryKey": "task_id", "indexes": [], "row": TASK},
    },
    "observables": {
        "o1": {"name": "open_tasks", "value": {"type": "integer"}},
        "o2": {"name": "filter", "value": {"type": "string"}, "writable": True},
    },
    "events": {"e1": {"name": "task_done", "payload": TASK}},
}

_TEXT_ONLY, _ITSELF, _OTHER = {"type": "string"}, {"$ref": "#"}, {"$ref": "#/$defs/1"}
_LISTED, _OTHERS = {"type": "array", "items": _ITSELF}, {"type": "array", "items": _OTHER}
CIRCULAR: Mapping[str, Any] = {
    "nothing but itself": _ITSELF,
    "a chain of nothing else": {**_OTHER, "$defs": {"1": _ITSELF}},
    "all of itself": {"allOf": [_ITSELF, _TEXT_ONLY]},
    "a record that is itself": {"type": "object", "properties": {"a": _ITSELF}, "allOf": [_ITSELF]},
    "any of itself": {"anyOf": [_ITSELF, _TEXT_ONLY, _LISTED]},
    "one of itself": {"oneOf": [_ITSELF, _TEXT_ONLY, _LISTED]},
    "itself or null": {"anyOf": [_ITSELF, {"type": "null"}], "default": None},
    "itself or what it is besides": {"oneOf": [{"allOf": [_ITSELF, _LISTED]}, _TEXT_ONLY]},
    "what is itself, first in a list": {
        "oneOf": [_OTHERS, _OTHER],
        "$defs": {"1": {"oneOf": [_ITSELF, _TEXT_ONLY]}},
    },
    "what is itself, first in a row": {
        "oneOf": [{"type": "array", "prefixItems": [_OTHER], "items": _OTHER}, _OTHER],
        "$defs": {"1": {"oneOf": [_ITSELF, _TEXT_ONLY]}},
    },
    "what is itself, first under a name": {
        "oneOf": [{"type": "object", "additionalProperties": _OTHER}, _OTHER],
        "$defs": {"1": {"oneOf": [_ITSELF, _TEXT_ONLY]}},
    },
    "what is all of itself, first in a list": {
        "allOf": [{"oneOf": [_OTHERS, {"type": "null"}]}, _OTHER],
        "$defs": {"1": {"allOf": [_ITSELF], "oneOf": [_OTHERS, _TEXT_ONLY]}},
    },
    "a row that may have lists of itself": {
        "oneOf": [{"type": "array", "prefixItems": [_TEXT_ONLY, _LISTED], "items": False}, _TEXT_ONLY],
    },
    "a row that goes on with lists of itself": {
        "oneOf": [{"type": "array", "prefixItems": [_TEXT_ONLY], "items": _LISTED}, _TEXT_ONLY],
    },
    "a row with lists of itself that is something else too": {
        "allOf": [
            {"type": "array", "prefixItems": [_LISTED], "items": _ITSELF},
            {"type": ["string", "null"]},
        ],
    },
    "two that are each other": {
        "oneOf": [_LISTED, _OTHER],
        "$defs": {"1": {"oneOf": [_ITSELF, _OTHERS, _TEXT_ONLY]}},
    },
    "three that are each other": {
        "oneOf": [_LISTED, _OTHER],
        "$defs": {
            "1": {"oneOf": [_OTHERS, {"$ref": "#/$defs/2"}]},
            "2": {"oneOf": [_ITSELF, _OTHER, {"type": "array", "items": {"$ref": "#/$defs/2"}}]},
        },
    },
}
"""Schemas that are, among others, what they are themselves, which no language takes as it stands."""


def interface(shape: Mapping[str, Any] = USUAL, title: str = "Tasks", version: int = 1) -> Interface:
    return shapes.interface(CONTRACT, version, title, shape)


def with_result(schema: Any, **more: Any) -> Interface:
    """An interface of one tool that answers with such data."""
    tool = {"name": "look", "arguments": NOTHING, "result": schema, **more}
    return interface({"format": 1, "tools": {"t": tool}, "tables": {}})


# names that something is likely to stumble over
_TEXT = st.text(max_size=6)
KEYS = st.one_of(
    st.sampled_from(
        [
            "title", "class", "None", "int", "str", "self", "args", "limit", "after", "__secret", "a-b",
            "a b", "", "1", "ﬁ", "constructor", "__proto__", "Any", "LookResult", "/", "*/", '"""', "\\", "'",
            "\u202e", "\n", "ä", "$ref", "\ud7ff", "😀", "Promise", "readonly", "new", "prototype",
        ]
    ),
    _TEXT,
)  # fmt: skip
_VALUES = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), KEYS, st.just([]))
_LEAVES = st.one_of(
    st.booleans(),
    st.just({}),
    st.fixed_dictionaries(
        {"type": st.sampled_from(["string", "integer", "number", "boolean", "null", "array", "object"])},
        optional={"format": st.sampled_from(["date", "uuid", "no format */"]), "minLength": st.just(2)},
    ),
    st.fixed_dictionaries({"enum": st.lists(_VALUES, min_size=1, max_size=4)}),
    st.just({"type": ["string", "null"]}),
    st.just({"$ref": "#"}),
    st.sampled_from([{"$ref": "#/$defs/one"}, {"$ref": "#/$defs/two"}]),
)


def _deeper(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    several = st.lists(inner, min_size=1, max_size=3)
    return st.one_of(
        st.fixed_dictionaries(
            {"type": st.just("object"), "properties": st.dictionaries(KEYS, inner, max_size=4)},
            optional={
                "required": st.lists(KEYS, max_size=3),
                "additionalProperties": inner,
                "patternProperties": st.dictionaries(st.just("^x"), inner, max_size=1),
            },
        ),
        st.fixed_dictionaries({"type": st.just("object"), "additionalProperties": inner}),
        st.fixed_dictionaries({"type": st.just("array"), "items": inner}),
        st.fixed_dictionaries(
            {"type": st.just("array"), "prefixItems": several},
            optional={"minItems": st.integers(0, 4), "maxItems": st.integers(0, 4), "items": inner},
        ),
        *(st.fixed_dictionaries({word: several}) for word in ("anyOf", "oneOf", "allOf")),
        st.fixed_dictionaries({"anyOf": several, "minLength": st.just(1)}),
        st.fixed_dictionaries({"not": inner}),
        st.fixed_dictionaries({"oneOf": several, "discriminator": st.just({"propertyName": "title"})}),
    )


_SCHEMAS = st.recursive(_LEAVES, _deeper, max_leaves=12)


@st.composite
def canonical_schemas(draw: st.DrawFn) -> Any:
    """Schemas as shapes hold them; those that are none, as they refer to nothing but themselves, are left."""
    root = draw(_SCHEMAS)
    body = root if isinstance(root, dict) else {"allOf": [root]}
    whole = {**body, "$defs": {"one": draw(_SCHEMAS), "two": draw(_SCHEMAS)}}
    try:
        return schemas.simplest(whole)
    except ValueError:
        return {"type": "object", "properties": {draw(KEYS): {"type": "string"}}}


@st.composite
def odd_interfaces(draw: st.DrawFn) -> Interface:
    """Interfaces of contracts with members of any name and any data."""
    data, names = canonical_schemas(), KEYS
    several = st.lists(st.tuples(names, data, data), max_size=3)
    shape = {
        "format": 1,
        "tools": {
            f"t{number}": {"name": name, "arguments": given, "result": taken}
            for number, (name, given, taken) in enumerate(draw(several))
        },
        "tables": {
            f"b{number}": {"name": name, "primaryKey": draw(KEYS), "row": row}
            for number, (name, row, _) in enumerate(draw(several))
        },
        "observables": {
            f"o{number}": {"name": name, "value": value, "writable": True}
            for number, (name, value, _) in enumerate(draw(several))
        },
        "events": {
            f"e{number}": {"name": name, "payload": payload}
            for number, (name, payload, _) in enumerate(draw(several))
        },
    }
    return shapes.interface(ids.make(1, 2), draw(st.integers(1, 9)), draw(KEYS), shape)


def several_odd(count: int = 30) -> list[Interface]:
    """Some of them, others every time, for checkers that take a while to start."""
    made: list[Interface] = []

    @given(odd_interfaces())
    @settings(max_examples=count, database=None, phases=[Phase.generate])
    def collect(odd: Interface) -> None:
        made.append(odd)

    collect()
    return made
