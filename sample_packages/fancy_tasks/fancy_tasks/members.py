"""The table, the observable and the event: named as in the contract Tasks, with ids of their own."""

from typing import Literal

from peers_runtime import Event, Observable, Table
from pydantic import BaseModel

from fancy_tasks import ids

Colour = Literal["red", "green", "blue"]


class Task(BaseModel):
    task_id: str
    title: str
    done: bool = False
    colour: Colour = "blue"


class TaskDone(BaseModel):
    task_id: str
    title: str
    colour: Colour


def count_open(ctx) -> int:
    return ctx.tables["fancy_tasks:Tasks"].count(done=False)


tasks = Table(table_id=ids.TASKS, name="Tasks", model=Task, primary_key="task_id")
open_tasks = Observable(observable_id=ids.OPEN_TASKS, name="open_tasks", type=int, initial=count_open)
task_done = Event(event_id=ids.TASK_DONE, name="task_done", payload=TaskDone)
