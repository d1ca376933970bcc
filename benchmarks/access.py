"""Reaching a version's code: through a facade, through the activation object; and entering a context."""

from __future__ import annotations

import importlib
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextvars import ContextVar
from pathlib import Path
from typing import Any

from benchmarks import homes, packages, stored
from benchmarks.families import Effort
from benchmarks.rows import Row, growth
from benchmarks.timing import Comparison, interleave, statement
from peers_runtime import Runtime

_PACKAGES = (1, 100)
_NOTE = "One statement in a loop, the loop included, as timeit measures it. The call site is the same text."


def rows(effort: Effort) -> Iterator[Row]:
    measured = {count: _measure(count, effort.rounds(40)) for count in _PACKAGES}

    def costs(side: str) -> Mapping[int, float]:
        return {count: found.figure(side).median for count, found in measured.items()}

    found = measured[_PACKAGES[0]]
    for key, what, goal in (
        ("facade", "attribute through a facade", 10.0),
        ("activation", 'attribute through the activation object: active.modules["…"]', 4.0),
    ):
        yield Row(
            key=f"access-{key}",
            what=what,
            ours=found.figure(key),
            reference=found.figure("module"),
            reference_name="module attribute",
            ratio=found.ratio(key, "module"),
            goal=goal,
            growth=growth(costs(key), "packages"),
            note=_NOTE,
        )
    yield Row(
        key="access-enter",
        what="with ctx:",
        ours=found.figure("enter"),
        reference=found.figure("set_reset"),
        reference_name="ContextVar set + reset",
        ratio=found.ratio("enter", "set_reset"),
        goal=4.0,
        growth=growth(costs("enter"), "packages"),
        note=_NOTE,
    )
    yield Row(
        key="access-enter-module",
        what='with ctx: and one active.modules["…"] attribute',
        ours=found.figure("enter_module"),
        reference=found.figure("set_reset"),
        reference_name="ContextVar set + reset",
        ratio=found.ratio("enter_module", "set_reset"),
        growth=growth(costs("enter_module"), "packages"),
    )


def _measure(count: int, rounds: int) -> Comparison:
    """In a runtime whose context has `count` packages active."""
    with tempfile.TemporaryDirectory(prefix="peers-benchmark-") as name:
        folder = Path(name)
        many = [packages.many_modules(f"notes{number}", 1) for number in range(count)]
        homes.fill(folder / "home", [stored.described(files, number) for number, files in enumerate(many)])
        stored.installed(folder / "stock", packages.many_modules("stock_notes", 1))
        module = importlib.import_module("stock_notes.main")
        with Runtime.open(folder / "home") as runtime:
            context = runtime.context("personal")
            with context as active:
                facade = importlib.import_module("notes0.main")
                sides = _sides(
                    context=context,
                    active=active,
                    facade=facade,
                    module=module,
                    variable=ContextVar[object]("variable"),
                )
                return interleave(sides, rounds)


def _sides(**names: Any) -> Mapping[str, Callable[[], float]]:
    return {
        "module": statement("module.PARTS", names),
        "facade": statement("facade.PARTS", names),
        "activation": statement('active.modules["notes0.main"].PARTS', names),
        "set_reset": statement("variable.reset(variable.set(active))", names),
        "enter": statement("with context: pass", names),
        "enter_module": statement(
            'with context as active: active.modules["notes0.main"].PARTS', {**names, "active": None}
        ),
    }
