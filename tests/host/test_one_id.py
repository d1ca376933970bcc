"""The same content has the same id on every CPython: `tests/importing/interpreters.py` runs this on each."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from peers_runtime import Runtime

SAMPLES = Path(__file__).parents[2] / "sample_packages"
LOCKED = tomllib.loads((SAMPLES / "week" / "peers.lock").read_text(encoding="utf-8"))["package"]
FOLDERS = {"charts": "charts", "notes": "notes-1"}


@pytest.mark.parametrize("locked", LOCKED, ids=[locked["name"] for locked in LOCKED])
def test_a_sample_has_the_id_that_was_locked_elsewhere(locked: dict[str, str]) -> None:
    """Where a sample was changed: `peers deps update --package --project sample_packages/week`."""
    with Runtime.in_memory() as runtime:
        assert runtime.draft(SAMPLES / FOLDERS[locked["name"]]).id == locked["snapshot"]
