"""Realms for the tests of this room."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from peers_runtime.importing.finder import finder
from tests.importing.realms import Both, Workshop


@pytest.fixture
def workshop(tmp_path: Path) -> Iterator[Workshop]:
    made = Workshop(tmp_path / "bytes")
    yield made
    made.close()


@pytest.fixture
def both(workshop: Workshop) -> Both:
    """Two versions of one package side by side."""
    return workshop.both


@pytest.fixture
def facades() -> Iterator[None]:
    """`import notes` gives facades while the test runs."""
    undo = finder().manage(["notes", "tasks"], "a test")
    yield
    undo()
