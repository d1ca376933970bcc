"""Reloads a package over and over and measures what stays: `python -m tests.dev.soaking 10000`.

Each round saves one module, asks the watch to look (`Watch.reload`, so that no time goes into waiting for
the system's notices, which come as well), and then uses the package: its tool, its screen, its hooks. The
runtime frees old versions by itself meanwhile; at each reading it is asked to finish that. Prints the curve
as it goes, and exits with 1 and the reasons when something has grown.
"""

from __future__ import annotations

import abc
import gc
import inspect
import linecache
import logging
import os
import statistics
import sys
import tempfile
import threading
import time
import types
import typing
import warnings
import weakref
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pluggy

from peers_runtime import Reload, Runtime
from peers_runtime.importing.finder import finder
from peers_runtime.operations import prune
from tests.dev import soaked

CONTEXT = "acme"
PATIENCE_S = 30.0  # for the reaper
_WARM = 0.2  # of all readings: caches fill until then
_READINGS = 40
_TURN = 6  # readings, in which what comes and goes has been at its lowest once
_MINUTE_NS = 120 * 10**9  # longer than what was stored lately is kept in any case
_FEW = 10  # files that come with the first reload, however many follow
_EITHER_WAY = 500  # objects: caches of statements, SQLAlchemy's and SQLite's, fill and are pruned in turns
_PAGE = os.sysconf("SC_PAGESIZE")
_BAR = 30  # characters

_spec = pluggy.HookspecMarker(soaked.HOST)


class Specs:
    @_spec
    def soak_connect(self, host: Any) -> int:
        """A package meets the host's classes, and says how many reloads its state has come through."""

    @_spec
    def soak_wrap(self, value: int) -> int:
        """A package wraps what others return."""


class Host:
    """A host that is careful with what packages give it."""

    class Shape(abc.ABC):  # noqa: B024  # derived from and registered with, that is all
        """Packages register their classes here, and derive from it."""

    def __init__(self) -> None:
        self.listeners: weakref.WeakSet[type] = weakref.WeakSet()

    def annotated(self, kind: type) -> None:
        typing.get_type_hints(kind)
        inspect.getattr_static(kind, "insert")
        inspect.signature(kind)


class Reading(NamedTuple):
    """What there is after some reloads. Everything from `objects` on must not grow with them."""

    reloads: int
    ms: float  # a reload and the uses after it, on average since the reading before
    rss: int  # bytes
    objects: int  # that the collector knows
    alive: int  # versions of which anything is
    realms: int
    modules: int
    loggers: int
    lines: int  # files in linecache
    warned: int  # entries of what modules have been warned of, and filters
    threads: int
    descriptors: int
    diagnostics: int


class Soak:
    """One runtime with the watched package; `rounds` reloads it."""

    def __init__(self, runtime: Runtime, folder: Path) -> None:
        self.runtime = runtime
        self.outcomes: Counter[str] = Counter()
        self.faults: list[str] = []
        self.most_alive = 0  # versions that were loaded at once, as each reload ended
        self.kinds: list[Counter[str]] = []  # of objects, at the first reading that counts and at the last
        self._versions: dict[int, list[weakref.ref[Any]]] = {}
        self._host = Host()
        self._folder = soaked.write(folder)
        runtime.contexts.create(CONTEXT)
        runtime.add_hookspecs(Specs, project_name=soaked.HOST)
        self._context = runtime.context(CONTEXT)
        self._watch = runtime.watch(self._folder, CONTEXT, on_reload=self._note)
        self._heard: list[tuple[str, str]] = []  # what, and of which realm
        self._subscribe()
        self._use(0)
        self.files_at_first = sum(len(names) for _, _, names in os.walk(runtime.home))

    def rounds(self, reloads: int) -> Iterator[Reading]:
        every = max(1, reloads // _READINGS)
        began = time.perf_counter()
        for number in range(1, reloads + 1):
            soaked.edit(self._folder, number)
            self._watch.reload()
            self._use(number)
            self._await_reaper()
            if number % every == 0:
                ms = (time.perf_counter() - began) * 1000 / every
                yield self._read(number, ms)
                if number // every in (int(_READINGS * _WARM), _READINGS):
                    self.kinds.append(Counter(_kind(thing) for thing in gc.get_objects()))
                began = time.perf_counter()

    def files_that_stay(self) -> int:
        """How many files the home has once all that is old is given up."""
        self._watch.close()
        for folder, _, names in os.walk(self.runtime.home / "blobs"):
            for name in names:
                path = os.path.join(folder, name)
                past = os.stat(path).st_mtime_ns - _MINUTE_NS
                os.utime(path, ns=(past, past))
        prune.prune(self.runtime.services)
        return sum(len(names) for _, _, names in os.walk(self.runtime.home))

    def _note(self, reload: Reload) -> None:
        self.outcomes[reload.outcome] += 1
        self.most_alive = max(self.most_alive, len(finder().realms()))
        if reload.fault is not None:
            self.faults.append(f"{reload.fault.phase}: {reload.fault.message}")
        self.faults.extend(reload.remarks)

    def _subscribe(self) -> None:
        """Once for all reloads."""
        context = self._context
        context.tables["Counts"].data_changed(lambda change: self._hear("table", change.row))
        context.observables["latest"].subscribe(lambda counted: self._hear("observable", counted))
        context.events["counted"].subscribe(lambda counted: self._hear("event", counted))

    def _hear(self, what: str, counted: object) -> None:
        self._heard.append((what, type(counted).__module__.split(".")[1]))

    def _use(self, number: int) -> None:
        self._heard.clear()
        counted = self._context.tools["count"](times=1)
        assert counted.revisions == soaked.revisions(number), "another version answered"
        rendered = self._context.render(soaked.PATH)
        assert rendered.error is None, rendered.error
        assert self._context.hook.soak_connect(host=self._host) == [number]
        self._context.hook.soak_wrap(value=1)
        tag = self._context.module(soaked.NAME).__name__.split(".")[1]
        assert {("table", tag), ("event", tag)} <= {*self._heard}, self._heard
        assert {realm for _, realm in self._heard} == {tag}, "a row, a value or a payload of another version"
        self._versions[number] = [*_references(tag)]

    def _await_reaper(self) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while len(finder().realms()) > 1:
            assert time.monotonic() < deadline, "an old version is not given back"
            time.sleep(0.001)  # the reaper tells nobody

    def _read(self, reloads: int, ms: float) -> Reading:
        self.runtime.drain()
        gc.collect()
        self._versions = {
            number: living
            for number, found in self._versions.items()
            if (living := [reference for reference in found if reference() is not None])
        }
        return Reading(
            reloads=reloads,
            ms=ms,
            rss=int(Path("/proc/self/statm").read_text().split()[1]) * _PAGE,
            objects=len(gc.get_objects()),
            alive=len(self._versions),
            realms=len(finder().realms()),
            modules=len(sys.modules),
            loggers=len(logging.Logger.manager.loggerDict),
            lines=len(linecache.cache),
            warned=len(warnings.filters) + sum(map(len, _warned())),
            threads=threading.active_count(),
            descriptors=len(os.listdir("/proc/self/fd")),
            diagnostics=len(self.runtime.diagnostics()),
        )


def judge(readings: Sequence[Reading], most_bytes: float) -> list[str]:
    """What has grown after the caches were warm: `most_bytes` of memory a reload is let pass."""
    counted = readings[int(len(readings) * _WARM) :]
    faults = []
    grown = slope(counted, "rss")
    if grown > most_bytes:
        faults.append(f"memory grows by {grown:.0f} bytes a reload")
    grown = slope(counted, "objects")
    if grown > 0.5 + _EITHER_WAY / (counted[-1].reloads - counted[0].reloads):
        faults.append(f"{grown:.2f} objects stay of each reload")
    if any((reading.alive, reading.realms) != (1, 1) for reading in readings):
        faults.append(f"old versions live on: {[reading.alive for reading in readings]}")
    half = len(counted) // 2
    for name in Reading._fields[Reading._fields.index("modules") :]:
        first, last = ([getattr(one, name) for one in part] for part in (counted[:half], counted[half:]))
        if min(last) > max(first):
            faults.append(f"{name} grew from {max(first)} to {min(last)}")
    return faults


def slope(readings: Sequence[Reading], name: str) -> float:
    """By how much it grows with each reload: the median over all pairs that are near each other.

    Of each few readings the lowest counts: what is made and given back in turns rises and falls with a period
    of its own, and only what stays lifts the lowest. No single jump moves the median, wherever it is: a
    quarter of the readings apart at most, few pairs span it.
    """
    points = [
        (reading.reloads, min(getattr(one, name) for one in readings[place : place + _TURN]))
        for place, reading in enumerate(readings[: 1 - _TURN])
    ]
    near = max(1, len(points) // 4)
    return statistics.median(
        (later[1] - earlier[1]) / (later[0] - earlier[0])
        for place, earlier in enumerate(points)
        for later in points[place + 1 : place + 1 + near]
    )


def shown(reading: Reading, highest: int) -> str:
    bar = "█" * round(_BAR * reading.rss / max(highest, reading.rss))
    return (
        f"{reading.reloads:>7,}  {reading.rss / 1e6:6.1f} MB {bar:<{_BAR}} {reading.objects:>8,} objects  "
        f"{reading.alive} alive  {reading.ms:5.1f} ms"
    )


def main(arguments: Sequence[str]) -> int:
    reloads = int(arguments[0])
    most_bytes = float(arguments[1]) if len(arguments) > 1 else 1000.0
    warnings.showwarning = lambda *_, **__: None  # the package's, which are remembered all the same
    with tempfile.TemporaryDirectory() as folder, Runtime.in_memory() as runtime:
        soak = Soak(runtime, Path(folder) / "project")
        readings: list[Reading] = []
        for reading in soak.rounds(reloads):
            readings.append(reading)
            _say(shown(reading, readings[0].rss * 5 // 4))
        faults = judge(readings, most_bytes) + soak.faults
        if soak.outcomes["active"] != reloads + 1:
            faults.append(f"{reloads} changes led to {dict(soak.outcomes)}")
        if soak.most_alive > 2:
            faults.append(f"{soak.most_alive} versions were loaded at once")
        files = soak.files_that_stay()
        if files > soak.files_at_first + _FEW:
            faults.append(f"the home grew from {soak.files_at_first} files to {files}")
        counted = readings[int(len(readings) * _WARM) :]
        _say(
            f"a reload leaves {slope(counted, 'rss'):.0f} bytes and {slope(counted, 'objects'):.3f} objects; "
            f"at most {soak.most_alive} versions were loaded at once; the home has {files} files"
        )
    if faults:
        grown = soak.kinds[-1] - soak.kinds[0]
        _say("\n".join([*faults, f"objects that came: {grown.most_common(12)}"]))
    return 1 if faults else 0


def _references(tag: str) -> Iterator[weakref.ref[Any]]:
    """To all modules of a realm, and to the classes and functions that they define."""
    prefix = f"peers_packages.{tag}."
    for name, module in tuple(sys.modules.items()):
        if name.startswith(prefix):
            yield weakref.ref(module)
            for value in vars(module).values():
                if isinstance(value, type | types.FunctionType) and value.__module__ == name:
                    yield weakref.ref(value)


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _warned() -> Iterator[dict[Any, Any]]:
    for module in tuple(sys.modules.values()):
        yield getattr(module, "__dict__", {}).get("__warningregistry__") or {}


def _kind(thing: object) -> str:
    return f"{type(thing).__module__}.{type(thing).__qualname__}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
