"""fancy_tasks in a runtime in memory: by itself, and in place of tasks."""


def test_tasks_have_colours(peers_package):
    tools = peers_package().context.tools
    assert tools["add_task"](title="Paint", colour="red").colour == "red"
    assert tools["add_task"](title="Draw").colour in ("red", "green", "blue")


def test_it_stands_in_for_tasks(peers_package, peers_runtime):
    for name in ("tasks-1", "projects"):
        peers_package(f"../{name}")
    personal = peers_package().context
    peers_runtime.contracts.set_provider("Tasks", "fancy_tasks")
    personal.tools["plan_project"](name="Book", steps=["Write", "Print"])
    assert personal.tables["fancy_tasks:Tasks"].count() == 2
    assert personal.tables["tasks:Tasks"].count() == 0
