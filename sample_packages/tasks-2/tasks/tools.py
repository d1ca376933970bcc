"""What others may ask of tasks: to add one, and to finish one."""

from datetime import date
from uuid import uuid4

from peers_runtime import tool
from pydantic import BaseModel, Field

from tasks import ids
from tasks.members import Task, TaskDone, count_open


class AddTask(BaseModel):
    title: str = Field(min_length=1)
    due: date | None = None


class FinishTask(BaseModel):
    task_id: str


@tool(tool_id=ids.ADD_TASK, usage="Add a task with a title, and if you like the day on which it is due")
def add_task(args: AddTask, ctx) -> Task:
    task = ctx.tables["tasks:Tasks"].insert(Task(task_id=uuid4().hex, title=args.title, due=args.due))
    ctx.observables["tasks:open_tasks"].set(count_open(ctx))
    return task


@tool(tool_id=ids.FINISH_TASK, usage="Finish a task; doing so twice changes nothing")
def finish_task(args: FinishTask, ctx) -> Task:
    before = ctx.tables["tasks:Tasks"].get(args.task_id)
    if before is None or before.done:
        return before or Task(task_id=args.task_id, title="", done=True)
    task = ctx.tables["tasks:Tasks"].update(args.task_id, done=True)
    ctx.observables["tasks:open_tasks"].set(count_open(ctx))
    ctx.events["tasks:task_done"].emit(TaskDone(task_id=task.task_id, title=task.title))
    return task
