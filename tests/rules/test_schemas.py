"""JSON Schemas in canonical form: the same for the same schema in other words, and never another meaning."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from peers_runtime.rules import schemas
from peers_runtime.rules.schema_differences import differences

Schema = dict[str, Any]
NAMES = ("a", "b", "title")  # the last one is a keyword, too
KEYWORDS = ("minLength", "minimum", "maxItems", "minProperties")

values = st.recursive(
    st.none() | st.booleans() | st.integers(-1, 2) | st.sampled_from([0.5, 1.0, "", "a", "b", "ab"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=3),
    max_leaves=5,
)
bare = st.sampled_from(["string", "integer", "number", "boolean", "null", "array", "object"])
scalars = st.one_of(
    st.builds(dict, type=bare | st.lists(bare, min_size=1, max_size=3, unique=True)),
    st.dictionaries(st.sampled_from(KEYWORDS), st.integers(0, 2), max_size=2),
    st.builds(dict, enum=st.lists(values, min_size=1, max_size=3)),
    st.builds(dict, const=values),
    st.booleans(),
)


def holding(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Schemas of values with parts: what may refer to itself in them without end."""
    return st.one_of(
        st.builds(dict, type=st.just("array"), items=inner),
        st.builds(dict, prefixItems=st.lists(inner, min_size=1, max_size=2), items=inner),
        st.builds(
            dict,
            type=st.just("object"),
            properties=st.dictionaries(st.sampled_from(NAMES), inner, max_size=2),
            required=st.lists(st.sampled_from(NAMES), max_size=2, unique=True),
            additionalProperties=inner,
        ),
    )


@functools.cache  # making a strategy takes longer than drawing from it
def any_schema(targets: tuple[str, ...]) -> st.SearchStrategy[Any]:
    def more(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
        choices = st.lists(inner, min_size=1, max_size=3)
        default = st.tuples(inner.filter(lambda one: isinstance(one, dict)), values)
        return st.one_of(
            holding(inner),
            st.builds(dict, anyOf=choices),
            st.builds(dict, allOf=choices),
            st.builds(dict, oneOf=choices),
            inner.map(lambda one: {"not": one}),
            default.map(lambda both: {**both[0], "default": both[1]}),
        )

    return st.recursive(
        scalars | st.sampled_from(targets).map(lambda name: {"$ref": name}), more, max_leaves=6
    )


@functools.cache
def definition(targets: tuple[str, ...]) -> st.SearchStrategy[Any]:
    return holding(any_schema(targets)) | scalars


@st.composite
def documents(draw: st.DrawFn) -> Schema:
    """Schemas whose definitions refer to each other, to themselves and to the whole."""
    names = draw(st.lists(st.sampled_from(["First", "Second", "Third"]), max_size=2, unique=True))
    targets = ("#", *(f"#/$defs/{name}" for name in sorted(names)))
    parts = {name: draw(definition(targets)) for name in names}
    return {**draw(definition(targets).filter(lambda one: isinstance(one, dict))), "$defs": parts}


def parts_mapped(schema: Any, change: Callable[[Any], Any]) -> Any:
    """The schema with every schema directly in it changed."""
    if isinstance(schema, bool):
        return schema
    changed = dict(schema)
    for keyword, value in schema.items():
        if keyword in ("items", "additionalProperties", "not"):
            changed[keyword] = change(value)
        elif keyword in ("prefixItems", "anyOf", "allOf", "oneOf"):
            changed[keyword] = [change(one) for one in value]
        elif keyword in ("properties", "$defs"):
            changed[keyword] = {name: change(one) for name, one in value.items()}
    return changed


def reworded(draw: st.DrawFn, document: Schema) -> Schema:
    """The same schema in other words."""
    new_names = {
        f"#/$defs/{name}": [f"#/$defs/{name}New", f"#/$defs/{name}Twin"] for name in document["$defs"]
    }

    def other(schema: Any) -> Any:
        schema = parts_mapped(schema, other)
        if isinstance(schema, bool):
            return draw(st.sampled_from([schema, {} if schema else {"not": {}}]))
        if "$ref" in schema:
            name = draw(st.sampled_from(new_names.get(schema["$ref"], [schema["$ref"]])))
            rest = {key: value for key, value in schema.items() if key != "$ref"}
            schema = draw(st.sampled_from([{"$ref": name}, {"allOf": [{"$ref": name}]}]))
            schema = {**schema, **rest} if not schema.keys() & rest.keys() else {"$ref": name, **rest}
        for keyword in ("anyOf", "allOf", "oneOf", "required", "enum"):
            if keyword in schema:
                schema[keyword] = draw(st.permutations(schema[keyword]))
        if isinstance(schema.get("type"), str):
            schema["type"] = draw(st.sampled_from([schema["type"], [schema["type"]]]))
        if "const" in schema and draw(st.booleans()):
            schema["enum"] = [schema.pop("const")]
        noise = draw(
            st.dictionaries(st.sampled_from(["title", "description", "$comment"]), st.just("x"), max_size=1)
        )
        return dict(draw(st.permutations([*schema.items(), *noise.items()])))

    top = other({keyword: value for keyword, value in document.items() if keyword != "$defs"})
    twice = {f"{name}{end}": other(one) for name, one in document["$defs"].items() for end in ("New", "Twin")}
    return {**top, "$defs": twice, "title": "Another"}


@given(documents(), st.lists(values, min_size=1, max_size=8))
def test_the_canonical_form_takes_exactly_the_same_values(document: Schema, samples: list[Any]) -> None:
    before, after = Draft202012Validator(document), Draft202012Validator(schemas.simplest(document))
    for sample in samples:
        assert before.is_valid(sample) == after.is_valid(sample)


@given(documents())
def test_the_canonical_form_is_a_schema_and_its_own_canonical_form(document: Schema) -> None:
    simplest = schemas.simplest(document)
    Draft202012Validator.check_schema(simplest)
    assert schemas.text(schemas.simplest(simplest)) == schemas.text(simplest)


@given(st.data(), documents())
def test_a_schema_in_other_words_has_the_same_canonical_form(data: st.DataObject, document: Schema) -> None:
    other = reworded(data.draw, document)
    assert schemas.text(schemas.simplest(other)) == schemas.text(schemas.simplest(document))
    assert differences(document, other, "arguments", "argument") == ()


@given(documents(), documents())
def test_schemas_are_equal_exactly_when_nothing_differs(old: Schema, new: Schema) -> None:
    equal = schemas.text(schemas.simplest(old)) == schemas.text(schemas.simplest(new))
    assert equal == (differences(old, new, "arguments", "argument") == ())


@given(st.data(), documents())
def test_one_changed_part_is_a_difference(data: st.DataObject, document: Schema) -> None:
    """Somewhere in the schema, also where it refers to itself, a limit becomes another one."""
    places: list[Any] = []

    def collect(schema: Any) -> Any:
        if isinstance(schema, dict) and "$ref" not in schema:
            places.append(schema)
        return parts_mapped(schema, collect)

    used = schemas.simplest(document)  # in which nothing is left that is not used
    collect(used)
    before = schemas.text(used)
    place = data.draw(st.sampled_from(places))
    place["maxLength"] = place.get("maxLength", 6) + 1
    assert schemas.text(schemas.simplest(used)) != before
    assert differences(document, used, "arguments", "argument")


@pytest.mark.parametrize(
    ("schema", "simplest"),
    [
        ({"type": ["string"], "minLength": 0, "title": "T"}, {"type": "string"}),
        ({"const": 1.0}, {"enum": [1], "type": "integer"}),
        ({"enum": ["b", "a", "b"]}, {"enum": ["a", "b"], "type": "string"}),
        ({"const": "a", "enum": ["a"], "type": "string"}, {"enum": ["a"], "type": "string"}),
        ({"enum": [None, 1, True, 0.5], "type": ["null", "number", "boolean"]},
         {"enum": [0.5, 1, None, True], "type": ["boolean", "integer", "null", "number"]}),
        ({"enum": ["a", 1], "type": "string"}, {"enum": ["a", 1], "type": "string"}),
        ({"anyOf": [{"type": "string"}, {"type": "null"}]}, {"type": ["null", "string"]}),
        ({"anyOf": [{"type": "string", "maxLength": 3}, {"type": "null"}]},
         {"anyOf": [{"maxLength": 3, "type": "string"}, {"type": "null"}]}),
        ({"anyOf": [{"anyOf": [{"type": "string"}, {"type": "null"}]}, {"type": "null"}]},
         {"type": ["null", "string"]}),
        ({"oneOf": [{"type": "string"}]}, {"type": "string"}),
        ({"oneOf": [True, True]}, {"oneOf": [True, True]}),
        ({"allOf": [{"$ref": "#/$defs/T"}], "default": 1, "$defs": {"T": {"type": "integer"}}},
         {"default": 1, "type": "integer"}),
        ({"$ref": "#/$defs/T", "default": 1, "$defs": {"T": {"default": 2}}},
         {"allOf": [{"default": 2}], "default": 1}),
        ({"$ref": "#/$defs/T", "minimum": 1, "$defs": {"T": {"type": "integer"}}},
         {"allOf": [{"type": "integer"}], "minimum": 1}),
        ({"properties": {"title": {"type": "string", "title": "Title"}, "default": {"default": 1}}},
         {"properties": {"default": {"default": 1}, "title": {"type": "string"}}}),
        ({"discriminator": {"propertyName": "kind", "mapping": {"a": "#/$defs/A"}}},
         {"discriminator": {"propertyName": "kind"}}),
        ({"type": "null", "x-hue": {"b": 1, "a": [2]}}, {"type": "null", "x-hue": {"a": [2], "b": 1}}),
        ({"additionalProperties": True}, {"additionalProperties": True}),
        ({"$ref": "#/$defs/a~1b", "$defs": {"a/b": {"type": "null"}}}, {"type": "null"}),
    ],
)  # fmt: skip
def test_each_keyword_has_one_spelling(schema: Schema, simplest: Schema) -> None:
    assert schemas.text(schemas.simplest(schema)) == schemas.text(simplest)


def test_how_often_a_choice_stands_in_one_of_counts() -> None:
    text: Schema = {"type": "string"}
    said = differences({"oneOf": [text, text]}, {"oneOf": [text, text, text]}, "arguments", "argument")
    assert [one.words for one in said] == ['arguments: oneOf: now also {"type":"string"}']


def test_a_schema_that_refers_to_itself_does_so_in_its_canonical_form() -> None:
    node = {
        "type": "object",
        "properties": {"children": {"type": "array", "items": {"$ref": "#/$defs/Node"}}},
    }
    twin = {"type": "object", "properties": {"children": {"type": "array", "items": {"$ref": "#/$defs/A"}}}}
    expected = {"properties": {"children": {"items": {"$ref": "#"}, "type": "array"}}, "type": "object"}
    assert schemas.simplest({"$ref": "#/$defs/Node", "$defs": {"Node": node}}) == {
        "$defs": {"1": expected["properties"]["children"]},
        "properties": {"children": {"$ref": "#/$defs/1"}},
        "type": "object",
    }
    mutual = {"$ref": "#/$defs/A", "$defs": {"A": {**twin}, "Node": node}}
    mutual["$defs"]["A"] = {**node, "title": "A"}  # which leads to Node, which leads to Node
    assert schemas.simplest(mutual) == schemas.simplest({"$ref": "#/$defs/Node", "$defs": {"Node": node}})


@pytest.mark.parametrize(
    ("schema", "said"),
    [
        ({"$ref": "https://example.com/note.json"}, "refers to 'https://example.com/note.json'"),
        ({"$ref": "#/$defs/Lost", "$defs": {}}, "refers to '#/\\$defs/Lost', which it does not hold"),
        ({"$ref": "#note", "$defs": {"n": {"$anchor": "note"}}}, "refers to '#note'"),
        ({"$dynamicRef": "#node"}, "dynamicRef"),
        ({"$ref": "#"}, "nothing but itself"),
        ({"$ref": "#/$defs/A", "$defs": {"A": {"$ref": "#/$defs/B"}, "B": {"$ref": "#/$defs/A"}}}, "itself"),
        ({"anyOf": [{"$ref": "#"}, {"$ref": "#"}]}, "no choice but itself"),
        ({"items": [{"type": "string"}]}, r"its part is \["),
        ({"anyOf": {"type": "string"}}, "its anyOf is"),
        ({"properties": []}, "its properties is"),
        ({"required": "title"}, "its required is"),
        ({"type": [{}]}, "its type is"),
        ({"$ref": 1}, r"its \$ref is 1"),
    ],
)
def test_what_is_no_whole_schema_is_refused(schema: Schema, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        schemas.simplest(schema)


def test_many_uses_of_one_part_cost_no_more_than_one() -> None:
    count = 40
    levels = {
        f"Level{at}": {"properties": {side: {"$ref": f"#/$defs/Level{at + 1}"} for side in ("left", "right")}}
        for at in range(count)
    }
    document = {"$ref": "#/$defs/Level0", "$defs": {**levels, f"Level{count}": {"type": "string"}}}
    assert len(schemas.text(schemas.simplest(document))) < 100 * count


def test_nesting_may_be_deeper_than_pythons_stack() -> None:
    count = 400  # several frames each
    levels = {f"Level{at}": {"items": {"$ref": f"#/$defs/Level{at + 1}"}} for at in range(count)}
    document = {"$ref": "#/$defs/Level0", "$defs": {**levels, f"Level{count}": {"type": "string"}}}
    assert schemas.text(schemas.simplest(document)).count("$ref") == count - 2
