"""Switching between two prepared bindings, and what ten thousand contexts cost."""

from __future__ import annotations

import gc
import tempfile
import tracemalloc
from collections.abc import Iterator, Mapping, Sequence
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

_PACKAGES, _SETS = 1000, 20
_SWITCHED = "context-00000"


def rows(effort: Effort) -> Iterator[Row]:
    home = homes.home(_PACKAGES)
    yield from _switching(home, effort)
    yield from _first_use(home, effort)
    yield from _memory(home, effort)


# ── switching ────────────────────────────────────────────────────────────────────────────────────


def _switching(home: Path, effort: Effort) -> Iterator[Row]:
    sizes = {"small": (1, 1), "medium": (100, effort.contexts // 10), "big": (_PACKAGES, effort.contexts)}
    plain = {name: _Switcher(home, *size, hooked=False) for name, size in sizes.items()}
    hooked = {name: _Switcher(home, *size, hooked=True) for name, size in sizes.items()}
    rounds = effort.rounds(24)
    measured = {
        "switch": interleave({name: repeated(one.switch) for name, one in plain.items()}, rounds),
        "switch-hooked": interleave({name: repeated(one.switch) for name, one in hooked.items()}, rounds),
        "switch-adopt": interleave({name: repeated(one.adopt) for name, one in plain.items()}, rounds),
        "switch-preparation": interleave(
            {name: once(one.prepare, one.forget, one.forget) for name, one in plain.items()}, rounds
        ),
    }
    for one in (*plain.values(), *hooked.values()):
        one.engine.close()
    for key, (what, goal, note) in _SWITCHING.items():
        found = measured[key]
        yield Row(
            key=key,
            what=f"{what}, {_PACKAGES:,} packages, {effort.contexts:,} contexts",
            ours=found.figure("big"),
            reference=found.figure("small"),
            reference_name="1 package, 1 context",
            ratio=found.ratio("big", "small"),
            goal=goal,
            growth=growth(
                {sizes[name][1]: found.figure(name).median for name in ("medium", "big")},
                "packages and contexts",
            ),
            note=note,
        )


# By key: what, goal, note.
_SWITCHING: Mapping[str, tuple[str, float | None, str]] = {
    "switch": (
        "switch between two prepared bindings",
        1.1,
        (
            "The goal is that it costs the same, a tenth more being noise. All contexts are in use, and "
            "each switch parts with a version. It is one step of an act: see the next rows."
        ),
    ),
    "switch-hooked": (
        "the same, the versions having a peers_deactivating",
        1.1,
        "The hook does nothing; what is measured is finding out whom to call, and calling.",
    ),
    "switch-adopt": (
        "adopting the catalog's state, which every act does after its switch",
        None,
        "Not part of the switch: the context answers with its new version already. Nothing else has changed.",
    ),
    "switch-preparation": (
        "preparation of one new version, before the switch",
        None,
        "The new version is imported; those that are active have been used before.",
    ),
}


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

    def __init__(self, home: Path, packages: int, contexts: int, *, hooked: bool) -> None:
        active = index.read(str(home / "index.json"))
        assert active is not None
        first, second = (
            homes.other_version(home, 0, version, hooked=hooked) for version in ("2.0.0", "3.0.0")
        )
        ones = [first, *active.packages[1:packages]]
        self._states = _two_states(active, ones, second, contexts)
        self.engine = Engine(self._states[0], _Memory(home), facades=False)
        for context_id in self._states[0].contexts:
            self.engine.binding(context_id)
        # Each is prepared while the other is current, so that it knows what the context parts with.
        there = self._prepared(1)
        self.engine.switch(_SWITCHED, there)
        back = self._prepared(0)
        self.engine.switch(_SWITCHED, back)
        self._sides = [back, there]
        self._now = 0
        if not back.gone or not there.gone:
            raise RuntimeError("a switch that parts with nothing would be measured")

    def switch(self, number: int) -> None:
        for _ in range(number):
            self._now = 1 - self._now
            self.engine.switch(_SWITCHED, self._sides[self._now])

    def adopt(self, number: int) -> None:
        """The state that agrees with what is current."""
        for _ in range(number):
            self.engine.adopt(self._states[self._now])

    def prepare(self) -> None:
        """The second version, while the context runs the first."""
        if len(self._sides) < 2:
            self._sides.append(self._prepared(1))

    def forget(self) -> None:
        if self._now:
            self.switch(1)
        while len(self._sides) > 1:
            self.engine.discard(self._sides.pop())

    def _prepared(self, side: int) -> Prepared:
        return self.engine.prepare(_SWITCHED, self._states[side].active(_SWITCHED))


def _two_states(
    active: State, first: Sequence[ActivePackage], second: ActivePackage, contexts: int
) -> tuple[State, State]:
    """Before and after one context has gone over to the second version of the first package."""
    before = _state(active, first, contexts, _SETS)
    sets = [*before.sets, [len(first), *range(1, len(first))]]
    after = {**before.contexts, _SWITCHED: _at(before.contexts[_SWITCHED], len(sets) - 1)}
    packages = [*first, second]
    return State(1, packages, sets, before.contexts, before.names), State(
        2, packages, sets, after, before.names
    )


class _Memory:
    """What the engine asks of the rooms below; of a home, without its catalog."""

    def __init__(self, home: Path) -> None:
        self._snapshots = SnapshotStore(home, Home(home).key())

    def bytes(self, package: ActivePackage) -> Bytes:  # noqa: ARG002  # as the host's
        return self._snapshots

    def uses(self, packages: Sequence[ActivePackage]) -> None:
        """Nobody else removes what is read here."""

    def manifest(self, digest: str) -> Manifest:
        return self._snapshots.manifest(digest)

    def lock(self, package: ActivePackage, *_: object) -> Lock:
        return Lock(
            name=package.name, version=package.version, digest=package.digest, declared=("pluggy", "pydantic")
        )

    def rows(self, context_id: str, package_id: str, table: TableData) -> TableRows:
        raise AssertionError(
            f"no row reads a table, but {table.name} of {package_id} in {context_id} was asked for"
        )

    def report(self, code: str, message: str, hint: str, subject: str, context_id: str | None) -> None:
        raise RuntimeError(f"{code}: {subject}: {message} ({hint}; in {context_id})")


# ── memory ───────────────────────────────────────────────────────────────────────────────────────


def _memory(home: Path, effort: Effort) -> Iterator[Row]:
    active = index.read(str(home / "index.json"))
    assert active is not None
    few, many = effort.contexts // 10, effort.contexts
    # Python's dictionaries grow by leaps, and a context costs most just after one: here ten thousand lie
    # before a leap, eleven thousand after it.
    grown = many * 11 // 10
    with tempfile.TemporaryDirectory(prefix="peers-benchmark-") as name:

        def held(contexts: int, sets: int) -> float:
            path = str(Path(name) / f"{contexts}-{sets}.json")
            index.write(path, _state(active, active.packages, contexts, sets), "device")
            return _held(path, home)

        # Once: every allocation is counted, so that a second time gives the same.
        least = held(_SETS, _SETS)
        all_of = {contexts: held(contexts, _SETS) for contexts in (few, many, grown)}
        more_sets = (held(few, 2 * _SETS) - all_of[few]) / _SETS
    per_context = {contexts: (total - least) / (contexts - _SETS) for contexts, total in all_of.items()}
    for key, contexts, note in (
        (
            "contexts-memory",
            many,
            "Read from the index and used: its binding is made. Ids have 13 characters, names about 12.",
        ),
        ("contexts-memory-grown", grown, "Just after Python's dictionaries have grown."),
    ):
        yield Row(
            key=key,
            what=f"memory of a context, {contexts:,} contexts × {_PACKAGES:,} packages, {_SETS} sets",
            ours=Figure.of([per_context[contexts]], "B"),
            goal=300,
            goal_of="ours",
            growth=growth(per_context, "contexts"),
            note=note,
        )
    yield Row(
        key="contexts-memory-sets",
        what=f"memory of one more distinct set of {_PACKAGES:,} packages, its routes in use",
        ours=Figure.of([more_sets], "B"),
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
    rows = {f"context-{number:05}": (like[0], number % len(distinct), like[2]) for number in range(contexts)}
    return State(1, packages, distinct, rows, [package.name for package in packages])


def _at(row: Sequence[Any], position: int) -> tuple[Any, ...]:
    """The row of a context with another set."""
    return (row[0], position, row[2])
