"""fancy_tasks in a runtime in memory: by itself, and in place of tasks."""

from pathlib import Path

from peers_runtime import Runtime

PROJECT = Path(__file__).parents[1]


def test_tasks_have_colours():
    with Runtime.in_memory() as runtime:
        runtime.install(PROJECT)
        tools = runtime.context().tools
        assert tools["add_task"](title="Paint", colour="red").colour == "red"
        assert tools["add_task"](title="Draw").colour in ("red", "green", "blue")


def test_it_stands_in_for_tasks():
    with Runtime.in_memory() as runtime:
        for name in ("tasks-1", "projects", "fancy_tasks"):
            runtime.install(PROJECT.parent / name)
        runtime.contracts.set_provider("Tasks", "fancy_tasks")
        runtime.context().tools["plan_project"](name="Book", steps=["Write", "Print"])
        assert runtime.context().tables["fancy_tasks:Tasks"].count() == 2
        assert runtime.context().tables["tasks:Tasks"].count() == 0
