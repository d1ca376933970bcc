"""Installing and promoting from many processes at once, beside plain sqlite3 that writes the same rows.

Seconds are of the clock on the wall, from the moment at which all processes are ready to the end of the last
one, for each act. The reference holds the same lock for each transaction and flushes as ours does.
"""

from __future__ import annotations

import fcntl
import importlib
import json
import os
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from itertools import count
from pathlib import Path
from typing import Any

from benchmarks import packages
from benchmarks.families import Effort
from benchmarks.rows import Row, growth
from benchmarks.timing import Comparison, interleave
from peers_runtime import Runtime

_PROCESSES = (1, 16)
_ACTS = 2  # of each kind by each process
_TABLES = ("snapshots", "packages", "package_versions", "device_prefs")
_WAYS = {
    "own": "each in a context of its own",
    "shared": "all in one context",
}
_NOTE = (
    "Ours captures, compiles and stores a package of three modules, runs its definition and activates it; "
    "promoting signs. The reference writes the rows alone. One home, in the system's temporary folder."
)
_SHARED_NOTE = (
    "What others have changed meanwhile is looked at anew, so an act may be prepared more than once."
)

Sample = Mapping[str, float]  # "install" and "promote" -> seconds for each act


def rows(effort: Effort) -> Iterator[Row]:
    with tempfile.TemporaryDirectory(prefix="peers-benchmark-") as name:
        measured = _Measured(Path(name))
        for way, where in _WAYS.items():
            found = {number: _both(measured, way, number, effort.rounds(6)) for number in _PROCESSES}
            for act in ("install", "promote"):
                costs = {number: one[act].figure("ours").median for number, one in found.items()}
                most = found[_PROCESSES[-1]][act]
                yield Row(
                    key=f"publish-{act}-{way}",
                    what=f"{act}, {_PROCESSES[-1]} processes on one home, {where}",
                    ours=most.figure("ours"),
                    reference=most.figure("rows"),
                    reference_name="the same rows by plain sqlite3",
                    ratio=most.ratio("ours", "rows"),
                    growth=growth(costs, "processes"),
                    note=_NOTE if way == "own" else _SHARED_NOTE,
                )


def _both(measured: _Measured, way: str, processes: int, rounds: int) -> Mapping[str, Comparison]:
    """Each kind of act, from the same rounds."""
    kept: dict[str, list[Sample]] = {"ours": [], "rows": []}

    def side(name: str, run: Callable[[str, int], Sample]) -> Callable[[], float]:
        def measure() -> float:
            kept[name].append(run(way, processes))
            return sum(kept[name][-1].values())

        return measure

    interleave({"ours": side("ours", measured.ours), "rows": side("rows", measured.plain)}, rounds)
    return {
        act: Comparison({name: [one[act] for one in samples] for name, samples in kept.items()})
        for act in ("install", "promote")
    }


class _Measured:
    """Homes below `folder`, each used once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = count()
        most = max(_PROCESSES) * _ACTS
        self._projects = [_project(folder / "projects" / str(number), number) for number in range(most)]
        self._rows = _written(folder / "written", self._projects[0])

    def ours(self, way: str, processes: int) -> Sample:
        home, contexts = self._home(way, processes)

        def prepare(process: int) -> Runtime:
            runtime = Runtime.open(home, actor="ada", facades=False)
            runtime.context(contexts[process])
            _ = runtime.services
            return runtime

        def install(runtime: Runtime, process: int) -> None:
            for number in range(process * _ACTS, (process + 1) * _ACTS):
                runtime.install(self._projects[number], context=contexts[process])

        def promote(runtime: Runtime, process: int) -> None:
            for number in range(process * _ACTS, (process + 1) * _ACTS):
                runtime.promote(packages.name(number), "1.0.0", "stable", context=contexts[process])

        took = _timed(processes, prepare, {"install": install, "promote": promote})
        _check(home, processes)
        return took

    def plain(self, way: str, processes: int) -> Sample:
        home, contexts = self._home(way, processes)

        def prepare(_process: int) -> sqlite3.Connection:
            database = sqlite3.connect(home / "catalog.sqlite", timeout=60, isolation_level=None)
            database.execute("PRAGMA journal_mode=WAL")
            database.execute("PRAGMA synchronous=FULL")
            return database

        def write(act: str) -> Callable[[sqlite3.Connection, int], None]:
            def act_by_act(database: sqlite3.Connection, process: int) -> None:
                for number in range(process * _ACTS, (process + 1) * _ACTS):
                    self._rows.write(database, home / "catalog.lock", act, contexts[process], number)

            return act_by_act

        took = _timed(processes, prepare, {act: write(act) for act in ("install", "promote")})
        _check(home, processes)
        return took

    def _home(self, way: str, processes: int) -> tuple[Path, Sequence[str]]:
        home = self._folder / str(next(self._numbers))
        contexts = ["shared"] * processes if way == "shared" else [f"own-{one}" for one in range(processes)]

        def make() -> None:
            with Runtime.open(home, actor="ada", facades=False) as runtime:
                for context in sorted(set(contexts)):
                    runtime.contexts.create(context)

        _wait([_forked(make)])
        return home, contexts


class _Rows:
    """What `install` and `promote` have written for one package, to be written for others."""

    def __init__(
        self, names: Sequence[str], by_act: Mapping[str, Mapping[str, list[dict[str, Any]]]]
    ) -> None:
        self._names = names  # in the rows, that stand for one package
        self._text = {act: json.dumps(tables) for act, tables in by_act.items()}

    def write(self, database: sqlite3.Connection, lock: Path, act: str, context: str, number: int) -> None:
        text = self._text[act]
        for name in self._names:
            text = text.replace(name, f"{number:08d}{name[8:]}")
        tables = json.loads(text)
        with lock.open("r+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            database.execute("BEGIN IMMEDIATE")
            sequence = database.execute("SELECT max(sequence) FROM changes").fetchone()[0]
            for table, kept in tables.items():
                for row in kept:
                    if "context_id" in row and row["context_id"] is not None:
                        row["context_id"] = context
                    if table == "changes":
                        sequence += 1
                    if "sequence" in row:
                        row["sequence"] = sequence
                    columns = ", ".join(f'"{column}"' for column in row)
                    marks = ", ".join("?" * len(row))
                    database.execute(f"REPLACE INTO {table} ({columns}) VALUES ({marks})", [*row.values()])
            database.execute("COMMIT")


def _written(home: Path, project: Path) -> _Rows:
    """The rows of one package after each act, and as many changes as it made."""

    def act() -> None:
        with Runtime.open(home, actor="ada", facades=False) as runtime:
            runtime.contexts.create("one")
            (home / "begun").write_text(json.dumps(_read(home)))
            runtime.install(project, context="one")
            (home / "install").write_text(json.dumps(_read(home)))
            runtime.promote(packages.name(0), "1.0.0", "stable", context="one")
            (home / "promote").write_text(json.dumps(_read(home)))
        (home / "imported").write_text(json.dumps([*sys.modules]))

    _wait([_forked(act)])
    for name in json.loads((home / "imported").read_text()):  # so that no process spends its time on that
        if name.startswith(("peers_runtime.", "sqlalchemy", "securesystemslib", "cryptography", "pluggy")):
            with suppress(ImportError):
                importlib.import_module(name)
    before = json.loads((home / "begun").read_text())
    by_act = {}
    for name in ("install", "promote"):
        after = json.loads((home / name).read_text())
        by_act[name] = {table: [row for row in after[table] if row not in before[table]] for table in after}
        before = after
    (version,) = by_act["install"]["package_versions"]
    names = [version[column] for column in ("package_version_id", "package_id", "snapshot_digest", "name")]
    return _Rows(names, by_act)


def _check(home: Path, processes: int) -> None:
    released = sum(row["version_tag"] == "stable" for row in _read(home)["package_versions"])
    if released != processes * _ACTS:
        raise RuntimeError(f"{released} versions are released, not {processes * _ACTS}")


def _read(home: Path) -> dict[str, list[dict[str, Any]]]:
    with closing(sqlite3.connect(home / "catalog.sqlite")) as database:
        database.row_factory = sqlite3.Row
        return {
            table: [dict(row) for row in database.execute(f"SELECT * FROM {table}")]
            for table in (*_TABLES, "changes", "activations")
        }


def _project(folder: Path, number: int) -> Path:
    for path, text in packages.three_modules(number).items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    name = packages.name(number)
    (folder / "pyproject.toml").write_text(
        f'[project]\nname = "{name}"\nversion = "1.0.0"\n'
        f'[project.entry-points."peers.packages"]\n{name} = "{name}:package"\n'
    )
    return folder


# ── many processes ───────────────────────────────────────────────────────────────────────────────


def _timed(
    processes: int, prepare: Callable[[int], Any], acts: Mapping[str, Callable[[Any, int], None]]
) -> Sample:
    """Seconds for each act of each kind; all processes begin a kind when all have ended the one before."""
    ready, is_ready = os.pipe()
    gates = {act: os.pipe() for act in acts}

    def child(process: int) -> None:
        for _, begin in gates.values():
            os.close(begin)
        with closing(prepare(process)) as prepared:
            for act, run in acts.items():
                os.write(is_ready, b"1")
                os.read(gates[act][0], 1)
                run(prepared, process)
            os.write(is_ready, b"1")

    children = [_forked(lambda process=process: child(process)) for process in range(processes)]
    took: dict[str, float] = {}
    _all_of(ready, processes)
    for act, (_, begin) in gates.items():
        start = time.perf_counter()
        os.close(begin)
        _all_of(ready, processes)
        took[act] = (time.perf_counter() - start) / (processes * _ACTS)
    _wait(children)
    for one in (ready, is_ready, *(reading for reading, _ in gates.values())):
        os.close(one)
    return took


def _all_of(ready: int, processes: int) -> None:
    for _ in range(processes):
        os.read(ready, 1)


def _forked(act: Callable[[], object]) -> int:
    child = os.fork()
    if not child:
        status = 70
        try:
            act()
            status = 0
        finally:
            os._exit(status)
    return child


def _wait(children: Sequence[int]) -> None:
    for child in children:
        _, status = os.waitpid(child, 0)
        if status:
            raise RuntimeError(f"a process ended with status {status}")
