"""What a consumer of a contract may lose by: it gives arguments, takes results, and does both with rows."""

from __future__ import annotations

from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from peers_runtime.model.manifest import TableData, ToolData
from peers_runtime.rules import contracts
from peers_runtime.rules.schema_differences import differences
from tests.rules.contract_parts import (
    CHANGES,
    OTHER,
    Empty,
    Tag,
    model,
    shape,
    table,
    tool,
)


def losses(was: ToolData | TableData, now: ToolData | TableData) -> list[str]:
    return [one.words for one in contracts.compared(shape(was), shape(now)) if one.is_lossy]


@pytest.mark.parametrize("what", CHANGES)
def test_arguments_lose_where_what_was_given_no_longer_fits(what: str) -> None:
    was, now, hurt = CHANGES[what]
    assert bool(losses(tool(was), tool(now))) is ("gives" in hurt)


@pytest.mark.parametrize("what", CHANGES)
def test_results_lose_where_something_else_may_come(what: str) -> None:
    was, now, hurt = CHANGES[what]
    schemas = [one.model_json_schema(mode="validation") for one in (was, now)]
    tools = [tool(output_schema=one) for one in schemas]
    assert bool(losses(*tools)) is ("takes" in hurt)


@pytest.mark.parametrize("what", CHANGES)
def test_rows_lose_by_either(what: str) -> None:
    was, now, hurt = CHANGES[what]
    assert bool(losses(table(was), table(now))) is bool(hurt)


ROW = model(note_id=str, title=str)
MEMBERS: list[tuple[ToolData | TableData, ToolData | TableData, bool]] = [
    (tool(), tool(name="put_note"), True),
    (tool(), tool(is_async=True), True),
    (tool(), tool(Empty, ROW), False),
    (tool(Empty, ROW), tool(), True),
    (tool(), tool(tool_id=OTHER), True),
    (table(ROW), table(ROW, version=2), True),
    (table(ROW), table(ROW, primary_key="title"), True),
    (table(ROW), table(ROW, indexes=("title",)), False),
    (table(ROW, indexes=("title",)), table(ROW), True),
    (table(ROW, indexes=("title",)), table(ROW, indexes=("note_id",)), True),
]


@pytest.mark.parametrize(("was", "now", "is_lossy"), MEMBERS)
def test_each_part_of_a_member_may_be_lost(
    was: ToolData | TableData, now: ToolData | TableData, is_lossy: bool
) -> None:
    assert bool(losses(was, now)) is is_lossy


def test_a_loss_names_the_path() -> None:
    was, now = model(tree=list[Tag]), model(tree=list[model(name=int, color=(str, "red"))])
    assert losses(tool(was), tool(now)) == ["tool add_note: argument tree[].name: was string, is integer"]


def test_a_further_tool_is_no_loss() -> None:
    found = contracts.compared(shape(tool()), shape(tool(), tool(tool_id=OTHER, name="more")))
    assert [(one.words, one.is_lossy) for one in found] == [(f"tool more ({OTHER}) is new", False)]


@pytest.mark.parametrize("keyword", ["not", "if"])
def test_what_lies_below_a_negation_is_never_harmless(keyword: str) -> None:
    was, now = ({keyword: {"properties": {"a": {"type": kinds}}}} for kinds in ("string", ["null", "string"]))
    assert [one[1:3] for one in differences(was, now, "arguments", "argument")] == [(True, True)]


# ── whatever fits ────────────────────────────────────────────────────────────────────────────────

kinds = st.sampled_from(["string", "integer", "number", "null", "boolean"])
leaves = st.one_of(
    st.lists(kinds, min_size=1, max_size=3, unique=True).map(lambda types: {"type": types}),
    st.lists(st.sampled_from(["a", "b", 1, None]), min_size=1, unique=True).map(
        lambda values: {"enum": values}
    ),
    st.builds(lambda low, high: {"minimum": low, "maximum": high}, st.integers(0, 1), st.integers(1, 2)),
    st.builds(lambda low: {"type": "string", "minLength": low}, st.integers(1, 2)),
    st.just({}),
)
parts = st.recursive(
    leaves,
    lambda deeper: st.one_of(
        st.lists(deeper, min_size=1, max_size=2).map(lambda choices: {"anyOf": choices}),
        deeper.map(lambda item: {"type": "array", "items": item}),
        deeper.map(lambda other: {"not": other}),
    ),
    max_leaves=3,
)
values = st.recursive(
    st.sampled_from(["", "a", "b", "ab", 0, 1, 2, 1.5, None, True]), lambda one: st.lists(one, max_size=2)
)


def an_object(closed: bool) -> st.SearchStrategy[dict[str, Any]]:
    more = {"additionalProperties": False} if closed else {}
    names = st.sampled_from("ab")
    return st.builds(
        lambda parts, needed: {"properties": parts, "required": sorted(needed & parts.keys()), **more},
        st.dictionaries(names, parts, max_size=2),
        st.sets(names),
    )


objects = st.dictionaries(st.sampled_from("ab"), values, max_size=2)


def fits(value: Any, schema: dict[str, Any]) -> bool:
    return jsonschema.Draft202012Validator({"type": "object", **schema}).is_valid(value)


@given(an_object(closed=True), an_object(closed=True), st.lists(objects, max_size=9))
def test_what_fitted_still_fits_when_it_hurts_nobody_who_gives(
    was: dict[str, Any], now: dict[str, Any], given: list[Any]
) -> None:
    if not any(one.hurts_givers for one in differences(was, now, "arguments", "argument")):
        assert all(fits(value, now) for value in given if fits(value, was))


@given(an_object(closed=False), an_object(closed=False), st.lists(objects, max_size=9))
def test_what_comes_fits_what_was_expected_when_it_hurts_nobody_who_takes(
    was: dict[str, Any], now: dict[str, Any], taken: list[Any]
) -> None:
    if not any(one.hurts_takers for one in differences(was, now, "result", "result")):
        assert all(fits(value, was) for value in taken if fits(value, now))
