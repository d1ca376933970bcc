"""A version's modules for the first time, against stock importlib with warm bytecode."""

from __future__ import annotations

import importlib
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from benchmarks import homes, packages, real, stored
from benchmarks.families import Effort
from benchmarks.least import Least
from benchmarks.rows import Row, growth
from benchmarks.timing import Comparison, interleave, once
from peers_runtime import Runtime
from peers_runtime.activation.context import DataContext
from peers_runtime.catalog import index
from peers_runtime.importing.finder import finder
from peers_runtime.importing.lock import Lock
from peers_runtime.importing.realm import Realm

_NOTE = (
    "The same sources on both sides, in one process that has imported another version before; each round "
    "unloads them again and opens the snapshot anew. Real modules are copies of the standard library's."
)
_LEAST_NOTE = (
    "The least is a loader that has the code in memory and checks nothing: importlib's own work, "
    "unmarshalling, and running the modules. A goal below that share of stock is out of reach on importlib."
)


@dataclass(frozen=True)
class _Case:
    kind: str
    count: int
    own: str
    goal: float
    files: Mapping[str, str]


def rows(effort: Effort) -> Iterator[Row]:
    cases = [
        _Case("small", 20, "small20", 0.8, packages.many_modules("small20", 20)),
        _Case("real", 20, "real20", 0.8, real.email_modules("real20")),
        _Case("small", 200, "small200", 0.7, packages.many_modules("small200", 200)),
        _Case("real", 200, "real200", 0.7, real.library_modules("real200", 200)),
    ]
    with tempfile.TemporaryDirectory(prefix="peers-benchmark-") as name:
        folder = Path(name)
        warm = packages.many_modules("warm", 2)
        contents = [stored.described(files, n) for n, files in enumerate([warm, *(c.files for c in cases)])]
        homes.fill(folder / "home", contents)
        measured = {
            (case.kind, case.count): _measure(case, folder, effort.rounds(32 if case.count < 100 else 16))
            for case in cases
        }
    for side, how, reference, name in (
        ("context", "through ctx.module", "stock", "stock importlib, warm .pyc"),
        ("realm", "the realm alone", "stock", "stock importlib, warm .pyc"),
        ("realm", "the realm alone", "least", "the least that importlib allows"),
    ):
        for case in cases:
            found = measured[case.kind, case.count]
            costs = {
                count: other.figure(side).median
                for (kind, count), other in measured.items()
                if kind == case.kind
            }
            yield Row(
                key=f"first-import-{'least' if reference == 'least' else side}-{case.kind}-{case.count}",
                what=f"first import of a version, {case.count} {case.kind} modules, {how}",
                ours=found.figure(side),
                reference=found.figure(reference),
                reference_name=name,
                ratio=found.ratio(side, reference),
                goal=case.goal if reference == "stock" else None,
                growth=growth(costs, "modules"),
                note=_NOTE if reference == "stock" else _LEAST_NOTE,
            )


def _measure(case: _Case, folder: Path, rounds: int) -> Comparison:
    stock = _Stock(folder / "stock", case)
    context = _InContext(folder / "home", case.own)
    realm = _Alone(folder / "home", case.own)
    least_own = f"least_{case.own}"
    least = Least(least_own, _renamed(case.files, case.own, least_own))
    sides = {
        "stock": once(stock.act, stock.prepare),
        "context": once(context.act, context.prepare, context.clean),
        "realm": once(realm.act, realm.prepare, realm.clean),
        "least": once(least.act, least.prepare, least.clean),
    }
    for measure in sides.values():  # what the modules import from elsewhere is imported by now
        measure()
    return interleave(sides, rounds)


class _Stock:
    def __init__(self, folder: Path, case: _Case) -> None:
        self._own = stored.installed(folder, _renamed(case.files, case.own, f"stock_{case.own}"))

    def prepare(self) -> None:
        stored.uninstall(self._own)

    def act(self) -> None:
        importlib.import_module(f"{self._own}.main")


class _InContext:
    """What a host pays: everything from its handle to the imported module."""

    def __init__(self, home: Path, own: str) -> None:
        self._home = home
        self._own = own
        self._runtime: Runtime | None = None
        self._context: DataContext | None = None

    def prepare(self) -> None:
        shutil.rmtree(self._home / "realms")  # as if this version had never been loaded
        (self._home / "realms").mkdir()
        self._runtime = Runtime.open(self._home)
        self._context = self._runtime.context("personal")
        self._context.module("warm.main")

    def act(self) -> None:
        assert self._context is not None
        self._context.module(f"{self._own}.main")

    def clean(self) -> None:
        assert self._runtime is not None
        self._runtime.close()


class _Alone:
    """The part of it that reads, finds and imports."""

    def __init__(self, home: Path, own: str) -> None:
        self._store = stored.Store(home)
        state = index.read(str(home / "index.json"))
        assert state is not None
        digest = next(package.digest for package in state.packages if package.name == own)
        self._lock = Lock(name=own, version="1.0.0", digest=digest)
        self._realm: Realm | None = None

    def prepare(self) -> None:
        self._store.reopen()

    def act(self) -> None:
        self._realm = self._store.imported(self._lock)

    def clean(self) -> None:
        assert self._realm is not None
        finder().release(self._realm, self._store.bytes)
        self._realm = None


def _renamed(files: Mapping[str, str], old: str, new: str) -> Mapping[str, str]:
    return {path.replace(old, new, 1): text.replace(old, new) for path, text in files.items()}
