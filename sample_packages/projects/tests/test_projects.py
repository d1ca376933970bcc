"""projects in a runtime in memory, with whichever package provides its tasks."""

from pathlib import Path

import pytest
from peers_runtime import ContractMissing, Runtime

SAMPLES = Path(__file__).parents[2]


@pytest.fixture(params=["tasks-1", "tasks-2"])
def runtime(request):
    with Runtime.in_memory() as opened:
        opened.install(SAMPLES / "tasks-1")  # which shows what its contract is
        opened.install(SAMPLES / request.param)
        opened.install(SAMPLES / "projects")
        yield opened


def test_without_a_provider_of_tasks_it_is_not_activated():
    with Runtime.in_memory() as runtime, pytest.raises(ContractMissing, match="projects@1"):
        runtime.install(SAMPLES / "projects")


def test_steps_are_tasks(runtime):
    tools = runtime.context().tools
    tools["plan_project"](name="Book", steps=["Write", "Print"])
    assert runtime.context().tables["tasks:Tasks"].count(done=False) == 2
    progress = tools["finish_step"](name="Book")
    assert (progress.done, progress.to_do) == (["Write"], ["Print"])


def test_steps_that_are_done_are_counted_also_after_a_swap(runtime):
    context = runtime.context()
    context.tools["follow_steps"]()
    runtime.install(SAMPLES / "fancy_tasks")
    for provider in ("tasks", "fancy_tasks"):
        runtime.contracts.set_provider("Tasks@1", provider)
        context.tools["plan_project"](name=f"Book of {provider}", steps=["Write"])
        context.tools["finish_step"](name=f"Book of {provider}")
    assert context.observables["steps_done"]() == 2
