"""tasks 2.0.0 in a runtime in memory."""

import pytest


@pytest.fixture
def personal(peers_package):
    return peers_package().context


def test_a_task_is_added_and_finished(personal):
    done = []
    personal.events["task_done"].subscribe(lambda told: done.append(told.title))
    task = personal.tools["add_task"](title="Write a test")
    assert personal.observables["open_tasks"]() == 1
    personal.tools["finish_task"](task_id=task.task_id)
    personal.tools["finish_task"](task_id=task.task_id)
    assert personal.observables["open_tasks"]() == 0
    assert done == ["Write a test"]
    assert personal.tables["Tasks"].get(task.task_id).done


def test_a_task_may_have_a_day_on_which_it_is_due(personal):
    task = personal.tools["add_task"](title="Release", due="2030-01-02")
    assert personal.tables["Tasks"].get(task.task_id).due.year == 2030


def test_who_knows_version_1_of_the_contract_goes_on(peers_package):
    for name in ("tasks-1", "projects"):
        tools = peers_package(f"../{name}").context.tools
    tools["plan_project"](name="Book", steps=["Write"])
    peers_package()
    progress = tools["finish_step"](name="Book")
    assert (progress.done, progress.to_do) == (["Write"], [])
