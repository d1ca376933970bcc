"""What the tests of this room are made from: a small package, and ways to make a disk refuse."""

from __future__ import annotations

import contextlib
import os
import resource
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import CodeType

KEY = b"k" * 32
PACKAGE_ID = "0kxyz1234" + "a" * 16
UI_ID = "0kxyz1234" + "u" * 16
CREATED_AT = "2026-01-02T03:04:05Z"

PYPROJECT = """\
[project]
name = "notes"
version = "1.0.0"
description = "Notes for everyone"
authors = [{ name = "Ann", email = "ann@example.org" }]
keywords = ["notes", "demo"]
dependencies = []

[project.entry-points."peers.packages"]
notes = "notes.package:package"
"""
FILES: Mapping[str, bytes] = {
    "notes/__init__.py": b'"""Notes."""\n',
    "notes/package.py": b"package = object()\n",
    "notes/store.py": b"notes = []\n\n\ndef add(title):\n    notes.append(title)\n    return len(notes)\n",
    "notes/ui/__init__.py": b"",
    "notes/ui/note.py": b"def render(props, ctx):\n    return props\n",
    "notes/assets/logo.svg": b"<svg/>\n",
}


def write_files(folder: Path, files: Mapping[str, bytes]) -> None:
    for path, data in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)


@contextlib.contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """No one may write below `folder`: root, whom modes do not stop, becomes somebody else meanwhile."""
    for place in (folder, *(each for each in folder.rglob("*") if each.is_dir())):
        place.chmod(0o555)
    with somebody_else():
        yield


@contextlib.contextmanager
def somebody_else() -> Iterator[None]:
    """Root, whom modes do not stop, is another user meanwhile."""
    user = os.geteuid()
    if user == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(user)


@contextlib.contextmanager
def file_size_limit(size: int) -> Iterator[None]:
    """No file may grow above `size` bytes meanwhile: as on a full disk, part of a write succeeds."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def all_files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir()}


def run(code: CodeType) -> dict[str, object]:
    namespace: dict[str, object] = {}
    exec(code, namespace)
    return namespace


def damage(path: Path) -> None:
    path.chmod(0o644)
    data = path.read_bytes()
    path.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))


def blob(home: Path, digest: str) -> Path:
    return home / "blobs" / digest[:2] / digest


def code_file(home: Path) -> Path:
    (path,) = (home / "code").rglob("*.code")
    return path
