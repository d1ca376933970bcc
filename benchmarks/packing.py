"""Packing a project of many files, and installing the wheel, beside zipfile with SHA-256; what versions take.

Seconds are of the processor. The reference does what any packer has to: it reads, hashes and compresses the
same files, or decompresses, hashes and writes them. Sizes are what the disk gives to files, each counted once
however many names it has.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
import zipfile
from collections.abc import Iterator
from itertools import count
from pathlib import Path

from benchmarks import packages
from benchmarks.families import Effort
from benchmarks.rows import Figure, Row, growth
from benchmarks.timing import Comparison, interleave, once
from peers_runtime import Runtime

_NUMBER = 7_000  # of the package
_ACTS = {
    "pack": "pack {} files",
    "repack": "pack the next version, one of {} files changed",
    "install": "install the wheel of {} files",
}
_REFERENCES = {
    "pack": "reading, SHA-256 and zipfile",
    "repack": "reading, SHA-256 and zipfile, of all",
    "install": "zipfile, SHA-256 and writing",
}
_NOTES = {
    "pack": "Compiles and evaluates the package, keeps it in the home, flushed to the disk, and reads the "
    "wheel again as everybody reads it.",
    "repack": "In the home that has the version before.",
    "install": "Reads it as hostile, compiles and evaluates it, keeps files, code and a folder of them.",
}


def rows(effort: Effort) -> Iterator[Row]:
    sizes = (20, 100) if effort.quick else (100, 1_000)
    with tempfile.TemporaryDirectory(prefix="peers-benchmark-") as name:
        found = {size: _compared(Path(name) / str(size), size, effort.rounds(8)) for size in sizes}
        most = found[sizes[-1]]
        for act, what in _ACTS.items():
            yield Row(
                key=f"packing-{act}",
                what=what.format(f"{sizes[-1]:,}"),
                ours=most[act].figure("ours"),
                reference=most[act].figure("zip"),
                reference_name=_REFERENCES[act],
                ratio=most[act].ratio("ours", "zip"),
                growth=growth({size: one[act].figure("ours").median for size, one in found.items()}, "files"),
                note=_NOTES[act],
            )
        yield from _on_disk(Path(name), sizes[-1], 5 if effort.quick else 50)


def _compared(folder: Path, size: int, rounds: int) -> dict[str, Comparison]:
    project, numbers = _project(folder / "project", size), count(1)
    runtime: Runtime | None = None

    def fresh() -> None:
        nonlocal runtime
        close()
        runtime = Runtime.open(folder / f"home-{next(numbers)}", facades=False)
        _ = runtime.services
        _edit(project, next(numbers))

    def close() -> None:
        if runtime is not None:
            runtime.close()

    def second() -> None:
        fresh()
        pack()
        _edit(project, next(numbers), "1.1.0")

    def pack() -> Path:
        assert runtime is not None
        return Path(runtime.pack(project, out=folder / f"dist-{next(numbers)}").path)

    def zipped() -> Path:
        return _zipped(project, folder / f"{next(numbers)}.zip")

    def install() -> None:
        assert runtime is not None
        runtime.install(wheel)

    fresh()
    wheel, archive = pack(), zipped()
    sides = {
        "pack": {"ours": once(pack, fresh, close), "zip": once(zipped)},
        "repack": {"ours": once(pack, second, close), "zip": once(zipped)},
        "install": {
            "ours": once(install, fresh, close),
            "zip": once(lambda: _unzipped(archive, folder / f"out-{next(numbers)}")),
        },
    }
    return {act: interleave(both, rounds) for act, both in sides.items()}


def _on_disk(folder: Path, size: int, versions: int) -> Iterator[Row]:
    """What a home takes for many versions, beside one of them and the files that differ."""
    home, project = folder / "many", _project(folder / "differing", size)
    changed = project / packages.name(_NUMBER) / "part000.py"
    first, differences = 0, 0
    with Runtime.open(home, facades=False) as runtime:
        for number in range(versions):
            _edit(project, number, f"1.0.{number}")
            runtime.install(project)
            runtime.promote(packages.name(_NUMBER), f"1.0.{number}", "stable")
            first = first or _used(home)
            differences += changed.stat().st_blocks * 512 if number else 0
    yield Row(
        key="packing-disk",
        what=f"a home with {versions} versions of {size:,} files that differ in one",
        ours=Figure.of([_used(home)], "B"),
        reference=Figure.of([first + differences], "B"),
        reference_name="a home with one, and the files that differ",
        ratio=_used(home) / (first + differences),
        goal=1.3,
        growth=f"{_used(home) / first:.2g}× for {versions}× the versions",
        note="All of the home: files, manifests, compiled code, the catalog, and folders of links for the "
        "latest versions, which are laid out again for older ones when they are loaded.",
    )


def _project(folder: Path, size: int) -> Path:
    own = packages.name(_NUMBER)
    files = {**packages.many_modules(own, size - 3), **packages.three_modules(_NUMBER)}
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    _edit(folder, 0)
    return folder


def _edit(folder: Path, number: int, version: str = "1.0.0") -> None:
    """Another version of the project: one of its files is another one."""
    own = packages.name(_NUMBER)
    (folder / "pyproject.toml").write_text(
        f'[project]\nname = "{own}"\nversion = "{version}"\n'
        f'[project.entry-points."peers.packages"]\n{own} = "{own}:package"\n'
    )
    part = folder / own / "part000.py"
    lines = [line for line in part.read_text().splitlines() if not line.startswith("EDIT = ")]
    part.write_text("\n".join([*lines, f"EDIT = {number}"]) + "\n")


def _zipped(project: Path, target: Path) -> Path:
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(project.rglob("*.py")):
            data = path.read_bytes()
            hashlib.sha256(data).hexdigest()
            archive.writestr(path.relative_to(project).as_posix(), data)
    return target


def _unzipped(archive: Path, target: Path) -> None:
    with zipfile.ZipFile(archive) as opened:
        for name in opened.namelist():
            data = opened.read(name)
            hashlib.sha256(data).hexdigest()
            path = target / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)


def _used(folder: Path) -> int:
    """Bytes of the disk below a folder, its folders included; a file with several names counts once."""
    found = {folder.stat().st_ino: folder.stat().st_blocks}
    for path, folders, files in os.walk(folder):
        for name in (*folders, *files):
            status = os.lstat(os.path.join(path, name))
            found[status.st_ino] = status.st_blocks
    return sum(found.values()) * 512
