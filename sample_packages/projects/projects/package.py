"""What projects contributes, and what it consumes: a contract, from whichever package provides it."""

from peers_runtime import define_package

from projects import ids, members, tools


@define_package
def package(pkg):
    pkg.package_id = ids.PACKAGE
    main = pkg.contract(ids.CONTRACT, 1, "Projects")
    main.tools = [tools.plan_project, tools.finish_step, tools.look_at_project, tools.follow_steps]
    main.tables = [members.projects]
    main.observables = [members.steps_done]
    pkg.consumes(ids.TASKS_CONTRACT, 1)
