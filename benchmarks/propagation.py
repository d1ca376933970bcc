"""What one process changes, seen by the processes of other hosts: how late, and what looking costs.

The clock on the wall counts, from the time stamp of what the commit wrote last to the moment at which the
last of the processes answers otherwise. All of them run at once, ours and the reference's.
"""

from __future__ import annotations

import json
import os
import random
import select
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

from benchmarks import packages
from benchmarks.cache import ROOT
from benchmarks.families import Effort
from benchmarks.following import python
from benchmarks.rows import Row, growth, nine_of_ten
from benchmarks.timing import Comparison, interleave, repeated
from peers_runtime import Runtime
from peers_runtime.catalog import index
from peers_runtime.catalog.home import Home
from peers_runtime.catalog.location import Location
from peers_runtime.catalog.tail import tail
from peers_runtime.host.news import IndexNews

_HOSTS = (1, 8)
_INTERVAL_S = 0.25  # between two looks, ours and the reference's
_PATIENCE_S = 10.0
_REST_S = 0.3  # after an act, before the next one; more by chance, to meet each phase of the looks
_NAME = packages.name(0)
_WAYS = {
    "own": ("processes on one home", "a bare look at the index's time stamp, as often"),
    "shared": ("devices on one SQLite catalog", "a bare SELECT of the last change, as often"),
}


def rows(effort: Effort) -> Iterator[Row]:
    for way, (whose, reference) in _WAYS.items():
        found = {hosts: _propagated(way, hosts, effort.rounds(24)) for hosts in _HOSTS}
        most = found[_HOSTS[-1]]
        yield Row(
            key=f"propagation-{way}",
            what=f"a switch seen by all of {_HOSTS[-1]} other {whose}",
            ours=most.figure("ours"),
            reference=most.figure("bare"),
            reference_name=reference,
            ratio=most.ratio("ours", "bare"),
            goal=1.0,
            goal_of="ours",
            growth=growth({hosts: one.figure("ours").median for hosts, one in found.items()}, "processes"),
            note=(
                f"Both look every {_INTERVAL_S:g} s. Nine of ten of ours within"
                f" {nine_of_ten(most.samples['ours'])}. The answer is a route that matches, or no more."
            ),
        )
    yield from _looking(effort)


def _propagated(way: str, hosts: int, rounds: int) -> Comparison:
    """For each act, how late the last of the hosts, and the last of the reference's processes, was."""
    samples: dict[str, list[float]] = {"ours": [], "bare": []}
    with tempfile.TemporaryDirectory(prefix="peers-benchmark-") as name, ExitStack() as stack:
        place = _Place(Path(name), way)
        acting = stack.enter_context(place.open("acting"))
        acting.install(_project(Path(name) / "project"))
        acting.promote(_NAME, "1.0.0", "stable")
        ours = [stack.enter_context(closing(_Process(place.follower(number)))) for number in range(hosts)]
        bare = [stack.enter_context(closing(_Process(place.reference()))) for _ in range(hosts)]
        dice = random.Random(way)
        for number in range(rounds):
            time.sleep(_REST_S + dice.uniform(0, _INTERVAL_S))  # at any moment of an interval
            if number % 2:
                acting.activate(_NAME, "1.0.0")
            else:
                acting.disable(_NAME)
            committed = place.committed_at()
            for side, processes in (("ours", ours), ("bare", bare)):
                samples[side].append(max(process.said()["at"] for process in processes) - committed)
    return Comparison(samples)


class _Place:
    """One home for all, or one for each on a catalog that they share."""

    def __init__(self, folder: Path, way: str) -> None:
        self._folder = folder
        self._way = way
        self._shared = (
            {"catalog": folder / "team.sqlite", "blobs": folder / "shared"} if way == "shared" else {}
        )
        (folder / "shared").mkdir()

    def open(self, host: str) -> Runtime:
        return Runtime.open(self._home(host), actor="ada", facades=False, **self._shared)

    def follower(self, number: int) -> Sequence[str]:
        home = self._home(str(number))
        return python("arriving", _NAME, str(home), *map(str, self._shared.values()))

    def reference(self) -> Sequence[str]:
        return python("asking", str(self._shared.get("catalog", self._index)), str(_INTERVAL_S))

    def committed_at(self) -> float:
        """The time stamp of what the last act wrote for others to see; of the wall clock, as theirs."""
        written = Path(f"{self._shared['catalog']}-wal") if self._shared else self._index
        return written.stat().st_mtime

    @property
    def _index(self) -> Path:
        return self._home("acting") / "index.json"

    def _home(self, host: str) -> Path:
        return self._folder / (host if self._way == "shared" else "home")


class _Process:
    """A program of `followers` that runs until it is closed; it is ready when this is made."""

    def __init__(self, command: Sequence[str]) -> None:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("PEERS", "COV"))}
        self._process = subprocess.Popen(
            command, env={**kept, "PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE, bufsize=0
        )
        self._unread = b""
        self.said()

    def said(self) -> dict[str, Any]:
        """The next line."""
        assert self._process.stdout is not None
        pipe = self._process.stdout.fileno()
        until = time.monotonic() + _PATIENCE_S
        while b"\n" not in self._unread:
            ready = select.select([pipe], [], [], max(0.0, until - time.monotonic()))[0]
            data = os.read(pipe, 65536) if ready else b""
            if not data:
                raise RuntimeError(f"nothing was seen within {_PATIENCE_S:g} s")
            self._unread += data
        line, _, self._unread = self._unread.partition(b"\n")
        found: dict[str, Any] = json.loads(line)
        return found

    def close(self) -> None:
        self._process.terminate()
        self._process.wait()
        assert self._process.stdout is not None
        self._process.stdout.close()


def _project(folder: Path) -> Path:
    for path, text in packages.three_modules(0).items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    (folder / "pyproject.toml").write_text(
        f'[project]\nname = "{_NAME}"\nversion = "1.0.0"\n'
        f'[project.entry-points."peers.packages"]\n{_NAME} = "{_NAME}:package"\n'
    )
    return folder


def _looking(effort: Effort) -> Iterator[Row]:
    """What a look costs while nothing happens."""
    with tempfile.TemporaryDirectory(prefix="peers-benchmark-") as name:
        own, shared = _Place(Path(name), "own"), Path(name) / "team.sqlite"
        with own.open("acting") as runtime:
            _ = runtime.services
        home = Path(name) / "home"
        Runtime.open(home, catalog=shared, actor="ada", facades=False).close()
        path = str(home / "index.json")
        news = IndexNews(path, index.stamp(path))
        end = tail(Location(Home(home), shared))
        with closing(sqlite3.connect(f"file:{shared}?mode=ro", uri=True, isolation_level=None)) as database:
            sides = {
                "own": (news.has_come, lambda: os.stat(path), "a bare os.stat"),
                "shared": (
                    end.sequence,
                    lambda: database.execute("SELECT max(sequence) FROM changes").fetchone(),
                    "a bare SELECT",
                ),
            }
            for way, (ours, bare, reference) in sides.items():
                found = interleave(
                    {"ours": repeated(_often(ours)), "bare": repeated(_often(bare))}, effort.rounds(24)
                )
                what = "its home" if way == "own" else "a shared catalog"
                yield Row(
                    key=f"propagation-look-{way}",
                    what=f"one look of a host at {what}, with nothing new",
                    ours=found.figure("ours"),
                    reference=found.figure("bare"),
                    reference_name=reference,
                    ratio=found.ratio("ours", "bare"),
                    note="Four in a second, in a thread of its own.",
                )
        end.close()


def _often(act: Any) -> Any:
    def run(number: int) -> None:
        for _ in range(number):
            act()

    return run
