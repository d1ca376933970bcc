"""Projects, wheels and homes to try the room on; all of them real files."""

from __future__ import annotations

import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import CodeType

import pytest

from peers_runtime.model.manifest import Definition, Manifest, UIData
from peers_runtime.snapshots import capture, interpreter
from peers_runtime.snapshots.private import PrivateDistribution
from peers_runtime.snapshots.source import Source
from tests.snapshots.parts import CREATED_AT, FILES, PACKAGE_ID, PYPROJECT, write_files

Project = Callable[..., Path]


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Make a project's folder: its pyproject.toml, and files below `under` in it."""

    def make(pyproject: str = PYPROJECT, files: Mapping[str, bytes] = FILES, under: str = "src") -> Path:
        folder = Path(tempfile.mkdtemp(dir=tmp_path))
        (folder / "pyproject.toml").write_text(pyproject, encoding="utf-8")
        write_files(folder / under, files)
        return folder

    return make


METADATA = "Metadata-Version: 2.1\nName: notes\n"
Wheel = Callable[..., Path]


@pytest.fixture
def wheel(tmp_path: Path) -> Wheel:
    """Write a wheel by hand: `files`, and the files of its dist-info."""

    def make(
        files: Mapping[str, bytes] = FILES, requires: tuple[str, ...] = (), version: str = "1.0.0"
    ) -> Path:
        path = Path(tempfile.mkdtemp(dir=tmp_path)) / f"notes-{version}-py3-none-any.whl"
        info = f"notes-{version}.dist-info"
        needed = "".join(f"Requires-Dist: {text}\n" for text in requires)
        entries = {
            **files,
            f"{info}/METADATA": f"{METADATA}Version: {version}\n{needed}\n".encode(),
            f"{info}/WHEEL": b"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
            f"{info}/entry_points.txt": b"[peers.packages]\nnotes = notes.package:package\n",
        }
        entries[f"{info}/RECORD"] = "".join(f"{name},,\n" for name in (*entries, f"{info}/RECORD")).encode()
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, data in entries.items():
                archive.writestr(name, data)
        return path

    return make


Captured = tuple[Source, Manifest]
Capture = Callable[..., Captured]


@pytest.fixture
def captured() -> Capture:
    """A source of these files, with its manifest."""

    def make(
        files: Mapping[str, bytes] = FILES,
        version: str = "1.0.0",
        uis: tuple[UIData, ...] = (),
        private: Sequence[PrivateDistribution] = (),
        *,
        came: bool = True,
    ) -> Captured:
        """`private` distributions came along, or are to be in the home already."""
        source = Source(
            "notes",
            version,
            "notes.package:package",
            files,
            private=tuple(one.entry() for one in private),
            carried={one.digest: one for one in private} if came else {},
        )
        definition = Definition(package_id=PACKAGE_ID, reference=source.reference, uis=uis)
        return source, capture.manifest(source, definition, CREATED_AT)

    return make


@pytest.fixture
def home() -> Iterator[Path]:
    """A folder that other users may enter, which pytest's own are not."""
    folder = Path(tempfile.mkdtemp(prefix="peers-home-"))
    folder.chmod(0o755)
    yield folder
    for place in (folder, *(each for each in folder.rglob("*") if each.is_dir())):
        place.chmod(0o755)
    shutil.rmtree(folder)


@pytest.fixture
def count_compiled(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The paths that are compiled from now on."""
    compiled: list[str] = []
    real = interpreter.compiled

    def count(source: bytes, path: str, filename: str) -> CodeType:
        compiled.append(path)
        return real(source, path, filename)

    monkeypatch.setattr(interpreter, "compiled", count)
    return compiled
