"""A package whose workflows say in a file what they do, and are killed at a given place."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from peers_runtime import Runtime
from peers_runtime.model.workflows import RunState
from peers_runtime.operations import runs
from tests.crash import scenes
from tests.world import an_id, project

CONTEXT = "acme"
TOOLS = f"""
import os
import signal
from pydantic import BaseModel
from peers_runtime import Ref, Step, Workflow, tool

class Work(BaseModel):
    name: str
    fails: bool = False

class Done(BaseModel):
    name: str

class Nothing(BaseModel):
    pass

def say(*words):
    with open(os.environ["RUNS_LOG"], "a") as file:
        file.write(" ".join(words) + "\\n")

@tool(tool_id={an_id("work")!r}, usage="Work, and say so")
def work(args: Work, ctx) -> Done:
    say("begun", args.name, ctx.run_key)
    if os.environ.get("KILLED_AT") == f"within {{args.name}}":
        os.kill(os.getpid(), signal.SIGKILL)
    if args.fails:
        raise ValueError(args.name)
    say("ended", args.name)
    return Done(name=args.name)

def step(name, **more):
    return Step(name, tool=work, arguments={{"name": name}}, **more)

inner = Workflow({an_id("inner")!r}, "inner", [step("x"), step("y")], output={{"of": Ref("steps.y.name")}})
instead = Step("instead", tool=work, arguments={{"name": "instead"}})
outer = Workflow(
    {an_id("outer")!r},
    "outer",
    [
        step("a"),
        Step("nested", workflow=inner),
        Step(
            "risky", tool=work, arguments={{"name": "risky", "fails": True}}, retries=1, on_error=instead
        ),
        Step("lost", tool=work, arguments={{"name": "lost", "fails": True}}, on_error="continue"),
        step("b"),
    ],
    Nothing,
    output=[Ref("steps.a.name"), Ref("steps.nested.of"), Ref("steps.risky.name"), Ref("steps.lost.name")],
)
"""
DEFINITION = f"""
from steps import tools
main = pkg.contract({an_id("steps")!r}, 1, "Steps")
main.tools = [tools.work]
pkg.workflows = [tools.inner, tools.outer]
"""
OUTPUT = ["a", "y", "instead", None]
BEGUN = {"a": 1, "x": 1, "y": 1, "risky": 2, "instead": 1, "lost": 1, "b": 1}
PATHS = ["a", "nested", "nested/x", "nested/y", "risky", "instead", "lost", "b"]
PLACES = [
    "kept the run",
    *(f"within {name}" for name in BEGUN),
    *(f"{moment} {path}" for path in PATHS for moment in ("before keeping", "kept")),
    "before the end",
    "after the end",
]


def path_of(name: str) -> str:
    """Of a tool's step."""
    return f"nested/{name}" if name in ("x", "y") else name


def source(folder: Path, version: str = "1.0.0") -> Path:
    return project(folder / version, "steps", version, {"tools.py": TOOLS}, definition=DEFINITION)


def lay(home: Path, folder: Path) -> None:
    """A home in which the package is active."""
    with scenes.opened(home) as runtime:
        runtime.contexts.create(CONTEXT)
        runtime.install(source(folder), CONTEXT)


def imported(home: Path, folder: Path) -> list[str]:
    """The modules that all of it imports."""
    lay(home, folder)
    with scenes.opened(home) as runtime:
        runtime.context(CONTEXT).workflows["outer"]()
    return [name for name in sys.modules if name.split(".")[0] not in ("peers_packages", "steps", "__main__")]


def killed(home: Path, place: str) -> None:
    """Run the workflow in this process, which is killed there."""
    os.environ["KILLED_AT"] = place
    runs.begin = _around(runs.begin, lambda *_: ("", "kept the run"))
    runs._keep = _around(
        runs._keep, lambda _s, _r, state, _p: (f"before keeping {state.path}", f"kept {state.path}")
    )
    runs._end = _around(runs._end, lambda *_: ("before the end", "after the end"))
    with scenes.opened(home) as runtime:
        runtime.context(CONTEXT).workflows["outer"]()


def resumed(home: Path) -> list[Any]:
    """What has come of the one run there, once it has gone on; nobody is killed."""
    os.environ.pop("KILLED_AT", None)
    with scenes.opened(home) as runtime:
        return _told(runtime)


def _told(runtime: Runtime) -> list[Any]:
    runtime.resume()
    for run in runtime.context(CONTEXT).workflows.runs():
        run.result(60)
    states: list[RunState] = [one.state for one in runtime.context(CONTEXT).workflows.runs()]
    return [[one.status, one.output, one.run_id, [step.path for step in one.steps]] for one in states]


def _around(act: Callable[..., Any], places: Callable[..., tuple[str, str]]) -> Callable[..., Any]:
    def acting(*given: Any, **named: Any) -> Any:
        before, after = places(*given)
        _die_at(before)
        answer = act(*given, **named)
        _die_at(after)
        return answer

    return acting


def _die_at(place: str) -> None:
    if os.environ.get("KILLED_AT") == place:
        os.kill(os.getpid(), signal.SIGKILL)
