"""The table of projects, and how many steps were done since somebody began to look."""

from peers_runtime import Observable, Table
from pydantic import BaseModel

from projects import ids


class Project(BaseModel):
    name: str
    steps: list[str]  # the ids of tasks


projects = Table(table_id=ids.PROJECTS, name="Projects", model=Project, primary_key="name")
steps_done = Observable(observable_id=ids.STEPS_DONE, name="steps_done", type=int, initial=0)
