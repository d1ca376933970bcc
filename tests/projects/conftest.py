"""Projects and wheels to try the room on; all of them real files."""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from tests.snapshots.parts import FILES, PYPROJECT, write_files

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
