"""Import statements in a realm's functions when everything is imported, and what the finder costs others."""

from __future__ import annotations

import importlib
import importlib.util
import sys
import tempfile
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks import packages, stored
from benchmarks.families import Effort
from benchmarks.rows import Row, growth
from benchmarks.timing import Comparison, interleave, repeated, statement
from peers_runtime.importing.finder import Finder, finder

# Title, statement, goal; the package's own name stands for {own}.
_STATEMENTS: Mapping[str, tuple[str, str, float]] = {
    "from-own": ("from own.module import name", "from {own}.part000 import Item", 2.0),
    "from-own-many": ("from own.module import five names", "from {own}.part000 import {five}", 2.0),
    "import-own": ("import own.module", "import {own}.part000", 2.0),
    "import-own-as": ("import own.module as name", "import {own}.part000 as part", 2.0),
    "from-relative": ("from . import module", "from . import part000", 2.0),
    "from-library": ("from json import dumps", "from json import dumps", 2.0),
    "import-library": ("import json", "import json", 2.0),
    "import-module": ('importlib.import_module("own.module")', 'import_module("{own}.part000")', 1.0),
}
_FIVE = "Item, add, as_json, by_title, total"
_FUNCTION = """
def run_{name}(number):
    from itertools import repeat
    for _ in repeat(None, number):
        {statement}
"""
_FEW, _MANY = 4, 100  # modules of the package


def rows(effort: Effort) -> Iterator[Row]:
    measured = {count: _statements(count, effort.rounds(40)) for count in (_FEW, _MANY)}
    found = measured[_FEW]
    for key, (title, _, goal) in _STATEMENTS.items():
        costs = {count: other.figure(f"realm-{key}").median for count, other in measured.items()}
        yield Row(
            key=f"warm-{key}",
            what=f"warm import in a realm: {title}",
            ours=found.figure(f"realm-{key}"),
            reference=found.figure(f"stock-{key}"),
            reference_name="the same outside a realm",
            ratio=found.ratio(f"realm-{key}", f"stock-{key}"),
            goal=goal,
            growth=growth(costs, "modules"),
        )
    yield from _finder_rows(effort.rounds(40))


def _statements(count: int, rounds: int) -> Comparison:
    with tempfile.TemporaryDirectory(prefix="peers-benchmark-") as name:
        folder = Path(name)
        store = stored.Store(folder / "home")
        own, stock = f"warm{count}", f"stock_warm{count}"
        lock = store.add(_package(own, count))
        realm = store.imported(lock)
        inside = realm.module(f"{own}.probe")
        stored.installed(folder / "stock", _package(stock, count))
        importlib.import_module(f"{stock}.main")
        outside = importlib.import_module(f"{stock}.probe")
        sides = {
            f"{where}-{key}": repeated(getattr(module, f"run_{key.replace('-', '_')}"))
            for key in _STATEMENTS
            for where, module in (("realm", inside), ("stock", outside))
        }
        return interleave(sides, rounds)


def _package(own: str, count: int) -> Mapping[str, str]:
    functions = "".join(
        _FUNCTION.format(name=key.replace("-", "_"), statement=text.format(own=own, five=_FIVE))
        for key, (_, text, _) in _STATEMENTS.items()
    )
    probe = f"from importlib import import_module\n{functions}"
    return {**packages.many_modules(own, count), f"{own}/probe.py": probe}


def _finder_rows(rounds: int) -> Iterator[Row]:
    """The finder's own cost, and that of a whole search in which it is the first to be asked."""
    measured = {}
    for managed in (1, 1000):
        undo = finder().manage([f"managed{number}" for number in range(managed)], object())
        measured[managed] = interleave(
            {
                "finder": statement('find("not_there_at_all", None)', {"find": finder().find_spec}),
                "with": repeated(partial(_search, list(sys.meta_path))),
                "without": repeated(
                    partial(_search, [one for one in sys.meta_path if not isinstance(one, Finder)])
                ),
            },
            rounds,
        )
        undo()
    found = measured[1]
    yield Row(
        key="finder-miss",
        what="what the finder adds to every other import",
        ours=found.figure("finder"),
        reference=found.figure("without"),
        reference_name="the whole search for a missing module",
        ratio=found.ratio("finder", "without"),
        growth=growth(
            {count: one.figure("finder").median for count, one in measured.items()}, "managed names"
        ),
    )
    yield Row(
        key="finder-search",
        what="a search for a missing module, with the finder",
        ours=found.figure("with"),
        reference=found.figure("without"),
        reference_name="without it",
        ratio=found.ratio("with", "without"),
        growth=growth({count: one.figure("with").median for count, one in measured.items()}, "managed names"),
    )


def _search(path: list[Any], number: int) -> None:
    before, sys.meta_path = sys.meta_path, path
    for _ in range(number):
        importlib.util.find_spec("not_there_at_all")
    sys.meta_path = before
