"""What fancy_tasks contributes: a contract of its own, which fulfils the contract Tasks as well."""

from peers_runtime import define_package

from fancy_tasks import ids, members, tools


@define_package
def package(pkg):
    pkg.package_id = ids.PACKAGE
    main = pkg.contract(ids.CONTRACT, 1, "FancyTasks")
    main.tools = [tools.add_task, tools.finish_task]
    main.tables = [members.tasks]
    main.observables = [members.open_tasks]
    main.events = [members.task_done]
    main.also_implements(ids.TASKS_CONTRACT, 1)
