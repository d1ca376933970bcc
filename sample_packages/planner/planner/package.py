"""What planner contributes: workflows and an assistant, and the tools that are its own."""

from peers_runtime import define_package

from planner import ids, tools, workflows


@define_package
def package(pkg):
    pkg.package_id = ids.PACKAGE
    pkg.contract(ids.CONTRACT, 1, "Planner").tools = [tools.write_letter, tools.answer]
    pkg.workflows = [workflows.first_step, workflows.launch]
    pkg.assistants = [workflows.secretary]
    pkg.consumes(ids.TASKS_CONTRACT, 1)
    pkg.consumes(ids.PROJECTS_CONTRACT, 1)
