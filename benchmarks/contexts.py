"""Switching between two prepared bindings, and what ten thousand contexts cost."""

from __future__ import annotations

import gc
import tempfile
import tracemalloc
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks import homes
from benchmarks.families import Effort
from benchmarks.rows import Figure, Row, growth
from benchmarks.timing import interleave, once, repeated
from peers_runtime.activation.engine import Engine, Prepared
from peers_runtime.catalog import index
from peers_runtime.catalog.home import Home
from peers_runtime.importing.lock import Lock
from peers_runtime.model.active import ActivePackage, State
from peers_runtime.snapshots.store import SnapshotStore

if TYPE_CHECKING:
    from peers_runtime.contributions.ports import TableRows
    from peers_runtime.importing.ports import Bytes
    from peers_runtime.model.manifest import Manifest, TableData

_CONTEXTS, _PACKAGES, _SETS = 10_000, 1000, 20
_SWITCHED = "context-00000"


def rows(effort: Effort) -> Iterator[Row]:
    home = homes.home(_PACKAGES)
    yield from _switching(home, effort)
    yield from _first_use(home, effort)
    yield from _memory(home)


# ── switching ────────────────────────────────────────────────────────────────────────────────────


def _switching(home: Path, effort: Effort) -> Iterator[Row]:
    sizes = {"small": (1, 1), "medium": (100, 1000), "big": (_PACKAGES, _CONTEXTS)}
    switchers = {name: _Switcher(home, *size) for name, size in sizes.items()}
    switching = interleave(
        {name: repeated(switcher.switch) for name, switcher in switchers.items()}, effort.rounds(24)
    )
    preparing = interleave(
        {name: once(one.prepare, one.forget, one.forget) for name, one in switchers.items()},
        effort.rounds(16),
    )
    for switcher in switchers.values():
        switcher.engine.close()
    for key, what, found, goal, note in (
        (
            "switch",
            "switch between two prepared bindings",
            switching,
            1.1,
            "The goal is that it costs the same; a tenth more is taken for noise. All contexts are in use.",
        ),
        (
            "switch-preparation",
            "preparation of one new version among those active, before the switch",
            preparing,
            None,
            "The new version is imported; those that are active have been used before.",
        ),
    ):
        costs = {sizes[name][1]: found.figure(name).median for name in ("medium", "big")}
        yield Row(
            key=key,
            what=f"{what}, {_PACKAGES:,} packages, {_CONTEXTS:,} contexts",
            ours=found.figure("big"),
            reference=found.figure("small"),
            reference_name="1 package, 1 context",
            ratio=found.ratio("big", "small"),
            goal=goal,
            growth=growth(costs, "packages and contexts"),
            note=note,
        )


def _first_use(home: Path, effort: Effort) -> Iterator[Row]:
    counts = (1, 100, _PACKAGES)
    newcomers = {count: _Newcomers(home, count) for count in counts}
    found = interleave({str(count): one.measure for count, one in newcomers.items()}, effort.rounds(16))
    yield Row(
        key="context-first-use",
        what=f"first use of one more context, its set of {_PACKAGES:,} packages being in use",
        ours=found.figure(str(_PACKAGES)),
        reference=found.figure("1"),
        reference_name="a set of 1 package",
        ratio=found.ratio(str(_PACKAGES), "1"),
        growth=growth({count: found.figure(str(count)).median for count in counts[1:]}, "packages"),
    )


class _Newcomers:
    """Contexts that come to a new engine one after the other."""

    _NUMBER = 100

    def __init__(self, home: Path, packages: int) -> None:
        active = index.read(str(home / "index.json"))
        assert active is not None
        self._state = _state(active, active.packages[:packages], _SETS + self._NUMBER, _SETS)
        self._memory = _Memory(home)
        self._engine: Engine | None = None
        self._all = once(self._use, self._begin, self._end)

    def measure(self) -> float:
        return self._all() / self._NUMBER

    def _begin(self) -> None:
        self._engine = Engine(self._state, self._memory, facades=False)
        for name in list(self._state.contexts)[:_SETS]:
            self._engine.binding(name)

    def _use(self) -> None:
        assert self._engine is not None
        for name in list(self._state.contexts)[_SETS:]:
            self._engine.binding(name)

    def _end(self) -> None:
        assert self._engine is not None
        self._engine.close()


class _Switcher:
    """An engine in which one context goes to and fro between two versions of one package."""

    def __init__(self, home: Path, packages: int, contexts: int) -> None:
        active = index.read(str(home / "index.json"))
        assert active is not None
        self._states = _two_states(
            active, active.packages[:packages], homes.second_version(home, 0), contexts
        )
        self.engine = Engine(self._states[0], _Memory(home), facades=False)
        for context_id in self._states[0].contexts:
            self.engine.binding(context_id)
        self._sides: list[Prepared] = [
            self.engine.prepare(_SWITCHED, state.active(_SWITCHED)) for state in self._states
        ]
        self._now = 0

    def switch(self, number: int) -> None:
        for _ in range(number):
            self._now = 1 - self._now
            self.engine.switch(_SWITCHED, self._sides[self._now])

    def prepare(self) -> None:
        """The second version, while the context runs the first."""
        if len(self._sides) < 2:
            self._sides.append(self.engine.prepare(_SWITCHED, self._states[1].active(_SWITCHED)))

    def forget(self) -> None:
        if self._now:
            self.switch(1)
        while len(self._sides) > 1:
            self.engine.discard(self._sides.pop())


def _two_states(
    active: State, first: Sequence[ActivePackage], second: ActivePackage, contexts: int
) -> tuple[State, State]:
    """Before and after one context has gone over to the second version of the first package."""
    before = _state(active, first, contexts, _SETS)
    sets = [*before.sets, [len(first), *range(1, len(first))]]
    after = {**before.contexts, _SWITCHED: _at(before.contexts[_SWITCHED], len(sets) - 1)}
    packages = [*first, second]
    return State(1, packages, sets, before.contexts), State(2, packages, sets, after)


class _Memory:
    """What the engine asks of the rooms below; of a home, without its catalog."""

    def __init__(self, home: Path) -> None:
        self._snapshots = SnapshotStore(home, Home(home).key())

    @property
    def bytes(self) -> Bytes:
        return self._snapshots

    def manifest(self, digest: str) -> Manifest:
        return self._snapshots.manifest(digest)

    def lock(self, package: ActivePackage) -> Lock:
        return Lock(name=package.name, version=package.version, digest=package.digest, declared=("pydantic",))

    def rows(self, context_id: str, package_id: str, table: TableData) -> TableRows:
        raise NotImplementedError

    def report(self, code: str, message: str, hint: str, subject: str, context_id: str | None) -> None:
        raise RuntimeError(f"{code}: {subject}: {message} ({hint}; in {context_id})")


# ── memory ───────────────────────────────────────────────────────────────────────────────────────


def _memory(home: Path) -> Iterator[Row]:
    active = index.read(str(home / "index.json"))
    assert active is not None
    sizes = (_SETS, 1000, _CONTEXTS)
    with tempfile.TemporaryDirectory(prefix="peers-benchmark-") as name:
        paths = {}
        for contexts, sets in [*((size, _SETS) for size in sizes), (1000, 2 * _SETS)]:
            paths[contexts, sets] = str(Path(name) / f"{contexts}-{sets}.json")
            index.write(paths[contexts, sets], _state(active, active.packages, contexts, sets), "device")
        # Once: every allocation is counted, so that a second time gives the same.
        held = {size: _held(path, home) for size, path in paths.items()}
    per_context = {size: (held[size, _SETS] - held[_SETS, _SETS]) / (size - _SETS) for size in sizes[1:]}
    yield Row(
        key="contexts-memory",
        what=f"memory of a context, {_CONTEXTS:,} contexts × {_PACKAGES:,} packages, {_SETS} distinct sets",
        ours=Figure.of([per_context[_CONTEXTS]], "B"),
        goal=300,
        goal_of="ours",
        growth=growth(per_context, "contexts"),
        note="Read from the index and used: its binding is made. What Python allocates, by tracemalloc.",
    )
    more = (held[1000, 2 * _SETS] - held[1000, _SETS]) / _SETS
    yield Row(
        key="contexts-memory-sets",
        what=f"memory of one more distinct set of {_PACKAGES:,} packages, its routes in use",
        ours=Figure.of([more], "B"),
    )


def _held(path: str, home: Path) -> float:
    """Bytes that are held when every context of an index has been used, and the routes of every set."""
    memory = _Memory(home)
    gc.collect()
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    state = index.read(path)
    assert state is not None
    engine = Engine(state, memory, facades=False)
    for context_id in state.contexts:
        _ = engine.binding(context_id).active.routes
    gc.collect()
    held = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    engine.close()
    return held


def _state(active: State, packages: Sequence[ActivePackage], contexts: int, sets: int) -> State:
    """Each set but the first lacks one package of its own; contexts are like the personal one of `active`."""
    (like,) = active.contexts.values()
    distinct = [
        [position for position in range(len(packages)) if position != number or number == 0]
        for number in range(min(sets, len(packages)))
    ]
    rows = {f"context-{number:05}": _at(like, number % len(distinct)) for number in range(contexts)}
    return State(1, packages, distinct, rows)


def _at(row: Sequence[Any], position: int) -> tuple[Any, ...]:
    """The row of a context with another set."""
    return (*row[:2], position, *row[3:])
