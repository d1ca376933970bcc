"""tasks 1.0.0 in a runtime in memory."""

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
