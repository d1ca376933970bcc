"""planner in a runtime in memory, with projects and with whichever package provides its tasks."""

from pathlib import Path

import pytest
from peers_runtime import ContractMissing, Runtime

SAMPLES = Path(__file__).parents[2]


@pytest.fixture
def runtime():
    with Runtime.in_memory() as opened:
        for name in ("tasks-1", "projects", "planner"):
            opened.install(SAMPLES / name)
        yield opened


def test_without_projects_it_is_not_activated():
    with Runtime.in_memory() as runtime:
        runtime.install(SAMPLES / "tasks-1")
        with pytest.raises(ContractMissing, match="planner@1"):
            runtime.install(SAMPLES / "planner")


def test_a_launch_uses_tasks_and_projects(runtime):
    context = runtime.context()
    launched = context.workflows["launch"](name="Shelf", steps=["Measure", "Paint"], to="Ada")
    assert launched["letter"] == "Dear Ada,\nWe began Shelf: 1 to do"
    assert context.tables["tasks:Tasks"].get(launched["task"]).title == launched["letter"]
    assert context.tools["look_at_project"](name="Shelf").to_do == ["Paint"]


def test_each_step_of_a_launch_is_kept(runtime):
    workflows = runtime.context().workflows
    workflows["launch"](name="Shelf", steps=["Measure"])
    [run] = workflows.runs()
    paths = [step.path for step in run.steps]
    assert paths == ["plan", "begin", "begin/finish", "begin/tell", "write", "remember"]
    assert run.steps[4].output["letter_id"] == f"{run.run_id}/write"


def test_another_provider_may_have_the_tasks(runtime):
    runtime.install(SAMPLES / "fancy_tasks")
    runtime.contracts.set_provider("Tasks@1", "fancy_tasks")
    context = runtime.context()
    context.workflows["launch"](name="Shelf", steps=["Measure"])
    assert context.tables["tasks:Tasks"].count() == 0


def test_the_secretary_says_how_a_project_stands(runtime):
    context = runtime.context()
    context.tools["plan_project"](name="Shelf", steps=["Measure", "Paint"])
    answer = context.assistants["secretary"].ask("Today", project="Shelf")
    assert (answer.text, answer.data) == ("Today Shelf: 2 to do", {"to_do": ["Measure", "Paint"]})
