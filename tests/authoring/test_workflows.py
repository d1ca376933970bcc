"""Workflows, steps, references and assistants are checked where they are written."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from pydantic import BaseModel

from peers_runtime import Assistant, ContractTool, Ref, Step, Workflow, define_package, tool
from peers_runtime.base import errors
from tests.world import an_id


class Title(BaseModel):
    title: str


@tool(tool_id=an_id("make"), usage="Make")
def make(args: Title, ctx: Any) -> Title:
    return args


def step(name: str = "a", **more: Any) -> Step:
    return Step(name, **({"tool": make} | more))


def workflow(*steps: Step, **more: Any) -> Workflow:
    return Workflow(**({"workflow_id": an_id("w"), "name": "plan", "steps": steps or [step()]} | more))


def assistant(**more: Any) -> Assistant:
    given = {"assistant_id": an_id("h"), "name": "helper", "instructions": "Be kind", "runner": make}
    return Assistant(**(given | more))


@pytest.mark.parametrize(
    ("write", "said"),
    [
        (lambda: Step("two words", tool=make), "a step's name is a Python name"),
        (lambda: Step("a"), "Step 'a' is nothing"),
        (lambda: step(workflow=workflow()), "Step 'a' is several things"),
        (lambda: step(tool=print), "not a Tool or a ContractTool, nor an id"),
        (lambda: step(text="Say"), "a text is for an assistant"),
        (lambda: Step("a", assistant=assistant()), "a text is for an assistant"),
        (lambda: Step("a", assistant=assistant(), text=" "), "a text is for an assistant"),
        (lambda: step(retries=-1), "retries is -1"),
        (lambda: step(retries=True), "retries is True"),
        (lambda: Step("a", workflow=workflow(), retries=1), "a workflow is not tried again as a whole"),
        (lambda: step(on_error="ignore"), "on_error is 'ignore'"),
        (lambda: step(arguments={"title": object()}), "which is not JSON data"),
        (lambda: step(arguments={"title": float("nan")}), "which is not JSON data"),
        (lambda: step(arguments={"title": {1: "x"}}), "has the key 1"),
        (lambda: step(arguments={"title": {"$from": "input.title"}}), r"has the key '\$from'"),
        (lambda: Ref("title"), r"Ref\('title'\) refers to nothing"),
        (lambda: Ref("steps"), "refers to nothing"),
        (lambda: Ref("input..title"), "refers to nothing"),
        (lambda: workflow(name="plan it"), "a workflow's name is a Python name"),
        (lambda: workflow(steps=[]), "has no steps"),
        (lambda: workflow(steps=[make]), "which is not a Step"),
        (lambda: workflow(input=dict), "which is not a pydantic model"),
        (lambda: assistant(name="a b"), "an assistant's name is a Python name"),
        (lambda: assistant(instructions=""), "instructions is '', not a text"),
        (lambda: assistant(runner=None), "runner is None"),
        (lambda: assistant(tools="make"), "not a list"),
        (lambda: assistant(tools=[print]), "not a Tool or a ContractTool, nor an id"),
        (lambda: ContractTool(an_id("c"), 0, "make"), "not a positive integer"),
        (lambda: ContractTool(an_id("c"), 1, ""), "the tool's name is ''"),
    ],
)
def test_what_cannot_be_is_refused_at_its_line(write: Callable[[], object], said: str) -> None:
    with pytest.raises(errors.InvalidDefinition, match=said) as caught:
        write()
    assert caught.value.message.startswith(__file__)


@pytest.mark.parametrize(
    "write",
    [
        lambda: step(tool="short"),
        lambda: workflow(workflow_id="short"),
        lambda: assistant(assistant_id="short"),
        lambda: ContractTool("short", 1, "make"),
    ],
)
def test_ids_are_ids(write: Callable[[], object]) -> None:
    with pytest.raises(errors.MalformedId):
        write()


def test_references_stand_in_data_as_data() -> None:
    written = step(arguments={"title": Ref("input.title"), "many": [Ref("steps.a"), 1.5, None, True]})
    assert written.arguments == {
        "title": {"$from": "input.title"},
        "many": [{"$from": "steps.a"}, 1.5, None, True],
    }


def test_two_with_one_name_are_refused() -> None:
    @define_package
    def package(pkg: Any) -> None:
        pkg.package_id = an_id("p")
        pkg.workflows = [workflow(), workflow(workflow_id=an_id("other"))]

    with pytest.raises(errors.DuplicateId, match="the workflow 'plan'"):
        package.evaluate("notes", "1.0.0")


def test_a_definition_lists_workflows_and_assistants_only() -> None:
    @define_package
    def package(pkg: Any) -> None:
        pkg.package_id = an_id("p")
        pkg.assistants = [workflow()]

    with pytest.raises(errors.InvalidDefinition, match="which is not a Assistant"):
        package.evaluate("notes", "1.0.0")
