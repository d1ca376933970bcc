"""What workflows and assistants name is there: their package's own when captured, contracts' when active."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from peers_runtime import Runtime
from peers_runtime.base import errors
from tests.host import workflow_packages as parts
from tests.host.task_packages import CONTRACT, fancy, provider
from tests.world import an_id, project

MISSING = an_id("missing")
PLAN, OTHER = an_id("notes", "workflow", "plan"), an_id("notes", "workflow", "other")


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    yield
    parts.SEEN.clear()


@pytest.mark.parametrize(
    ("steps", "said", "hint"),
    [
        (f'[Step("a", tool={MISSING!r})]', "names the tool", "its tools are: make, nested"),
        (f'[Step("a", workflow={MISSING!r})]', "names the workflow", "its workflows are: plan"),
        (
            f'[Step("a", assistant={MISSING!r}, text="x")]',
            "names the assistant",
            "its assistants are: helper",
        ),
        (
            f'[Step("a", tool=ContractTool({CONTRACT!r}, 1, "add_task"))]',
            "which the package does not consume",
            f"pkg.consumes({CONTRACT!r}, 1)",
        ),
        ('[one("x"), one("y")]', "has two steps 'made'", "a name of its own"),
        ('[one("x", on_error=one("y"))]', "has two steps 'made'", "a name of its own"),
        ('[one(Ref("input.titel"))]', "refers to 'input.titel'", "did you mean 'title'?"),
        (
            '[one(Ref("steps.later.text")), Step("later", tool=make)]',
            "refers to 'steps.later",
            "there are: none",
        ),
        (
            '[one("x"), Step("b", tool=make, arguments={"title": Ref("steps.made.txet")})]',
            "refers to 'steps.made.txet'",
            "did you mean 'text'?",
        ),
        ('[one(Ref("error.message"))]', "refers to 'error.message'", "there are: none"),
        ('[one("x")], output=Ref("steps.mode")', "its output refers to 'steps.mode'", "did you mean 'made'?"),
    ],
)
def test_a_version_that_names_what_it_has_not_is_not_made(
    runtime: Runtime, tmp_path: Path, steps: str, said: str, hint: str
) -> None:
    source = parts.package(tmp_path, {"plan": steps})
    with pytest.raises(errors.UnknownReference) as caught:
        runtime.install(source, "acme")
    assert said in caught.value.message
    assert hint in caught.value.hint
    assert caught.value.message.startswith(f"{source}/notes/work.py:")
    assert runtime.packages("acme") == []


def test_a_workflow_does_not_come_back_to_itself(runtime: Runtime, tmp_path: Path) -> None:
    circle = {"plan": f'[Step("a", workflow={OTHER!r})]', "other": f'[Step("b", workflow={PLAN!r})]'}
    with pytest.raises(errors.CircularWorkflow, match="plan → other → plan"):
        runtime.install(parts.package(tmp_path, circle), "acme")


def test_a_runner_takes_what_a_runner_is_asked(runtime: Runtime, tmp_path: Path) -> None:
    source = parts.package(tmp_path, {"plan": '[one("x")]'})
    work = source / "notes" / "work.py"
    work.write_text(work.read_text().replace('"Be kind", answer', '"Be kind", make'))
    with pytest.raises(errors.InvalidRunner, match="the tool 'make' cannot answer") as caught:
        runtime.install(source, "acme")
    assert "AssistantRequest" in caught.value.hint


def planner(folder: Path, tool: str = "add_task", more: str = "", **given: str) -> Path:
    named = f"ContractTool({CONTRACT!r}, 1, {tool!r})"
    step = f'Step("task", tool={named}, arguments={{"title": Ref("input.title")}})'
    return parts.package(folder, {"plan": f"[{step}]", **given}, more=f"pkg.consumes({CONTRACT!r}, 1{more})")


def test_a_contract_s_tool_is_that_of_whoever_provides_it(runtime: Runtime, tmp_path: Path) -> None:
    runtime.install(provider(tmp_path), "acme")
    runtime.install(planner(tmp_path), "acme")
    workflow = runtime.context("acme").workflows["plan"]
    assert workflow(title="a") == {"title": "a", "by": "tasks 1.0.0"}
    runtime.install(fancy(tmp_path), "acme")
    runtime.contracts.set_provider(CONTRACT, "fancy", "acme")
    assert runtime.context("acme").workflows["plan"](title="a") == {"title": "a", "by": "fancy 1.0.0"}


def test_without_a_provider_the_package_is_not_activated(runtime: Runtime, tmp_path: Path) -> None:
    with pytest.raises(errors.ContractMissing):
        runtime.install(planner(tmp_path), "acme")


def test_a_tool_that_the_contract_has_not_keeps_the_package_inactive(
    runtime: Runtime, tmp_path: Path
) -> None:
    runtime.install(provider(tmp_path), "acme")
    with pytest.raises(
        errors.UnknownReference, match=r"the workflow 'plan' names the tool 'ad_task'"
    ) as caught:
        runtime.install(planner(tmp_path, "ad_task"), "acme")
    assert caught.value.hint == "did you mean 'add_task'?"
    with pytest.raises(errors.UnknownReference) as caught:
        runtime.install(planner(tmp_path, "zzz"), "acme")
    assert caught.value.hint == "tasks@1.0.0 provides that contract with: add_task"


def test_an_optional_contract_may_be_missing_until_the_step_runs(runtime: Runtime, tmp_path: Path) -> None:
    runtime.install(planner(tmp_path, more=", optional=True"), "acme")
    with pytest.raises(errors.WorkflowFailed, match="nobody provides the contract"):
        runtime.context("acme").workflows["plan"](title="a")
    runtime.install(provider(tmp_path), "acme")
    assert runtime.context("acme").workflows["plan"](title="a")["by"] == "tasks 1.0.0"


RUNNER = f"""
from peers_runtime import AssistantAnswer, AssistantRequest, tool
@tool(tool_id={an_id("models", "answer")!r}, usage="Answer")
def answer(args: AssistantRequest, ctx) -> AssistantAnswer:
    made = [one.name + " " + str(ctx.tools[one.id](title="t").by) for one in args.tools]
    return AssistantAnswer(text=args.text.upper(), data={{"made": made}})
"""


def test_a_runner_and_its_tools_may_come_through_contracts(runtime: Runtime, tmp_path: Path) -> None:
    models = an_id("models", "contract")
    definition = f"from models import work\npkg.contract({models!r}, 1, 'Models').tools = [work.answer]"
    runner = project(tmp_path / "models", "models", files={"work.py": RUNNER}, definition=definition)
    source = planner(tmp_path)
    work = source / "notes" / "work.py"
    named = f'ContractTool({models!r}, 1, "answer"), [ContractTool({CONTRACT!r}, 1, "add_task")]'
    work.write_text(work.read_text().replace("answer, [make]", named))
    package = source / "notes" / "package.py"
    package.write_text(package.read_text() + f"    pkg.consumes({models!r}, 1)\n")
    for one in (provider(tmp_path), runner, source):
        runtime.install(one, "acme")
    answer = runtime.context("acme").assistants["helper"].ask("who")
    assert answer == {"text": "WHO", "data": {"made": ["add_task tasks 1.0.0"]}}


def test_a_contract_s_tool_that_is_no_runner_keeps_the_package_inactive(
    runtime: Runtime, tmp_path: Path
) -> None:
    runtime.install(provider(tmp_path), "acme")
    source = planner(tmp_path)
    work = source / "notes" / "work.py"
    work.write_text(work.read_text().replace("answer, [make]", f'ContractTool({CONTRACT!r}, 1, "add_task")'))
    with pytest.raises(errors.InvalidRunner, match="cannot answer for the assistant 'helper'"):
        runtime.install(source, "acme")
