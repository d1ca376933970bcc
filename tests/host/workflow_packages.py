"""Small packages with workflows; what their tools are called with is listed here, as `SEEN`."""

from __future__ import annotations

import builtins
import sys
from pathlib import Path
from typing import Any

from tests.world import an_id, project

SEEN: list[str] = []  # what tools were called with, in that order

TOOLS = """
import builtins
from pydantic import BaseModel, Field
from peers_runtime import (
    Assistant, AssistantAnswer, AssistantRequest, ContractTool, Ref, Step, Workflow, tool
)

parts = builtins.workflow_packages  # a package imports no tests

class Title(BaseModel):
    title: str

class Made(BaseModel):
    text: str
    key: str = ""
    by: str = "{version}"

@tool(tool_id="{make}", usage="Make a text")
def make(args: Title, ctx) -> Made:
    parts.SEEN.append(args.title)
    if args.title in parts.TROUBLE:
        raise parts.TROUBLE[args.title]
    return Made(text=args.title.upper(), key=ctx.run_key)

@tool(tool_id="{nested}", usage="Make a text with another tool")
def nested(args: Title, ctx) -> Made:
    return ctx.tools["make"](title=args.title)

@tool(tool_id="{patient}", usage="Wait until it is told to stop")
def patient(args: Title, ctx) -> Made:
    parts.SEEN.append(args.title)
    parts.waiting(ctx)
    return Made(text="stopped")

@tool(tool_id="{later}", usage="Make a text, and await something")
async def later(args: Title, ctx) -> Made:
    import asyncio
    await asyncio.sleep(0)
    return Made(text=args.title + " later")

@tool(tool_id="{answer}", usage="Answer for an assistant")
def answer(args: AssistantRequest, ctx) -> AssistantAnswer:
    made = [ctx.tools[one.id](title=args.text).text for one in args.tools]
    return AssistantAnswer(text=args.instructions + ": " + args.text, data={{"made": made, **args.context}})

helper = Assistant("{helper}", "helper", "Be kind", answer, [make])

def one(title, **more):
    return Step("made", tool=make, arguments={{"title": title}}, **more)

def workflow(name, steps, **more):
    ids = {ids}
    return Workflow(ids[name], name, steps, Title, **more)

workflows = [
{workflows}
]
"""
DEFINITION = """
from {name} import work
main = pkg.contract("{contract}", 1, "{title}")
main.tools = [work.make, work.nested, work.patient, work.later, work.answer]
pkg.workflows = work.workflows
pkg.assistants = [work.helper]
{more}
"""
TROUBLE: dict[str, BaseException] = {}  # what `make` raises for which title
WAITING: dict[str, Any] = {}


builtins.workflow_packages = sys.modules[__name__]  # type: ignore[attr-defined]  # how packages reach it


def waiting(ctx: Any) -> None:
    """What the tool `patient` does."""
    WAITING["begun"].set()
    while not ctx.cancelled:
        WAITING["go on"].wait(0.01)
        if WAITING["go on"].is_set():
            return


def package(
    folder: Path, workflows: dict[str, str], version: str = "1.0.0", name: str = "notes", more: str = ""
) -> Path:
    """`workflows` are the arguments of each after its name: `'[one("a")], output=Ref("input.title")'`."""
    ids = {word: an_id(name, word) for word in ("make", "nested", "patient", "later", "answer", "helper")}
    written = [f"workflow({one!r}, {given})," for one, given in workflows.items()]
    source = TOOLS.format(
        version=version,
        ids={one: an_id(name, "workflow", one) for one in workflows},
        workflows="\n".join(f"    {line}" for line in written),
        **ids,
    )
    contract = an_id(name, "contract")
    definition = DEFINITION.format(name=name, contract=contract, title=name.title(), more=more)
    return project(folder / f"{name}-{version}", name, version, {"work.py": source}, definition=definition)
