"""The tools of the contract Tasks, and a colour for whoever knows of it."""

from itertools import cycle
from uuid import uuid4

from peers_runtime import tool
from pydantic import BaseModel, Field

from fancy_tasks import ids
from fancy_tasks.members import Colour, Task, TaskDone, count_open

_NEXT_COLOUR = cycle(["blue", "green", "red"])


class AddTask(BaseModel):
    title: str = Field(min_length=1)
    colour: Colour | None = None


class FinishTask(BaseModel):
    task_id: str


@tool(tool_id=ids.ADD_TASK, usage="Add a task with a title, and if you like a colour")
def add_task(args: AddTask, ctx) -> Task:
    colour = args.colour or next(_NEXT_COLOUR)
    task = ctx.tables["fancy_tasks:Tasks"].insert(Task(task_id=uuid4().hex, title=args.title, colour=colour))
    ctx.observables["fancy_tasks:open_tasks"].set(count_open(ctx))
    return task


@tool(tool_id=ids.FINISH_TASK, usage="Finish a task; doing so twice changes nothing")
def finish_task(args: FinishTask, ctx) -> Task:
    before = ctx.tables["fancy_tasks:Tasks"].get(args.task_id)
    if before is None or before.done:
        return before or Task(task_id=args.task_id, title="", done=True)
    task = ctx.tables["fancy_tasks:Tasks"].update(args.task_id, done=True)
    ctx.observables["fancy_tasks:open_tasks"].set(count_open(ctx))
    ctx.events["fancy_tasks:task_done"].emit(
        TaskDone(task_id=task.task_id, title=task.title, colour=task.colour)
    )
    return task
