"""Two versions that share code objects, as working copies do, and two that do not: called in turns when warm,
and one of them alone after the other was warm.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from benchmarks import packages, real, stored
from benchmarks.families import Effort
from benchmarks.rows import Row, growth
from benchmarks.timing import Comparison, interleave, repeated
from peers_runtime.importing.lock import Lock

_SIZES = (5, 50)  # items that one call works on
_TURNS_NOTE = (
    "One call of each version. Released versions never share code objects, working copies do. "
    "What is shared is specialised by the interpreter for one version at a time."
)
_AFTER_NOTE = "As after a reload: the old version was warm, and then only the new one is called."
_WORK = """
from {own}.part000 import Item, add, total

LIMIT = 3


def work(size):
    items = []
    for number in range(size):
        item = add(items, "title", number % LIMIT)
        if item.label and len(items) > LIMIT:
            items[-1] = item.larger(LIMIT)
    return total(items)
"""
_MESSAGE = """
from {own} import parser

TEXT = "From: a@example.org\\nTo: b@example.org\\nSubject: Hello\\n\\n" + "line\\n" * 4


def work(size):
    return [parser.Parser().parsestr(TEXT).as_string() for number in range(size)]
"""


def rows(effort: Effort) -> Iterator[Row]:
    for kind, make, probe in (
        ("small", lambda own, version: packages.many_modules(own, 3, version), _WORK),
        ("real", real.email_modules, _MESSAGE),
    ):
        with tempfile.TemporaryDirectory(prefix="peers-benchmark-") as name:
            measured = _measure(Path(name), kind, make, probe, effort.rounds(40))
        for way, key, what, note in (
            ("in turns", f"sharing-{kind}", "two versions that share code objects, alternating", _TURNS_NOTE),
            (
                "after",
                f"sharing-after-{kind}",
                "a version that shares code objects with a drained one",
                _AFTER_NOTE,
            ),
        ):
            found = measured[way][_SIZES[0]]
            costs = {size: one.figure("shared").median for size, one in measured[way].items()}
            yield Row(
                key=key,
                what=f"warm call into {kind} modules, {what}",
                ours=found.figure("shared"),
                reference=found.figure("separate"),
                reference_name="the same without sharing",
                ratio=found.ratio("shared", "separate"),
                goal=1.1,
                growth=growth(costs, "work in a call"),
                note=note,
            )


def _measure(
    folder: Path, kind: str, make: Callable[[str, str], Mapping[str, str]], probe: str, rounds: int
) -> Mapping[str, Mapping[int, Comparison]]:
    store = stored.Store(folder / "home")
    own = f"shared_{kind}"
    locks = [
        store.add({**make(own, version), f"{own}/probe.py": probe.format(own=own)}, version)
        for version in ("1.0.0", "2.0.0")
    ]
    pairs = {
        "shared": [_work(store, stored.dev(lock, folder / "project")) for lock in locks],
        "separate": [_work(store, lock) for lock in locks],
    }
    identical = {name: pair[0].__code__ is pair[1].__code__ for name, pair in pairs.items()}
    if identical != {"shared": True, "separate": False}:
        raise RuntimeError(f"code objects are not shared as they should be: {identical}")
    return {
        way: {
            size: interleave(
                {name: repeated(act(pair[0], pair[1], size)) for name, pair in pairs.items()}, rounds
            )
            for size in _SIZES
        }
        for way, act in (("in turns", _in_turns), ("after", _after))
    }


def _work(store: stored.Store, lock: Lock) -> Any:
    return store.imported(lock).module(f"{lock.name}.probe").work


def _in_turns(
    first: Callable[[int], object], second: Callable[[int], object], size: int
) -> Callable[[int], None]:
    def run(number: int) -> None:
        for _ in range(number):
            first(size)
            second(size)

    return run


def _after(
    first: Callable[[int], object], second: Callable[[int], object], size: int
) -> Callable[[int], None]:
    repeated(_in_turns(first, first, size))()

    def run(number: int) -> None:
        for _ in range(number):
            second(size)

    return run
