"""A run of a workflow with ten steps, against calling the ten tools by hand with one commit each.

By hand means what an application would write for the same: SQLAlchemy Core on a SQLite file of its own with
the same pragmas, one statement that is made once, and what each tool answered with as JSON.
"""

from __future__ import annotations

import itertools
import json
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import sqlalchemy as sa

from benchmarks.families import Effort
from benchmarks.rows import Row
from benchmarks.tables import engine
from benchmarks.timing import interleave, repeated
from peers_runtime import Runtime

_STEPS = 10
_PACKAGE = """
from peers_runtime import Ref, Step, Workflow, define_package, tool
from pydantic import BaseModel


class Count(BaseModel):
    number: int


@tool(tool_id="0mx2bvmifpes5iin38jfe4mj8", usage="Add one")
def add(args: Count, ctx) -> Count:
    return Count(number=args.number + 1)


steps = [Step("s0", tool=add, arguments={"number": Ref("input.number")})]
for count in range(1, STEPS):
    steps.append(Step(f"s{count}", tool=add, arguments={"number": Ref(f"steps.s{count - 1}.number")}))
counting = Workflow("0mx2bvmux2uvfgkfvqt1jm85z", "counting", steps, Count)


@define_package
def package(pkg):
    pkg.package_id = "0mx2bvn7b4nno783i3hxy7sc6"
    pkg.contract("0mx2bvnk9v7q6dgj1jqkwxywk", 1, "Main").tools = [add]
    pkg.workflows = [counting]
"""
_PROJECT = """
[project]
name = "measured"
version = "1.0.0"
dependencies = ["pydantic"]

[project.entry-points."peers.packages"]
measured = "measured.package:package"
"""
_kept = sa.Table(
    "kept",
    sa.MetaData(),
    sa.Column("run", sa.Integer, primary_key=True),
    sa.Column("step", sa.String, primary_key=True),
    sa.Column("output", sa.String, nullable=False),
)


def rows(effort: Effort) -> Iterator[Row]:
    with tempfile.TemporaryDirectory(prefix="peers-benchmark-") as name:
        folder = Path(name)
        (folder / "project" / "measured").mkdir(parents=True)
        (folder / "project" / "pyproject.toml").write_text(_PROJECT)
        for path, text in (("__init__.py", ""), ("package.py", _PACKAGE.replace("STEPS", str(_STEPS)))):
            (folder / "project" / "measured" / path).write_text(text)
        with Runtime.open(folder / "home") as runtime:
            runtime.install(folder / "project")
            context = runtime.context()
            workflow = context.workflows["counting"]
            by_hand = _by_hand(context.tools["add"], engine(folder / "by-hand.sqlite"))
            if (workflow(number=0)["number"], by_hand()) != (_STEPS, _STEPS):
                raise RuntimeError("the workflow does not answer as the tools do")
            sides = {"run": lambda: workflow(number=0), "by hand": by_hand}
            found = interleave({name: _times(act) for name, act in sides.items()}, effort.rounds(32))
            waited = interleave({name: _waited(act) for name, act in sides.items()}, effort.rounds(32))
    note = f"{_STEPS + 2} transactions: the run, each step, the end. By hand there are {_STEPS}."
    yield Row(
        key="workflow-run",
        what=f"run of a workflow with {_STEPS} steps, each on the disk before the next",
        ours=found.figure("run"),
        reference=found.figure("by hand"),
        reference_name=f"calling the {_STEPS} tools, and SQLAlchemy Core by hand",
        ratio=found.ratio("run", "by hand"),
        note=note,
    )
    yield Row(
        key="workflow-waited",
        what="the same, until it has ended",
        ours=waited.figure("run"),
        reference=waited.figure("by hand"),
        reference_name=f"calling the {_STEPS} tools, and SQLAlchemy Core by hand",
        ratio=waited.ratio("run", "by hand"),
        note=f"Wall time, the disk included. {note}",
    )


def _by_hand(tool: Callable[..., object], database: sa.Engine) -> Callable[[], int]:
    _kept.create(database)
    insert = sa.insert(_kept)
    runs = itertools.count()

    def act() -> int:
        run, number = next(runs), 0
        for step in range(_STEPS):
            answer = tool(number=number)
            number = answer.number  # type: ignore[attr-defined]  # its output model
            with database.begin() as connection:
                connection.execute(
                    insert, {"run": run, "step": f"s{step}", "output": json.dumps({"number": number})}
                )
        return number

    return act


def _times(act: Callable[[], object]) -> Callable[[], float]:
    """Measures its processor time."""

    def run(number: int) -> None:
        for _ in range(number):
            act()

    return repeated(run)


def _waited(act: Callable[[], object]) -> Callable[[], float]:
    def measure() -> float:
        began = time.perf_counter()
        act()
        return time.perf_counter() - began

    return measure
