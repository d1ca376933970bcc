"""A real project folder, and its changes."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from peers_runtime import Runtime
from peers_runtime.dev.changes import Changes
from peers_runtime.projects.working_copy import WorkingCopy
from tests import world
from tests.dev import savers
from tests.dev.loops import Loop

PYPROJECT = """
[project]
name = "notes"
version = "1.0.0"
[project.entry-points."peers.packages"]
notes = "notes.package:package"
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A package of twelve modules, `notes/module_0.py` and on."""
    folder = tmp_path / "project"
    package = folder / "notes"
    package.mkdir(parents=True)
    (folder / "pyproject.toml").write_text(PYPROJECT)
    (package / "__init__.py").touch()
    (package / "package.py").write_text("package = None\n")
    for number in range(12):
        (package / f"module_{number}.py").write_text(savers.module(0))
    return folder


@pytest.fixture
def changes_of() -> Iterator[Callable[..., Changes]]:
    """Makes `Changes` of a project folder that was read once; closes them."""
    made: list[Changes] = []

    def make(folder: Path, **options: Any) -> Changes:
        copy = WorkingCopy(folder)
        copy.read()
        changes = Changes(copy, **options)
        made.append(changes)
        return changes

    yield make
    for changes in made:
        changes.close()


@pytest.fixture(autouse=True)
def _no_thread_is_left() -> Iterator[None]:
    before = set(threading.enumerate())
    yield
    assert not set(threading.enumerate()) - before


@pytest.fixture
def runtime() -> Iterator[Runtime]:
    with Runtime.in_memory() as opened:
        for context in ("acme", "globex", "initech"):
            opened.contexts.create(context)
        yield opened


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A project that can be installed: its one screen says "first"."""
    return world.project(tmp_path / "watched", files=world.screen("notes", "notes", "first"))


@pytest.fixture
def loop(runtime: Runtime, folder: Path) -> Loop:
    return Loop(runtime, folder)
