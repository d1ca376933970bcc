"""A second version of which one module of twenty has changed: released, and as an author's working copy."""

from __future__ import annotations

import gc
import tempfile
import tracemalloc
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from benchmarks import packages, real, stored
from benchmarks.families import Effort
from benchmarks.rows import Row, growth
from benchmarks.timing import Comparison, interleave, once
from peers_runtime.importing.finder import finder
from peers_runtime.importing.lock import Lock
from peers_runtime.importing.realm import Realm

_RELEASED_NOTE = "Both versions stay loaded. The changed module was compiled when its version was stored."
_DEV_NOTE = "Both are working copies of one folder, so that unchanged modules share their code objects."

Make = Callable[[str, str], Mapping[str, str]]


def rows(effort: Effort) -> Iterator[Row]:
    makers: dict[tuple[str, int], Make] = {
        ("small", 20): lambda own, version: packages.many_modules(own, 20, version),
        ("real", 20): real.email_modules,
        ("small", 200): lambda own, version: packages.many_modules(own, 200, version),
        ("real", 200): lambda own, version: real.library_modules(own, 200, version),
    }
    with tempfile.TemporaryDirectory(prefix="peers-benchmark-") as name:
        pairs = {case: _Pair(Path(name), case, make) for case, make in makers.items()}
        times = {
            (case, way): pair.times(way, effort.rounds(24))
            for case, pair in pairs.items()
            for way in ("released", "dev")
        }
        memory = {
            (case, way): pair.memory(way, effort.rounds(8))
            for case, pair in pairs.items()
            for way in ("released", "dev")
        }
    for kind in ("small", "real"):
        for way, what, found, goal, note in (
            ("released", "time", times, 1.0, _RELEASED_NOTE),
            ("dev", "time", times, 0.4, _DEV_NOTE),
            ("released", "memory", memory, None, _RELEASED_NOTE),
            ("dev", "memory", memory, 0.3, _DEV_NOTE),
        ):
            one = found[(kind, 20), way]
            costs = {
                count: found[(other, count), way].figure("second").median
                for other, count in makers
                if other == kind
            }
            yield Row(
                key=f"second-version-{way}-{what}-{kind}",
                what=f"second version, 1 of 20 {kind} modules changed, {way}: {what}",
                ours=one.figure("second"),
                reference=one.figure("first"),
                reference_name="its first load",
                ratio=one.ratio("second", "first"),
                goal=goal,
                growth=growth(costs, "modules"),
                note=note,
            )


class _Pair:
    """Two versions in a home of their own, to be loaded one after the other."""

    def __init__(self, folder: Path, case: tuple[str, int], make: Make) -> None:
        own = f"{case[0]}{case[1]}"
        self._store = stored.Store(folder / f"{own}.home")
        first = self._store.add(make(own, "1"), "1.0.0")
        second = self._store.add(make(own, "2"), "2.0.0", [first.digest])
        project = folder / f"{own}.project"
        self._locks = {
            "released": (first, second),
            "dev": (stored.dev(first, project), stored.dev(second, project)),
        }
        self._loaded: list[Realm] = []

    def times(self, way: str, rounds: int) -> Comparison:
        first, second = self._locks[way]
        return interleave(
            {
                "first": once(lambda: self._load(first), self._store.reopen, self._release),
                "second": once(lambda: self._load(second), lambda: self._after(first), self._release),
            },
            rounds,
        )

    def memory(self, way: str, rounds: int) -> Comparison:
        """Bytes that Python allocates for a version and still holds when it is loaded."""
        first, second = self._locks[way]

        def held(lock: Lock, prepare: Callable[[], None]) -> float:
            prepare()
            gc.collect()
            tracemalloc.start()
            before = tracemalloc.get_traced_memory()[0]
            self._load(lock)
            gc.collect()
            after = tracemalloc.get_traced_memory()[0]
            tracemalloc.stop()
            self._release()
            return after - before

        return interleave(
            {
                "first": lambda: held(first, self._store.reopen),
                "second": lambda: held(second, lambda: self._after(first)),
            },
            rounds,
            "B",
        )

    def _after(self, first: Lock) -> None:
        self._store.reopen()
        self._load(first)

    def _load(self, lock: Lock) -> None:
        self._loaded.append(self._store.imported(lock))

    def _release(self) -> None:
        while self._loaded:
            finder().release(self._loaded.pop(), self._store.bytes, collect=False)
        finder().collect()
