"""What tasks contributes: all of it stands in one contract."""

from peers_runtime import define_package

from tasks import ids, members, tools


@define_package
def package(pkg):
    pkg.package_id = ids.PACKAGE
    main = pkg.contract(ids.CONTRACT, 2, "Tasks")
    main.tools = [tools.add_task, tools.finish_task]
    main.tables = [members.tasks]
    main.observables = [members.open_tasks]
    main.events = [members.task_done]
    main.also_implements(ids.CONTRACT, 1)  # who knows no due days goes on as before
