"""One trial: two versions of a distribution in realms of this process, each compared with stock CPython.

    python -m tests.importing.side_by_side.alone NAME

answers with what was found, as JSON.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from peers_runtime.base import errors
from peers_runtime.importing import names
from peers_runtime.projects import private_wheels
from tests.importing.side_by_side import apart, fetching, stock
from tests.importing.side_by_side.stock import Failure
from tests.importing.side_by_side.trials import USES, Trial, called
from tests.importing.side_by_side.version import Version

_UNDECLARED = re.compile(
    r"\S+ imports '(\w+)[\w.]*', which it does not declare \[P0302\](\n  help: .*?dependencies)?"
)
_FOLDERS = re.compile(r"(?:/[^\s/'\"()]+)+/(?=[^\s/'\"()]+)")
_ADDRESS = re.compile(r"\b0x[0-9a-f]+")
_TIMEOUT_S = 1200


@dataclass(frozen=True)
class Side:
    """One version. `faults` and `used` tell what went wrong where stock CPython had no such trouble."""

    version: str
    beside: Mapping[str, str]  # what else is private, and in which version
    modules: int
    excused: int  # that stock CPython cannot import either, for the same reason
    faults: Mapping[str, str]  # by module
    used: str


@dataclass(frozen=True)
class Found:
    """What a trial has found; `mixed` tells where versions, or one and the host, were not kept apart."""

    sides: Sequence[Side] = ()
    mixed: Sequence[str] = ()
    refused: str = ""

    @property
    def result(self) -> str:
        if self.refused:
            return "refused"
        if self.mixed or any(side.used for side in self.sides):
            return "fails"
        return "in part" if any(side.faults for side in self.sides) else "works"

    def as_data(self) -> dict[str, Any]:
        return {"result": self.result, **asdict(self)}


def tried(trial: Trial, wheels: Sequence[Sequence[Path]], use: str, home: Path) -> Found:
    """Try it with the wheels of each version, the distribution's own first.

    `use` is the source of a module with a function `use`, `home` an empty folder.
    """
    try:
        read = [[private_wheels.read(wheel.read_bytes(), wheel.name) for wheel in each] for each in wheels]
    except errors.PackageError as error:
        return Found(refused=str(error))
    versions = [Version(each, trial.shared, use, home / str(place)) for place, each in enumerate(read)]
    for version in versions:
        version.use()
    for name in sorted({name for version in versions for name in version.modules}):
        for version in versions:
            version.import_(name)
    for version in versions:
        version.use()
    mixed = list(apart.mixed(versions, home))
    own = home / "own"
    (own / "trial").mkdir(parents=True)
    (own / "trial" / "use.py").write_text(use, encoding="utf-8")
    shared = [fetching.shared(name) for name in trial.shared]
    sides = [
        _compared(version, [own, *map(fetching.unpacked, each), *shared])
        for version, each in zip(versions, wheels, strict=True)
    ]
    for version in versions:
        version.release()
    return Found(sides, mixed)


def is_same(ours: Failure, stocks: Failure) -> bool:
    """Whether two failures are one, wherever files lie and whoever finds a module missing."""
    if ours[0] == stocks[0] == "ModuleNotFoundError":
        return ours[1] == stocks[1]
    return ours[0] == stocks[0] and _plain(ours[2]) == _plain(stocks[2])


def _plain(text: str) -> str:
    text = _UNDECLARED.sub(r"No module named '\1'", names.logical(text))
    return _ADDRESS.sub("0x", _FOLDERS.sub("", text))


def _compared(version: Version, folders: Sequence[Path]) -> Side:
    """What remains of a version's trouble when stock CPython does the same with these folders."""
    plain = _in_stock(folders, list(version.modules))
    failed = {name: (told[0], told[1], told[2]) for name, told in plain["failed"].items()}
    faults = {
        name: failure
        for name, failure in version.failed.items()
        if name not in failed or not is_same(failure, failed[name])
    }
    trouble = [told for told in plain["used"] if told]
    return Side(
        version=version.distribution.version,
        beside={one.name: one.version for one in version.beside},
        modules=len(version.modules),
        excused=len(version.failed) - len(faults),
        faults={name: names.logical(f"{kind}: {told}") for name, (kind, _, told) in faults.items()},
        used=f"nor in stock CPython: {trouble[0]}" if trouble else names.logical(version.trouble),
    )


def _in_stock(folders: Sequence[Path], modules: Sequence[str]) -> Mapping[str, Any]:
    run = subprocess.run(
        [fetching.plain_python(), "-I", stock.__file__, *map(str, folders)],
        input=json.dumps(modules),
        capture_output=True,
        text=True,
        env={**os.environ, "XDG_CACHE_HOME": str(folders[0] / "cache")},  # theirs hold pickles
        timeout=_TIMEOUT_S,
        check=True,
    )
    answer: Mapping[str, Any] = json.loads(run.stdout)
    return answer


def main(name: str) -> None:
    trial = called(name)
    wheels = [fetching.wheels(trial.name, version, trial.needs(version)) for version in trial.versions]
    answer = stock.quiet()
    with tempfile.TemporaryDirectory(prefix="peers-trial-") as folder:
        os.environ["XDG_CACHE_HOME"] = os.path.join(folder, "cache")
        found = tried(trial, wheels, (USES / trial.use).read_text(encoding="utf-8"), Path(folder))
    answer(found.as_data())


if __name__ == "__main__":
    main(sys.argv[1])
