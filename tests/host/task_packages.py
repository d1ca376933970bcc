"""Small packages that provide a contract, fulfil it as well, or consume it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from peers_runtime import Runtime
from tests.world import an_id, project

CONTRACT = an_id("tasks", "contract")
LABEL = f"{CONTRACT}@1"

MEMBERS = """
from pydantic import BaseModel
from peers_runtime import Event, Observable, Table, tool

class AddTask(BaseModel):
    title: {title}
    {more}

class Task(BaseModel):
    title: {title}
    by: str = "{by}"

class Done(BaseModel):
    title: str
    by: str = "{by}"

class Nothing(BaseModel):
    pass

def accept(value, ctx):
    if value < 0:
        raise ValueError("less than nothing")
    return value

@tool(tool_id="{add}", usage="Add a task")
def add_task(args: AddTask, ctx) -> Task:
    ctx.observables["{name}:open_tasks"].set(ctx.observables["{name}:open_tasks"]() + 1)
    ctx.events["{name}:task_done"].emit(Done(title=str(args.title)))
    return Task(title=args.title)

tasks = Table(table_id="{table}", name="Tasks", model=Task, primary_key="title")
open_tasks = Observable(
    observable_id="{observable}", name="open_tasks", type=int, initial={initial}, writable=True, accept=accept
)
task_done = Event(event_id="{event}", name="task_done", payload=Done)
"""

PROVIDES = """
from {name} import members
main = pkg.contract("{contract}", {contract_version}, "{title}")
main.tools = [members.add_task]
main.tables = [members.tasks]
main.observables = [members.open_tasks]
main.events = [members.task_done]
"""


def provider(
    folder: Path,
    name: str = "tasks",
    version: str = "1.0.0",
    *,
    contract: str | None = None,
    contract_version: int = 1,
    claims: str = "",
    title: str = "str",
    more: str = "",
    initial: int = 0,
) -> Path:
    """A package with a contract of its own; `claims` are the arguments of `also_implements`."""
    ids = {kind: an_id(name, kind) for kind in ("add", "table", "observable", "event")}
    definition = PROVIDES.format(
        name=name,
        contract=contract or an_id(name, "contract"),
        contract_version=contract_version,
        title=name.title(),
    )
    if claims:
        definition += f"main.also_implements({claims})\n"
    members = MEMBERS.format(
        name=name, by=f"{name} {version}", title=title, more=more, initial=initial, **ids
    )
    return project(
        folder / f"{name}-{version}", name, version, {"members.py": members}, definition=definition
    )


def fancy(folder: Path, **changes: Any) -> Path:
    """Another provider of the contract of tasks, whose observable begins at 40."""
    return provider(folder, "fancy", claims=f"{CONTRACT!r}, 1", initial=40, **changes)


CONSUMER = """
from pydantic import BaseModel
from peers_runtime import tool

class Text(BaseModel):
    text: str = ""

heard = []

@tool(tool_id="{add}", usage="Add a task of whoever provides them")
def add(args: Text, ctx) -> Text:
    tasks = ctx.contract("{contract}", {version})
    return Text(text="nobody" if tasks is None else tasks.tools["add_task"](title=args.text)["by"])

@tool(tool_id="{twice}", usage="Add two tasks, and call what lies in between")
def twice(args: Text, ctx) -> Text:
    tasks = ctx.contract("{contract}", {version})
    first = tasks.tools["add_task"](title="first")["by"]
    between()
    return Text(text=first + ", " + tasks.tools["add_task"](title="second")["by"])

@tool(tool_id="{follow}", usage="Hear of what is done")
def follow(args: Text, ctx) -> None:
    ctx.contract("{contract}", {version}).events["task_done"].subscribe(heard.append)

def between():
    pass
"""


def consumer(
    folder: Path,
    name: str = "projects",
    version: str = "1.0.0",
    *,
    consumes: str = f"{CONTRACT!r}, 1",
    uses: int = 1,
    more: str = "",
) -> Path:
    """A package that consumes the contract of tasks; `consumes` are the arguments of `pkg.consumes`."""
    ids = {kind: an_id(name, kind) for kind in ("add", "twice", "follow")}
    definition = f"""
from {name} import tools
main = pkg.contract({an_id(name, "contract")!r}, 1, "Projects")
main.tools = [tools.add, tools.twice, tools.follow]
pkg.consumes({consumes})
{more}
"""
    files = {"tools.py": CONSUMER.format(contract=CONTRACT, version=uses, **ids)}
    return project(folder / f"{name}-{version}", name, version, files, definition=definition)


def by(runtime: Runtime, context: str = "personal") -> str:
    """Who adds a task of the consumer's."""
    return str(runtime.context(context).tools["projects:add"](text="x").text)
