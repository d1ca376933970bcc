"""Hook calls in a context, against raw pluggy with the same implementations."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pluggy

from benchmarks import homes, packages
from benchmarks.families import Effort
from benchmarks.rows import Row, growth
from benchmarks.timing import Comparison, interleave, statement
from peers_runtime import Runtime
from peers_runtime.model.manifest import Definition, HookData
from peers_runtime.snapshots.source import Source

_COUNTS = (1, 10, 100)
_GOALS = {1: 1.3, 10: 1.05, 100: 1.05}
_PROJECT = "benchmarks"
_PLUGIN = """
import pluggy

hookimpl = pluggy.HookimplMarker("benchmarks")


@hookimpl
def measured(value):
    return value + {number}
"""


class _Specs:
    @staticmethod
    @pluggy.HookspecMarker(_PROJECT)
    def measured(value):
        """What every implementation makes of a value."""


def rows(effort: Effort) -> Iterator[Row]:
    measured = {count: _measure(count, effort.rounds(40)) for count in _COUNTS}
    for side, what, note in (
        (
            "inside",
            "inside `with ctx:`, as ctx.hook.NAME(…)",
            "The statements are ctx.hook.NAME(value=1) and, for the reference, manager.hook.NAME(value=1).",
        ),
        (
            "kept",
            "inside `with ctx:`, the caller kept",
            "The caller was asked for once: call = ctx.hook.NAME.",
        ),
        ("outside", "outside, ctx.hook.NAME(…) enters the context", ""),
    ):
        costs = {count: found.figure(side).median for count, found in measured.items()}
        for count, found in measured.items():
            reference = {"kept": "raw_kept", "outside": "raw_outside"}.get(side, "raw")
            yield Row(
                key=f"hook-{side}-{count}",
                what=f"hook call, {count} implementation{'s' * (count > 1)}, {what}",
                ours=found.figure(side),
                reference=found.figure(reference),
                reference_name="raw pluggy",
                ratio=found.ratio(side, reference),
                goal=None if side == "outside" else _GOALS[count],
                growth=growth(costs, "implementations"),
                note=note,
            )


def _measure(count: int, rounds: int) -> Comparison:
    with tempfile.TemporaryDirectory(prefix="peers-benchmark-") as name:
        homes.fill(Path(name), [_package(number) for number in range(count)])
        manager = pluggy.PluginManager(_PROJECT)
        manager.add_hookspecs(_Specs)
        for number in range(count):
            namespace: dict[str, Any] = {}
            exec(_PLUGIN.format(number=number), namespace)
            manager.register(SimpleNamespace(measured=namespace["measured"]))
        with Runtime.open(name) as runtime:
            runtime.add_hookspecs(_Specs, _PROJECT)
            context = runtime.context("personal")
            expected = sorted(manager.hook.measured(value=1))
            if sorted(context.hook.measured(value=1)) != expected:
                raise RuntimeError("the hook does not answer as raw pluggy does")
            raw = statement("manager.hook.measured(value=1)", {"manager": manager})
            ours = statement("context.hook.measured(value=1)", {"context": context})
            outside = interleave({"outside": ours, "raw_outside": raw}, rounds)
            with context:
                sides = {
                    "raw": raw,
                    "inside": ours,
                    "raw_kept": statement("call(value=1)", {"call": manager.hook.measured}),
                    "kept": statement("call(value=1)", {"call": context.hook.measured}),
                }
                inside = interleave(sides, rounds)
    return Comparison({**inside.samples, **outside.samples})


def _package(number: int) -> tuple[Source, Definition]:
    own = packages.name(number)
    files = {f"{own}/__init__.py": b"", f"{own}/hooks.py": _PLUGIN.format(number=number).encode()}
    source = Source(name=own, version="1.0.0", reference=f"{own}:package", files=files)
    hook = HookData(
        project_name=_PROJECT, hook="measured", reference=f"{own}.hooks:measured", argument_names=("value",)
    )
    return source, Definition(
        package_id=packages.package_id(number), reference=f"{own}:package", hooks=(hook,)
    )
