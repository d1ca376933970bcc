"""planner in a runtime in memory, with projects and with whichever package provides its tasks."""

import pytest
from peers_runtime import ContractMissing


@pytest.fixture
def context(peers_package):
    for name in ("tasks-1", "projects"):
        peers_package(f"../{name}")
    return peers_package().context


def test_without_projects_it_is_not_activated(peers_package):
    peers_package("../tasks-1")
    with pytest.raises(ContractMissing, match="planner@1"):
        peers_package()


def test_a_launch_uses_tasks_and_projects(context):
    launched = context.workflows["launch"](name="Shelf", steps=["Measure", "Paint"], to="Ada")
    assert launched["letter"] == "Dear Ada,\nWe began Shelf: 1 to do"
    assert context.tables["tasks:Tasks"].get(launched["task"]).title == launched["letter"]
    assert context.tools["look_at_project"](name="Shelf").to_do == ["Paint"]


def test_each_step_of_a_launch_is_kept(context):
    workflows = context.workflows
    workflows["launch"](name="Shelf", steps=["Measure"])
    [run] = workflows.runs()
    paths = [step.path for step in run.steps]
    assert paths == ["plan", "begin", "begin/finish", "begin/tell", "write", "remember"]
    assert run.steps[4].output["letter_id"] == f"{run.run_id}/write"


def test_another_provider_may_have_the_tasks(context, peers_package, peers_runtime):
    peers_package("../fancy_tasks")
    peers_runtime.contracts.set_provider("Tasks@1", "fancy_tasks")
    context.workflows["launch"](name="Shelf", steps=["Measure"])
    assert context.tables["tasks:Tasks"].count() == 0


def test_the_secretary_says_how_a_project_stands(context):
    context.tools["plan_project"](name="Shelf", steps=["Measure", "Paint"])
    answer = context.assistants["secretary"].ask("Today", project="Shelf")
    assert (answer.text, answer.data) == ("Today Shelf: 2 to do", {"to_do": ["Measure", "Paint"]})
