"""Tools as the protocol has them, whatever their models are."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest

from peers_runtime import RoleTooLow, Runtime, UnknownContext
from peers_runtime.mcp import tools
from tests.mcp.clients import text
from tests.world import an_id, project

CODE = """
from __future__ import annotations
from pydantic import BaseModel, Field, RootModel
from peers_runtime import tool

class Tree(BaseModel):
    name: str = Field(alias="called")
    below: list[Tree] = []

class Names(RootModel[list[str]]):
    pass

class Number(BaseModel):
    number: float

class Opaque(BaseModel):
    model_config = {{"arbitrary_types_allowed": True}}
    held: object = None

@tool(tool_id={same!r}, usage="Answer with what comes")
def same(args: Tree, ctx) -> Tree:
    return args

@tool(tool_id={named!r}, usage="Names alone")
def named(args: Tree, ctx) -> Names:
    return Names([args.name, *(one.name for one in args.below)])

@tool(tool_id={endless!r}, usage="What JSON does not have")
async def endless(args: Number, ctx) -> Number:
    return Number(number=float("inf"))

@tool(tool_id={opaque!r}, usage="What cannot be sent")
def opaque(args: Number, ctx) -> Opaque:
    return Opaque(held=object())
"""
NAMES = ["same", "named", "endless", "opaque"]


@pytest.fixture
def trees(runtime: Runtime, tmp_path: Path) -> Runtime:
    code = CODE.format(**{one: an_id("trees", one) for one in NAMES})
    definition = f"from trees import tools\npkg.contract({an_id('trees')!r}, 1, 'Trees').tools = ["
    definition += ", ".join(f"tools.{one}" for one in NAMES) + "]"
    files = {"tools.py": code}
    runtime.install(
        project(tmp_path / "trees", "trees", files=files, definition=definition), context="globex"
    )
    return runtime


def call(runtime: Runtime, name: str, arguments: dict[str, Any]) -> Any:
    return tools.call(
        runtime, "globex", "ada", name, arguments, threading.Event(), lambda done, total, message: None
    )


def test_schemas_are_those_of_objects(trees: Runtime) -> None:
    seen = {one.name.removeprefix("trees-"): one for one in tools.visible(trees, "globex", "ada")}
    assert {one.input_schema["type"] for one in seen.values()} == {"object"}
    assert "$defs" in seen["same"].input_schema  # it begins with a reference to itself
    assert seen["same"].output_schema is not None
    assert seen["named"].output_schema is None  # a list has no fields


def test_models_travel_under_the_names_of_their_schemas(trees: Runtime) -> None:
    tree = {"called": "root", "below": [{"called": "leaf", "below": []}]}
    answer = call(trees, "trees-same", tree)
    assert answer.structured_content == tree
    listed = call(trees, "trees-named", tree)
    assert (listed.structured_content, text(listed)) == (None, '["root","leaf"]')


def test_what_json_does_not_have_is_left_out_and_what_cannot_be_sent_is_an_error(trees: Runtime) -> None:
    assert call(trees, "trees-endless", {"number": 1}).structured_content == {"number": None}
    refused = call(trees, "trees-opaque", {"number": 1})
    assert refused.is_error
    assert text(refused).startswith("error[P0504]: what the tool 'trees-opaque' returned cannot be sent")


def test_a_tool_that_there_is_not_is_none(trees: Runtime) -> None:
    assert call(trees, "trees-none", {}) is None
    assert call(trees, "trees:same", {}) is None
    assert call(trees, "desk-add", {"first": 1, "second": 1}) is None  # it is another context's


def test_who_may_not_read_the_context_sees_nothing(trees: Runtime) -> None:
    with pytest.raises(RoleTooLow):
        tools.visible(trees, "globex", "eve")
    with pytest.raises(UnknownContext):
        tools.visible(trees, "nowhere", "ada")


def test_no_two_tools_have_one_title(trees: Runtime) -> None:
    seen = [one.title for one in tools.visible(trees, "globex", "ada")]
    assert "trees: same" in seen
    assert len(seen) == len(set(seen))


def test_a_package_that_there_is_not_is_told_with_those_that_there_are(trees: Runtime) -> None:
    unknown = {"package": "forest", "version": "1.0.0", "to": "beta"}
    name = next(one.name for one in tools.visible(trees, "globex", "ada") if "promote" in one.name)
    refused = call(trees, name, unknown)
    assert refused.is_error
    assert text(refused).startswith("error[P0404]: "), text(refused)
    assert text(refused).endswith("\nhelp: there are: trees")
