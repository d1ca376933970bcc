"""What stands in the contract beside the tools: the table, an observable and an event."""

from peers_runtime import Event, Observable, Table
from pydantic import BaseModel

from tasks import ids


class Task(BaseModel):
    task_id: str
    title: str
    done: bool = False


class TaskDone(BaseModel):
    task_id: str
    title: str


def count_open(ctx) -> int:
    return ctx.tables["tasks:Tasks"].count(done=False)


tasks = Table(
    table_id=ids.TASKS, name="Tasks", model=Task, primary_key="task_id", indexes=["done"], version=1
)
open_tasks = Observable(observable_id=ids.OPEN_TASKS, name="open_tasks", type=int, initial=count_open)
task_done = Event(event_id=ids.TASK_DONE, name="task_done", payload=TaskDone)
