"""What others may ask of projects. The package tasks is named nowhere: a contract is."""

from peers_runtime import tool
from pydantic import BaseModel, Field

from projects import ids
from projects.members import Project


class PlanProject(BaseModel):
    name: str = Field(min_length=1)
    steps: list[str]


class Named(BaseModel):
    name: str


class Nothing(BaseModel):
    pass


class Progress(BaseModel):
    name: str
    done: list[str]
    to_do: list[str]


def tasks_of(ctx):
    return ctx.contract(ids.TASKS_CONTRACT, 1)


@tool(tool_id=ids.PLAN_PROJECT, usage="Plan a project: each of its steps becomes a task")
def plan_project(args: PlanProject, ctx) -> Project:
    tasks = tasks_of(ctx)
    steps = [tasks.tools["add_task"](title=title)["task_id"] for title in args.steps]
    return ctx.tables["Projects"].insert(Project(name=args.name, steps=steps))


@tool(tool_id=ids.FINISH_STEP, usage="Finish the next step of a project")
def finish_step(args: Named, ctx) -> Progress:
    tasks = tasks_of(ctx)
    for task_id in ctx.tables["Projects"].get(args.name).steps:
        task = tasks.tables["Tasks"].get(task_id)
        if task is not None and not task["done"]:
            tasks.tools["finish_task"](task_id=task_id)
            break
    return _progress(args.name, ctx)


@tool(tool_id=ids.LOOK_AT_PROJECT, usage="See what of a project is done, and what is to do")
def look_at_project(args: Named, ctx) -> Progress:
    return _progress(args.name, ctx)


@tool(tool_id=ids.FOLLOW_STEPS, usage="Count in steps_done every task that is done from now on")
def follow_steps(args: Nothing, ctx) -> None:
    steps_done = ctx.observables["steps_done"]
    tasks_of(ctx).events["task_done"].subscribe(lambda _: steps_done.set(steps_done() + 1))


def _progress(name, ctx) -> Progress:
    table = tasks_of(ctx).tables["Tasks"]
    tasks = [table.get(task_id) for task_id in ctx.tables["Projects"].get(name).steps]
    known = [task for task in tasks if task is not None]  # another provider has tasks of its own
    return Progress(
        name=name,
        done=[task["title"] for task in known if task["done"]],
        to_do=[task["title"] for task in known if not task["done"]],
    )
