"""Workflows as a host runs them: steps in their order, what they are given, and their errors."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from peers_runtime import Runtime
from peers_runtime.base import errors
from tests.host import workflow_packages as parts
from tests.world import an_id

SIMPLE = '[one(Ref("input.title"))]'
TWO = '[one(Ref("input.title")), Step("again", tool=make, arguments={"title": Ref("steps.made.text")})]'


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    yield
    parts.SEEN.clear()
    parts.TROUBLE.clear()
    parts.WAITING.clear()


def installed(runtime: Runtime, folder: Path, version: str = "1.0.0", **workflows: str) -> None:
    runtime.install(parts.package(folder, workflows, version), "acme")


def test_steps_run_in_their_order_and_are_kept(runtime: Runtime, tmp_path: Path) -> None:
    installed(runtime, tmp_path, two=TWO)
    workflows = runtime.context("acme").workflows
    answer = workflows["two"](title="a")
    [run] = workflows.runs()
    assert parts.SEEN == ["a", "A"]
    assert answer == {"text": "A", "by": "1.0.0", "key": f"{run.run_id}/again"} == run.output
    assert run.status == "done"
    assert run.state.input == {"title": "a"}
    assert [(one.path, one.status, one.output["text"]) for one in run.steps] == [
        ("made", "done", "A"), ("again", "done", "A"),
    ]  # fmt: skip


def test_an_output_is_made_of_what_is_known(runtime: Runtime, tmp_path: Path) -> None:
    installed(
        runtime, tmp_path, named=SIMPLE + ', output={"of": Ref("input.title"), "n": [Ref("steps.made.by")]}'
    )
    assert runtime.context("acme").workflows["named"](title="a") == {"of": "a", "n": ["1.0.0"]}


def test_a_workflow_runs_another_one(runtime: Runtime, tmp_path: Path) -> None:
    inner = an_id("notes", "workflow", "inner")
    outer = f'[Step("in_it", workflow={inner!r}, arguments={{"title": Ref("input.title")}})]'
    installed(runtime, tmp_path, outer=outer, inner=SIMPLE)
    assert runtime.context("acme").workflows["outer"](title="a")["text"] == "A"
    [run] = runtime.context("acme").workflows.runs()
    assert [(one.path, one.kind, one.input) for one in run.steps] == [
        ("in_it", "workflow", {"title": "a"}), ("in_it/made", "tool", None),
    ]  # fmt: skip


def test_what_another_one_is_given_is_checked(runtime: Runtime, tmp_path: Path) -> None:
    inner = an_id("notes", "workflow", "inner")
    outer = f'[Step("in_it", workflow={inner!r}, arguments={{"titel": "x"}})]'
    installed(runtime, tmp_path, outer=outer, inner=SIMPLE)
    with pytest.raises(errors.WorkflowFailed, match=r"does not fit the workflow 'inner'.*titel") as caught:
        runtime.context("acme").workflows["outer"](title="a")
    assert isinstance(caught.value.__cause__, errors.InvalidInput)


def test_an_assistant_answers_a_step_and_a_question(runtime: Runtime, tmp_path: Path) -> None:
    asks = '[Step("ask", assistant=helper, text=Ref("input.title"), arguments={"late": 2})]'
    installed(runtime, tmp_path, asks=asks)
    context = runtime.context("acme")
    said = {"text": "Be kind: who", "data": {"made": ["WHO"], "late": 2}}
    assert context.workflows["asks"](title="who") == said
    assert context.assistants["helper"].ask("who", late=2).model_dump() == said
    assert [one.name for one in context.assistants.list()] == ["helper"]


def test_an_error_fails_the_run_and_is_its_cause(runtime: Runtime, tmp_path: Path) -> None:
    installed(runtime, tmp_path, two=TWO)
    parts.TROUBLE["A"] = ValueError("no capitals")
    with pytest.raises(errors.WorkflowFailed, match=r"at the step 'again': .* no capitals") as caught:
        runtime.context("acme").workflows["two"](title="a")
    assert isinstance(caught.value.__cause__, errors.ToolFailed)
    [run] = runtime.context("acme").workflows.runs()
    assert (run.status, run.fault and run.fault.code) == ("failed", "P0505")
    with pytest.raises(errors.WorkflowFailed, match=r"at the step 'again': .* no capitals"):
        run.result()
    assert runtime.resume() == []


def test_a_step_is_tried_again_and_another_runs_instead(runtime: Runtime, tmp_path: Path) -> None:
    instead = 'Step("instead", tool=make, arguments={"title": Ref("error.code")})'
    installed(runtime, tmp_path, tried=f'[one("a", retries=2, on_error={instead})]')
    parts.TROUBLE["a"] = ValueError("never")
    assert runtime.context("acme").workflows["tried"](title="x")["text"] == "P0505"
    assert parts.SEEN == ["a", "a", "a", "P0505"]


def test_an_error_may_be_passed_over(runtime: Runtime, tmp_path: Path) -> None:
    over = '[one("a", on_error="continue")], output=["went on", Ref("steps.made.text")]'
    installed(runtime, tmp_path, over=over)
    parts.TROUBLE["a"] = ValueError("never mind")
    assert runtime.context("acme").workflows["over"](title="x") == ["went on", None]


def test_an_attempt_has_the_key_of_the_one_before_and_other_tools_have_none(
    runtime: Runtime, tmp_path: Path
) -> None:
    installed(runtime, tmp_path, deep='[Step("deep", tool=nested, arguments={"title": "a"})]')
    context = runtime.context("acme")
    assert context.workflows["deep"](title="x")["key"] == ""
    assert context.tools["make"](title="a").key == ""


def test_wrong_input_is_refused_before_there_is_a_run(runtime: Runtime, tmp_path: Path) -> None:
    installed(runtime, tmp_path, two=TWO)
    workflows = runtime.context("acme").workflows
    with pytest.raises(errors.InvalidInput, match="titel: Extra inputs") as caught:
        workflows["two"](titel="a")
    assert caught.value.hint == "see what it takes with: peers workflows show notes:two"
    with pytest.raises(errors.UnknownWorkflow) as unknown:
        workflows["too"](title="a")
    assert unknown.value.hint == "did you mean 'two'?"
    assert workflows.runs() == []


def test_async_tools_run_and_a_run_does_not_stop_a_loop(runtime: Runtime, tmp_path: Path) -> None:
    installed(runtime, tmp_path, later='[Step("it", tool=later, arguments={"title": Ref("input.title")})]')
    workflow = runtime.context("acme").workflows["later"]

    async def both() -> list[str]:
        return [
            one["text"] for one in await asyncio.gather(workflow.arun(title="a"), workflow.arun(title="b"))
        ]

    assert asyncio.run(both()) == ["a later", "b later"]
    assert workflow(title="c")["text"] == "c later"
