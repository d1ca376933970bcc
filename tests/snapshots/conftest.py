"""Sources and homes to try the room on; all of them real files."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import CodeType

import pytest

from peers_runtime.model.manifest import Definition, Manifest, UIData
from peers_runtime.snapshots import capture, interpreter
from peers_runtime.snapshots.private import PrivateDistribution
from peers_runtime.snapshots.source import Source
from tests.snapshots.parts import CREATED_AT, FILES, PACKAGE_ID

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
