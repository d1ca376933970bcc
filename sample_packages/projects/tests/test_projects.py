"""projects in a runtime in memory, with whichever package provides its tasks."""

import pytest
from peers_runtime import ContractMissing


@pytest.fixture(params=["tasks-1", "tasks-2"])
def context(request, peers_package):
    peers_package("../tasks-1")  # which shows what its contract is
    peers_package(f"../{request.param}")
    return peers_package().context


def test_without_a_provider_of_tasks_it_is_not_activated(peers_package):
    with pytest.raises(ContractMissing, match="projects@1"):
        peers_package()


def test_steps_are_tasks(context):
    tools = context.tools
    tools["plan_project"](name="Book", steps=["Write", "Print"])
    assert context.tables["tasks:Tasks"].count(done=False) == 2
    progress = tools["finish_step"](name="Book")
    assert (progress.done, progress.to_do) == (["Write"], ["Print"])


def test_steps_that_are_done_are_counted_also_after_a_swap(context, peers_package, peers_runtime):
    context.tools["follow_steps"]()
    peers_package("../fancy_tasks")
    for provider in ("tasks", "fancy_tasks"):
        peers_runtime.contracts.set_provider("Tasks@1", provider)
        context.tools["plan_project"](name=f"Book of {provider}", steps=["Write"])
        context.tools["finish_step"](name=f"Book of {provider}")
    assert context.observables["steps_done"]() == 2
