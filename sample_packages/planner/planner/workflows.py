"""Launching a project: planned by whoever has projects, announced as a task of whoever has tasks."""

from peers_runtime import Assistant, ContractTool, Ref, Step, Workflow
from pydantic import BaseModel, Field

from planner import ids, tools

plan_project = ContractTool(ids.PROJECTS_CONTRACT, 1, "plan_project")
finish_step = ContractTool(ids.PROJECTS_CONTRACT, 1, "finish_step")
look_at_project = ContractTool(ids.PROJECTS_CONTRACT, 1, "look_at_project")
add_task = ContractTool(ids.TASKS_CONTRACT, 1, "add_task")


class Launch(BaseModel):
    name: str = Field(min_length=1)
    steps: list[str]
    to: str = "all"


class Named(BaseModel):
    name: str


secretary = Assistant(
    assistant_id=ids.SECRETARY,
    name="secretary",
    instructions="Say in one sentence how a project stands.",
    runner=tools.answer,
    tools=[look_at_project],
)

first_step = Workflow(
    workflow_id=ids.FIRST_STEP,
    name="first_step",
    usage="Finish the first step of a project, and say how it stands",
    input=Named,
    steps=[
        Step("finish", tool=finish_step, arguments={"name": Ref("input.name")}, on_error="continue"),
        Step("tell", assistant=secretary, text="We began", arguments={"project": Ref("input.name")}),
    ],
    output=Ref("steps.tell.text"),
)

launch = Workflow(
    workflow_id=ids.LAUNCH,
    name="launch",
    usage="Plan a project, begin with it, and write to somebody about it",
    input=Launch,
    steps=[
        Step(
            "plan",
            tool=plan_project,
            arguments={"name": Ref("input.name"), "steps": Ref("input.steps")},
        ),
        Step("begin", workflow=first_step, arguments={"name": Ref("steps.plan.name")}),
        Step(
            "write",
            tool=tools.write_letter,
            arguments={"to": Ref("input.to"), "text": Ref("steps.begin")},
            retries=2,
        ),
        Step("remember", tool=add_task, arguments={"title": Ref("steps.write.text")}),
    ],
    output={"letter": Ref("steps.write.text"), "task": Ref("steps.remember.task_id")},
)
