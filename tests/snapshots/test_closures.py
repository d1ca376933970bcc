"""A worker finds what a realm was made of, as long as the snapshots for it are there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from peers_runtime.snapshots.closures import Closures


@pytest.fixture
def closures(tmp_path: Path) -> Closures:
    (tmp_path / "realms").mkdir()
    return Closures(str(tmp_path / "realms"))


def closure(digest: str, *packages: dict[str, Any]) -> dict[str, Any]:
    return {"name": "notes", "digest": digest, "packages": list(packages)}


def test_what_was_remembered_is_found(closures: Closures) -> None:
    closures.remember("notes_1", closure("a"))
    assert closures.find("notes_1") == closure("a")
    assert closures.find("notes_2") is None


def test_a_closure_goes_with_any_snapshot_that_it_needs(closures: Closures) -> None:
    closures.remember("notes_1", closure("a"))
    closures.remember("notes_2", closure("b"))
    closures.remember("tasks_1", closure("c", closure("a")))
    closures.forget({"a"})
    assert [closures.find(tag) for tag in ("notes_1", "tasks_1")] == [None, None]
    assert closures.find("notes_2") == closure("b")


def test_a_closure_that_was_cut_off_counts_as_absent_and_stops_nothing(
    closures: Closures, tmp_path: Path
) -> None:
    (tmp_path / "realms" / "notes_1.json").write_text('{"name": "no')
    (tmp_path / "realms" / "notes_2.json.1234").write_text("of a process that was killed")
    closures.remember("notes_3", closure("a"))
    closures.forget({"a"})
    assert [closures.find(tag) for tag in ("notes_1", "notes_3")] == [None, None]


def test_a_folder_that_cannot_be_written_stops_nothing(tmp_path: Path) -> None:
    closures = Closures(str(tmp_path / "nowhere"))
    closures.remember("notes_1", closure("a"))
    closures.forget({"a"})
    assert closures.find("notes_1") is None
