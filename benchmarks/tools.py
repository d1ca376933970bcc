"""Calling a tool through the registry, and through a pool of processes, against bare functions."""

from __future__ import annotations

import importlib
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from benchmarks import stored
from benchmarks.families import Effort
from benchmarks.rows import Row, growth
from benchmarks.timing import Comparison, interleave, statement
from peers_runtime import Runtime

_FEW, _MANY = 1, 100
_TOOL = """
from pydantic import BaseModel


class Add(BaseModel):
    title: str
    stars: int = 0


class Note(BaseModel):
    title: str
    stars: int


def add(args, ctx=None):
    return Note(title=args.title, stars=args.stars)


def called(title):
    return add(Add.model_validate({"title": title}))
"""
_PACKAGE = """
from peers_runtime import define_package, tool
from measured import plain


@tool(tool_id="0mwqffk0qrjuu9np2uuaft5el", usage="Add")
def add(args: plain.Add, ctx) -> plain.Note:
    return plain.add(args)


def another(number):
    @tool(tool_id=f"0mwqffk0qrjuu9np2uu{number:06}", name=f"add_{number}", usage="Add")
    def add(args: plain.Add, ctx) -> plain.Note:
        return plain.add(args)

    return add


@define_package
def package(pkg):
    pkg.package_id = "0mwqffjy66ljt95on2890qzle"
    pkg.contract("0mwqffjyvth5laqd6pw8ttn45", 1, "Main").tools = [add, *map(another, range(1, TOOLS))]
"""
_PROJECT = """
[project]
name = "measured"
version = "1.0.0"
dependencies = ["pydantic"]

[project.entry-points."peers.packages"]
measured = "measured.package:package"
"""


def rows(effort: Effort) -> Iterator[Row]:
    few, pool = _measure(effort, _FEW)
    inline, _ = _measure(effort, _MANY)
    costs = {_FEW: few.figure("registry").median, _MANY: inline.figure("registry").median}
    yield Row(
        key="tool-inline",
        what='tool call through the registry, inline: `tools["add"](title="x")`',
        ours=inline.figure("registry"),
        reference=inline.figure("twice"),
        reference_name="validate input, call, validate output",
        ratio=inline.ratio("registry", "twice"),
        goal=1.5,
        growth=growth(costs, "tools"),
        note=f"One of {_MANY} tools, which makes one record of its two fields. `tools` was asked for once:"
        " tools = ctx.tools.",
    )
    yield Row(
        key="tool-validated-once",
        what="the same",
        ours=inline.figure("registry"),
        reference=inline.figure("once"),
        reference_name="validate input, call",
        ratio=inline.ratio("registry", "once"),
    )
    yield Row(
        key="tool-pool",
        what="tool call through a process pool, one at a time",
        ours=pool.figure("tool"),
        reference=pool.figure("bare"),
        reference_name="pool.submit of the bare function",
        ratio=pool.ratio("tool", "bare"),
        note="Wall time of a submit and its result, in pools of one spawned process each.",
    )


def _measure(effort: Effort, count: int) -> tuple[Comparison, Comparison]:
    """Of a package with so many tools."""
    with tempfile.TemporaryDirectory(prefix="peers-benchmark-") as name:
        folder = Path(name)
        package = _PACKAGE.replace("TOOLS", str(count))
        project = folder / "project"
        (project / "measured").mkdir(parents=True)
        (project / "pyproject.toml").write_text(_PROJECT)
        for path, text in (("__init__.py", ""), ("plain.py", _TOOL), ("package.py", package)):
            (project / "measured" / path).write_text(text)
        stored.installed(folder / "stock", {"stock_tool/__init__.py": "", "stock_tool/plain.py": _TOOL})
        plain = importlib.import_module("stock_tool.plain")
        spawn = get_context("spawn")
        with (
            Runtime.open(folder / "home") as runtime,
            ProcessPoolExecutor(1, mp_context=spawn) as ours,
            ProcessPoolExecutor(1, mp_context=spawn) as bare,
        ):
            runtime.install(project)
            tools = runtime.context().tools
            if tools["add"](title="x").model_dump() != plain.called("x").model_dump():
                raise RuntimeError("the tool does not answer as the bare function does")
            names = {"tools": tools, "plain": plain}
            once = 'plain.add(plain.Add.model_validate({"title": "x"}))'
            inline = interleave(
                {
                    "registry": statement('tools["add"](title="x")', names),
                    "once": statement(once, names),
                    "twice": statement(f"plain.Note.model_validate({once})", names),
                },
                effort.rounds(40),
            )
            through = tools.through(ours)["add"]
            calls = effort.rounds(320)
            pool = interleave(
                {
                    "tool": _waited(lambda: through(title="x"), calls),
                    "bare": _waited(lambda: bare.submit(plain.called, "x").result(), calls),
                },
                effort.rounds(20),
            )
    return inline, pool


def _waited(call: Callable[[], Any], number: int) -> Callable[[], float]:
    """Measures the wall time of one call; the first has started its process before."""
    call()

    def measure() -> float:
        began = time.perf_counter()
        for _ in range(number):
            call()
        return (time.perf_counter() - began) / number

    return measure
