"""What talking through a contract costs: a call, judging a provider, and telling a thousand subscribers."""

from __future__ import annotations

import importlib
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import create_model

from benchmarks import stored
from benchmarks.families import Effort
from benchmarks.rows import Row
from benchmarks.timing import Comparison, interleave, statement
from peers_runtime import Runtime
from peers_runtime.rules import compatibility

_CONTRACT = "0mwqffjyvth5laqd6pw8ttn45"
_FIELDS = 200
_SUBSCRIBERS = 1000
_PLAIN = """
from pydantic import BaseModel


class Add(BaseModel):
    title: str
    stars: int = 0


class Note(BaseModel):
    title: str
    stars: int


def add(args, ctx=None):
    return Note(title=args.title, stars=args.stars)
"""
_PACKAGE = """
from peers_runtime import Event, define_package, tool
from measured import plain

added = Event(event_id="0mwqffk1c3hc8cx5waxwfg02p", name="added", payload=plain.Note)


@tool(tool_id="0mwqffk0qrjuu9np2uuaft5el", usage="Add")
def add(args: plain.Add, ctx) -> plain.Note:
    return plain.add(args)


@define_package
def package(pkg):
    pkg.package_id = "0mwqffjy66ljt95on2890qzle"
    main = pkg.contract("0mwqffjyvth5laqd6pw8ttn45", 1, "Main")
    main.tools = [add]
    main.events = [added]
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
    calls, told = _measure(effort)
    yield Row(
        key="contract-tool",
        what='tool call through a contract: `proxy.tools["add"](title="x")`',
        ours=calls.figure("proxy"),
        reference=calls.figure("once"),
        reference_name="validate input, call",
        ratio=calls.ratio("proxy", "once"),
        note="Authorised, found, judged by the contract's shape; then the registry's call; data in and out.",
    )
    yield Row(
        key="contract-fan-out",
        what=f"an event told to {_SUBSCRIBERS} subscribers",
        ours=told.figure("event"),
        reference=told.figure("loop"),
        reference_name=f"one validation, and a loop over {_SUBSCRIBERS} functions",
        ratio=told.ratio("event", "loop"),
        note="Each subscriber gets a validated payload of its own, so that none can change another's.",
    )
    judged = _judged(effort)
    yield Row(
        key="contract-judged",
        what=f"is a provider's table of {_FIELDS} columns compatible with the contract's",
        ours=judged.figure("fitting"),
        reference=judged.figure("equal"),
        reference_name="are the two shapes equal data",
        ratio=judged.ratio("fitting", "equal"),
        note="Of a provider with one more column; judged once for an active set, not at each call.",
    )


def _measure(effort: Effort) -> tuple[Comparison, Comparison]:
    with tempfile.TemporaryDirectory(prefix="peers-benchmark-") as name:
        folder = Path(name)
        package = folder / "project" / "measured"
        package.mkdir(parents=True)
        (package.parent / "pyproject.toml").write_text(_PROJECT)
        for path, text in (("__init__.py", ""), ("plain.py", _PLAIN), ("package.py", _PACKAGE)):
            (package / path).write_text(text)
        stored.installed(
            folder / "stock", {"stock_contract/__init__.py": "", "stock_contract/plain.py": _PLAIN}
        )
        plain = importlib.import_module("stock_contract.plain")
        with Runtime.open(folder / "home") as runtime:
            runtime.install(package.parent)
            context = runtime.context()
            proxy = context.contract(_CONTRACT, 1)
            if proxy.tools["add"](title="x") != {"title": "x", "stars": 0}:
                raise RuntimeError("the tool does not answer as the bare function does")
            names: dict[str, Any] = {"proxy": proxy, "plain": plain}
            calls = interleave(
                {
                    "proxy": statement('proxy.tools["add"](title="x")', names),
                    "once": statement('plain.add(plain.Add.model_validate({"title": "x"}))', names),
                },
                effort.rounds(40),
            )
            heard = [_hear for _ in range(_SUBSCRIBERS)]
            for callback in heard:
                context.events["added"].subscribe(callback)
            names = {"event": context.events["added"], "plain": plain, "heard": heard, "tell": _tell}
            told = interleave(
                {
                    "event": statement('event.emit({"title": "x", "stars": 1})', names),
                    "loop": statement(
                        'tell(heard, plain.Note.model_validate({"title": "x", "stars": 1}))', names
                    ),
                },
                effort.rounds(20),
            )
    return calls, told


def _judged(effort: Effort) -> Comparison:
    fields: dict[str, Any] = {f"column_{number}": (str, ...) for number in range(_FIELDS)}
    contract = _table(create_model("Row", **fields))
    provider = _table(create_model("Row", **fields, more=(int, 0)))
    if compatibility.faults(contract, provider):
        raise RuntimeError("the provider should fit")
    names = {"faults": compatibility.faults, "contract": contract, "provider": provider}
    return interleave(
        {
            "fitting": statement("faults(contract, provider)", names),
            "equal": statement("contract == provider", names),
        },
        effort.rounds(20),
    )


def _table(model: Any) -> dict[str, Any]:
    row = model.model_json_schema()
    member = {"name": "Rows", "version": 1, "primaryKey": "column_0", "indexes": [], "row": row}
    return {"format": 1, "tools": {}, "tables": {"rows": member}}


def _hear(told: object) -> None:
    """A subscriber that does nothing with it."""


def _tell(heard: list[Any], told: object) -> None:
    for callback in heard:
        callback(told)
