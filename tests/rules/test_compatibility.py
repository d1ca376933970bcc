"""Whether a provider fulfils a contract, row by row of the table of what may differ."""

from __future__ import annotations

from typing import Any, Literal

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from peers_runtime.rules import compatibility
from tests.rules.contract_parts import (
    CHANGES,
    OTHER,
    Cat,
    Empty,
    Leafless,
    Member,
    Node,
    Pet,
    SamePet,
    event,
    model,
    observable,
    shape,
    table,
    tool,
)
from tests.rules.test_contract_losses import an_object, objects


def faults(contract: Member, provider: Member) -> tuple[str, ...]:
    return compatibility.faults(shape(contract), shape(provider))


def as_arguments(one: Any) -> Member:
    return tool(one)


def as_result(one: Any) -> Member:
    return tool(output_schema=one.model_json_schema(mode="validation"))


def as_payload(one: Any) -> Member:
    return event(one, payload_schema=one.model_json_schema(mode="validation"))


def as_value(one: Any) -> Member:
    return observable(one, value_schema=one.model_json_schema(mode="validation"))


def as_writable_value(one: Any) -> Member:
    return observable(one, value_schema=one.model_json_schema(mode="validation"), writable=True)


# whom a consumer is to each kind of member: one who gives, who takes, or both
KINDS = {
    as_arguments: {"gives"},
    as_result: {"takes"},
    as_payload: {"takes"},
    as_value: {"takes"},
    as_writable_value: {"gives", "takes"},
    table: {"gives", "takes"},
}


HURT_BUT_FOR_DEFAULTS = {"another default": "", "a part becomes required": "gives"}


@pytest.mark.parametrize("what", CHANGES)
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_a_provider_may_differ_where_no_consumer_loses(kind: Any, what: str) -> None:
    contract, provider, hurt = CHANGES[what]
    hurt = HURT_BUT_FOR_DEFAULTS.get(what, hurt)
    found = faults(kind(contract), kind(provider))
    assert bool(found) is bool(KINDS[kind] & {*hurt.split()}), found


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("one", [model(note_id=str, pet=Pet), Node, Leafless, model(a=list[Node] | None)])
def test_every_shape_is_compatible_with_itself(kind: Any, one: Any) -> None:
    assert faults(kind(one), kind(one)) == ()


ROW = model(note_id=str, title=str)
MEMBERS: dict[str, tuple[Member, Member, str]] = {
    "other ids": (tool(ROW), tool(ROW, tool_id=OTHER), ""),
    "other words": (tool(ROW), tool(ROW, usage_description="Write a note down"), ""),
    "another name": (tool(), tool(name="put_note"), "tool add_note is missing"),
    "a result is gone": (tool(Empty, ROW), tool(), "result: was there, is nothing"),
    "a result is new": (tool(), tool(Empty, ROW), ""),
    "a coroutine": (tool(), tool(is_async=True), "async: was no, is yes"),
    "no coroutine any more": (tool(is_async=True), tool(), ""),
    "another primary key": (
        table(ROW),
        table(ROW, primary_key="title"),
        "primary key: was note_id, is title",
    ),
    "other indexes": (table(ROW, indexes=("title",)), table(ROW), ""),
    "a later version of a table": (table(ROW), table(ROW, version=2), ""),
    "a column with a default": (table(ROW), table(model(note_id=str, title=str, n=(int, 0))), ""),
    "a column that may be empty": (
        table(ROW),
        table(model(note_id=str, title=str, n=(int | None, None))),
        "",
    ),
    "a required column": (
        table(ROW),
        table(model(note_id=str, title=str, n=int)),
        "column n is new, and required",
    ),
    "one value where there were many": (
        table(model(note_id=str, tags=list[str])),
        table(model(note_id=str, tags=str)),
        "column tags: was array",
    ),
    "a value that can be set": (observable(int), observable(int, writable=True), ""),
    "a value that no longer can be set": (
        observable(int, writable=True),
        observable(int),
        "writable: was yes, is no",
    ),
    "a wider value": (observable(int), observable(int | None), "value: was integer, is integer or null"),
    "a narrower value": (observable(int | None), observable(int), ""),
    "the same pets in other words": (tool(model(pet=Pet)), tool(model(pet=SamePet)), ""),
    "one pet less": (tool(model(pet=Pet)), tool(model(pet=Cat)), "argument pet"),
    "a payload with more": (event(ROW), event(model(note_id=str, title=str, tag=(str, ""))), ""),
    "a payload with less": (event(ROW), event(model(note_id=str)), "payload title is gone"),
    "a format less": (
        tool(model(c=Literal["a", "b"])),
        tool(model(c=Literal["a"])),
        "argument c: was one of",
    ),
}


@pytest.mark.parametrize("what", MEMBERS)
def test_each_part_of_a_member_is_judged(what: str) -> None:
    contract, provider, said = MEMBERS[what]
    found = faults(contract, provider)
    assert bool(found) is bool(said), found
    assert said in " ".join(found)


def test_a_fault_names_the_member_the_place_and_both_sides() -> None:
    contract, provider = model(tree=list[Cat]), model(tree=list[model(kind=Literal["cat"], lives=str)])
    assert faults(tool(contract), tool(provider)) == (
        "tool add_note: argument tree[].lives: was integer, is string",
    )


def test_what_a_provider_has_besides_is_its_own_business() -> None:
    more = shape(tool(), tool(tool_id=OTHER, name="more"), table(ROW), observable(int), event(ROW))
    assert compatibility.faults(shape(tool()), more) == ()
    assert compatibility.faults(more, shape(tool())) == (
        "event note_added is missing",
        "observable open_notes is missing",
        "table Notes is missing",
        "tool more is missing",
    )


@pytest.mark.parametrize("whose", ["contract", "provider"])
def test_a_shape_in_an_unknown_format_is_refused(whose: str) -> None:
    shapes = {"contract": shape(tool()), "provider": shape(tool())}
    shapes[whose] = {**shapes[whose], "format": 2}
    (said,) = compatibility.faults(shapes["contract"], shapes["provider"])
    assert said == f"the shape of the {whose} is in format 2, which cannot be judged"


# ── whatever fits ────────────────────────────────────────────────────────────────────────────────


def of_tool(arguments: dict[str, Any]) -> dict[str, Any]:
    return shape(tool(input_schema={"type": "object", **arguments}))


def of_event(payload: dict[str, Any]) -> dict[str, Any]:
    return shape(event(Empty, payload_schema={"type": "object", **payload}))


def fits(value: Any, schema: dict[str, Any]) -> bool:
    return jsonschema.Draft202012Validator({"type": "object", **schema}).is_valid(value)


@given(an_object(closed=True), an_object(closed=True), st.lists(objects, max_size=9))
def test_a_provider_takes_whatever_the_contract_lets_a_consumer_give(
    contract: dict[str, Any], provider: dict[str, Any], given: list[Any]
) -> None:
    if not compatibility.faults(of_tool(contract), of_tool(provider)):
        assert all(fits(value, provider) for value in given if fits(value, contract))


@given(an_object(closed=False), an_object(closed=False), st.lists(objects, max_size=9))
def test_a_consumer_gets_only_what_the_contract_lets_it_expect(
    contract: dict[str, Any], provider: dict[str, Any], told: list[Any]
) -> None:
    if not compatibility.faults(of_event(contract), of_event(provider)):
        assert all(fits(value, contract) for value in told if fits(value, provider))


fields = st.sampled_from(
    [str, str | None, int, float, int | str, Literal["a"], Literal["a", "b"], list[int], (str, ""), (int, 0)]
)
models = st.dictionaries(st.sampled_from("ab"), fields, max_size=2).map(lambda named: model(**named))


@given(models, models, models, st.sampled_from([as_arguments, as_result, table, as_writable_value]))
def test_who_fulfils_a_provider_fulfils_what_that_one_does(one: Any, two: Any, three: Any, kind: Any) -> None:
    first, second, third = (shape(kind(each)) for each in (one, two, three))
    if not compatibility.faults(first, second) and not compatibility.faults(second, third):
        assert compatibility.faults(first, third) == ()
