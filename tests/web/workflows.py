"""A package whose one workflow waits for a file."""

from __future__ import annotations

from pathlib import Path

from tests.world import an_id, project

CODE = f"""
import pathlib, time
from peers_runtime import Ref, Step, Workflow, tool
from pydantic import BaseModel

class Wait(BaseModel):
    path: str = ""

class Waited(BaseModel):
    said: str

@tool(tool_id={an_id("slow", "tool")!r}, usage="Wait for a file")
def look(args: Wait, ctx) -> Waited:
    while args.path and not pathlib.Path(args.path).exists() and not ctx.cancelled:
        time.sleep(0.01)  # a file tells nobody that it is there
    return Waited(said="<seen>")

wait = Workflow(
    workflow_id={an_id("slow", "wait")!r}, name="wait", usage="Wait", input=Wait,
    steps=[Step("look", tool=look, arguments={{"path": Ref("input.path")}})], output=Ref("steps.look.said"),
)
"""


def slow(folder: Path) -> Path:
    contract = an_id("slow", "contract")
    definition = f"""
        from slow import work
        pkg.contract({contract!r}, 1, "Slow").tools = [work.look]
        pkg.workflows = [work.wait]
    """
    return project(folder, "slow", files={"work.py": CODE}, definition=definition)
