"""The shape of a contract: the same in other words, another one for whatever a consumer could notice."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, Field

from peers_runtime.base import canonical, errors
from peers_runtime.model.manifest import ContractData, Definition, TableData, ToolData, ToolHints
from peers_runtime.rules import contracts
from tests.rules.contract_parts import (
    OTHER,
    TABLE,
    TOOL,
    Branch,
    Cat,
    Closed,
    Dog,
    Empty,
    Label,
    Leafless,
    Node,
    Open,
    Pet,
    SamePet,
    Tag,
    Twig,
    model,
    shape,
    table,
    tool,
)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (model(title=str, due=(int, 3)), model(due=(int, 3), title=str)),
        (model(tag=Tag), model(tag=Label)),
        (model(tags=(list[Tag], [])), model(tags=(list[Label], []))),
        (model(tree=Node), model(tree=Branch)),
        (Node, Twig),
        (model(pet=Pet), model(pet=SamePet)),
        (model(title=str | None), model(title=None | str)),
        (model(tags=(set[str], {"b", "a"})), model(tags=(set[str], {"a", "b"}))),
        (model(size=(float, 1.0)), model(size=(float, 1))),
        (model(title=Annotated[str, Field(min_length=0)]), model(title=str)),
    ],
)
def test_models_that_say_the_same_have_one_shape(one: type[BaseModel], other: type[BaseModel]) -> None:
    first, second = shape(tool(one, one)), shape(tool(other, other))
    assert contracts.shape_digest(first) == contracts.shape_digest(second)
    assert contracts.differences(first, second) == ()


def test_documentation_names_order_and_places_are_no_part_of_the_shape() -> None:
    row = model(note_id=str, title=str, stars=int)
    listed = tool(Empty, row, tool_id=OTHER, name="list_notes")
    one = shape(tool(), listed, table(row, indexes=("title", "stars")), name="Notes")
    other = shape(
        table(row, indexes=("stars", "title"), reference="notes.store:table"),
        listed.model_copy(update={"usage_description": "All of them", "hints": ToolHints(read_only=True)}),
        tool(reference="notes.tools:add_note", usage_description="Put a note down"),
        name="Notes, Inc.",
    )
    assert contracts.shape_digest(one) == contracts.shape_digest(other)
    assert contracts.differences(one, other) == ()


def test_a_shape_holds_what_its_format_says() -> None:
    row = model(note_id=str, title=(str | None, None))
    made = shape(tool(model(title=str), row), tool(tool_id=OTHER, name="tidy", is_async=True), table(row))
    note = {
        "properties": {"note_id": {"type": "string"}, "title": {"default": None, "type": ["null", "string"]}},
        "required": ["note_id"],
        "type": "object",
    }
    arguments = {
        "additionalProperties": False,
        "properties": {"title": {"type": "string"}},
        "required": ["title"],
        "type": "object",
    }
    assert made == {
        "format": 1,
        "tools": {
            TOOL: {"name": "add_note", "arguments": arguments, "result": note},
            OTHER: {
                "name": "tidy",
                "arguments": {"additionalProperties": False, "type": "object"},
                "async": True,
            },
        },
        "tables": {
            TABLE: {"name": "Notes", "version": 1, "primaryKey": "note_id", "indexes": [], "row": note}
        },
    }


def test_a_definition_that_was_stored_has_the_shape_that_it_had() -> None:
    members = tool(model(size=(float, 1.0), at=(int | None, None)), Node), table(model(note_id=str, pet=Pet))
    fields = {"package_id": "p", "reference": "r", "tools": members[:1], "tables": members[1:]}
    contract = ContractData(contract_id="c", version=1, name="Notes", tools=(TOOL,), tables=(TABLE,))
    definition = Definition(**fields)
    stored = Definition.model_validate_json(canonical.dumps(definition.wire()))
    then, now = contracts.shape(definition, contract), contracts.shape(stored, contract)
    assert contracts.shape_digest(then) == contracts.shape_digest(now)
    assert contracts.differences(then, now) == ()


def test_the_digest_of_a_shape_never_changes() -> None:
    """Frozen shapes are kept for ever, so these bytes may change together with the format only."""
    node = {
        "properties": {
            "name": {"type": "string", "maxLength": 20},
            "parent": {"anyOf": [{"$ref": "#/$defs/Node"}, {"type": "null"}], "default": None},
            "children": {"type": "array", "items": {"$ref": "#/$defs/Node"}, "default": []},
        },
        "required": ["name"],
        "type": "object",
    }
    choice = {"oneOf": [{"type": "string"}, {"const": 1}], "discriminator": {"propertyName": "kind"}}
    row = {"properties": {"note_id": {"type": "string"}, "weight": {"type": "number", "default": 0.5}}}
    made = shape(
        tool(input_schema={"$ref": "#/$defs/Node", "$defs": {"Node": node}}, is_async=True),
        tool(tool_id=OTHER, name="pick", input_schema={}, output_schema={"items": {"items": choice}}),
        table(Empty, row_schema=row, indexes=("weight", "note_id"), version=3),
    )
    assert contracts.shape_digest(made) == "04702834f7666535f6497d88d5fad4ce22d271a1991334f4ec0106a5f868e3fd"


@pytest.mark.parametrize(
    ("was", "now", "said"),
    [
        (model(title=str), model(title=int), ["argument title: was string, is integer"]),
        (model(title=str), model(title=str | None), ["argument title: was string, is string or null"]),
        (model(title=str), model(title=(str, "")), ["argument title: was required, is optional",
                                                    'argument title: default: was not given, is ""']),
        (model(title=(str, "a")), model(title=(str, "b")), ['argument title: default: was "a", is "b"']),
        (model(done=(Any, True)), model(done=(Any, 1)), ["argument done: default: was true, is 1"]),
        (model(title=str), model(), ["argument title is gone"]),
        (model(), model(title=str), ["argument title is new, and required"]),
        (model(), model(due=(int, 1)), ["argument due is new"]),
        (model(title=str), model(name=str), ["argument name is new, and required", "argument title is gone"]),
        (model(title=Annotated[str, Field(max_length=9)]), model(title=Annotated[str, Field(max_length=8)]),
         ["argument title: maxLength: was 9, is 8"]),
        (model(title=str), model(title=Annotated[str, Field(pattern="^a")]),
         ['argument title: pattern: was not given, is "^a"']),
        (model(color=Literal["red", "green"]), model(color=Literal["red", "blue"]),
         ['argument color: was one of "green", "red", is one of "blue", "red"']),
        (model(color=Literal["red"]), model(color=Literal["blue"]), ['argument color: was "red", is "blue"']),
        (model(tags=list[str]), model(tags=set[str]), ["argument tags: uniqueItems: was not given, is true"]),
        (model(tags=list[str]), model(tags=list[int]), ["argument tags[]: was string, is integer"]),
        (model(at=tuple[int, str]), model(at=tuple[int, int]), ["argument at[1]: was string, is integer"]),
        (model(labels=dict[str, Tag]), model(labels=dict[str, Empty]),
         ["argument labels.*.color is gone", "argument labels.*.name is gone"]),
        (model(tree=Node), model(tree=Leafless), ["argument tree.age is new"]),
        (model(pet=Cat | Tag | None), model(pet=Dog | Tag | None),
         ["argument pet.lives is gone", "argument pet.name is new, and required",
          'argument pet.kind: was "cat", is "dog"']),
        (model(x=Cat | Dog), model(x=Cat | Dog | Empty),
         ['argument x: anyOf: now also {"additionalProperties":false,"type":"object"}']),
        (model(x=Empty | list[int]), model(x=Empty), ["argument x: was array or object, is object"]),
        (model(x=Annotated[int, Field(ge=1)] | Annotated[int, Field(le=0)]), model(x=int),
         [('argument x: was {"anyOf":[{"maximum":0,"type":"integer"},{"minimum":1,"type":"integer"}]},'
           ' is {"type":"integer"}')]),
        (model(when=str), model(when=Annotated[str, Field(json_schema_extra={"format": "date"})]),
         ['argument when: format: was not given, is "date"']),
        (model(when=str), model(when=Annotated[str, Field(json_schema_extra={"x-unit": "day"})]),
         ['argument when: x-unit: was not given, is "day"']),
    ],
)  # fmt: skip
def test_whatever_a_consumer_could_notice_is_said_in_words(
    was: type[BaseModel], now: type[BaseModel], said: list[str]
) -> None:
    first, second = shape(tool(was)), shape(tool(now))
    assert contracts.differences(first, second) == tuple(f"tool add_note: {words}" for words in said)
    assert contracts.shape_digest(first) != contracts.shape_digest(second)


ROW = model(note_id=str, title=str)
CHANGES: list[tuple[ToolData | TableData, ToolData | TableData, str]] = [
    (tool(), tool(name="put_note"), "tool add_note: name: was add_note, is put_note"),
    (tool(), tool(is_async=True), "tool add_note: async: was no, is yes"),
    (tool(), tool(Empty, ROW), "tool add_note: result: was nothing, is there"),
    (tool(Empty, ROW), tool(), "tool add_note: result: was there, is nothing"),
    (tool(Empty, ROW), tool(Empty, model(note_id=str)), "tool add_note: result title is gone"),
    (tool(Empty, model(note_id=str)), tool(Empty, Open),
     "tool add_note: result: additionalProperties: was not given, is true"),
    (tool(Empty, Open), tool(Empty, Closed),
     "tool add_note: result *: was anything, is nothing"),
    (tool(), tool(tool_id=OTHER), f"tool add_note ({TOOL}) is gone; tool add_note ({OTHER}) is new"),
    (table(ROW), table(ROW, name="Notebook"), "table Notes: name: was Notes, is Notebook"),
    (table(ROW), table(ROW, version=2), "table Notes: version: was 1, is 2"),
    (table(ROW), table(ROW, primary_key="title"), "table Notes: primary key: was note_id, is title"),
    (table(ROW), table(ROW, indexes=("title", "note_id")),
     "table Notes: indexes: was none, is note_id, title"),
    (table(ROW), table(model(note_id=str, title=int)), "table Notes: column title: was string, is integer"),
    (table(ROW), tool(), f"table Notes ({TABLE}) is gone; tool add_note ({TOOL}) is new"),
]  # fmt: skip


@pytest.mark.parametrize(("was", "now", "said"), CHANGES)
def test_each_part_of_a_member_counts(
    was: ToolData | TableData, now: ToolData | TableData, said: str
) -> None:
    assert "; ".join(contracts.differences(shape(was), shape(now))) == said
    assert contracts.shape_digest(shape(was)) != contracts.shape_digest(shape(now))


types = st.sampled_from(
    [
        str,
        int,
        float,
        bool,
        str | None,
        list[str],
        dict[str, int],
        Tag,
        Label,
        Node,
        Branch,
        Twig,
        list[Tag],
        Pet,
    ]
)
fields = st.dictionaries(st.sampled_from(["title", "body", "default"]), types, max_size=2)
tools = st.builds(
    lambda one, given, back, name, waits: tool(
        model(**given), None if back is None else model(**back), tool_id=one, name=name, is_async=waits
    ),
    st.sampled_from([TOOL, OTHER]),
    fields,
    st.none() | fields,
    st.sampled_from(["add_note", "list_notes"]),
    st.booleans(),
)
tables = st.builds(
    lambda row, version, indexes: table(model(note_id=str, **row), version=version, indexes=tuple(indexes)),
    fields,
    st.integers(1, 2),
    st.lists(st.sampled_from(["note_id", "title"]), max_size=2),
)
members = st.lists(tools | tables, max_size=2, unique_by=lambda one: getattr(one, "tool_id", TABLE))


@given(members, members)
def test_shapes_are_equal_exactly_when_nothing_differs(
    one: list[ToolData | TableData], other: list[ToolData | TableData]
) -> None:
    first, second = shape(*one), shape(*other)
    equal = contracts.shape_digest(first) == contracts.shape_digest(second)
    assert equal == (contracts.differences(first, second) == ())
    assert contracts.differences(first, first) == ()


def test_a_shape_in_another_format_is_different() -> None:
    made = shape(tool())
    found = contracts.differences(made, {**made, "format": 2})
    assert found == ("the shape was kept in format 1, and is in format 2",)


def test_members_of_a_kind_that_came_later_are_compared_too() -> None:
    made = shape(tool())
    newer = {**made, "events": {"e": {"name": "added", "payload": {"type": "object"}}}}
    assert contracts.differences(made, newer) == ("event added (e) is new",)
    assert contracts.differences(newer, made) == ("event added (e) is gone",)
    other = {**made, "events": {"e": {"name": "added", "payload": {"type": "string"}}}}
    (said,) = contracts.differences(newer, other)
    assert said.startswith("event added: payload: was ")


class WithCharts(ContractData):
    charts: tuple[str, ...] = ()


class Streaming(ToolData):
    streams: bool = False


def test_a_kind_of_member_without_a_known_shape_is_refused_and_named() -> None:
    definition = Definition(package_id="p", reference="r")
    silent = WithCharts(contract_id="c", version=2, name="Notes")
    assert contracts.shape(definition, silent) == shape()
    with pytest.raises(errors.ContractNotFreezable, match=r"'Notes' \(version 2\).* it has charts") as caught:
        contracts.shape(definition, silent.model_copy(update={"charts": ("e",)}))
    assert caught.value.hint
    assert caught.value.facts["contract"] == "c"


def test_more_about_a_tool_than_its_shape_can_hold_is_refused() -> None:
    plain = Streaming(**dict(tool()))
    assert shape(plain) == shape(tool())
    with pytest.raises(errors.ContractNotFreezable, match="the tool add_note has streams"):
        shape(plain.model_copy(update={"streams": True}))


@pytest.mark.parametrize("names", [{"tools": (OTHER,)}, {"tables": (OTHER,)}])
def test_a_contract_that_names_what_is_not_there_is_refused(names: dict[str, Any]) -> None:
    with pytest.raises(errors.ContractNotFreezable, match=f"does not contribute its .* {OTHER}"):
        shape(tool(), **names)


def test_a_schema_that_leads_outside_is_refused() -> None:
    with pytest.raises(errors.ContractNotFreezable, match=r"input model of the tool add_note.*title\.json"):
        shape(tool(input_schema={"properties": {"t": {"$ref": "https://example.com/title.json"}}}))
