"""tasks 1.0.0 in a runtime in memory."""

from pathlib import Path

import pytest
from peers_runtime import Runtime

PROJECT = Path(__file__).parents[1]


@pytest.fixture
def personal():
    with Runtime.in_memory() as runtime:
        runtime.install(PROJECT)
        yield runtime.context("personal")


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
