"""Our own look at every file."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from peers_runtime.dev import tree as trees
from peers_runtime.dev.polling import Polling
from peers_runtime.projects.working_copy import WorkingCopy


@pytest.fixture
def copy(project: Path) -> WorkingCopy:
    copy = WorkingCopy(project)
    copy.read()
    return copy


def test_nothing_changed_since_it_was_made(copy: WorkingCopy) -> None:
    assert not Polling(copy).changed()


def test_new_changed_and_missing_files_are_found_until_they_are_taken(
    project: Path, copy: WorkingCopy
) -> None:
    polling = Polling(copy)
    fresh, other, gone = (project / "notes" / f"{name}.py" for name in ("fresh", "module_0", "module_1"))
    fresh.write_text("x")
    other.write_text("longer than it was, or shorter")
    gone.unlink()
    found = polling.changed()
    assert found.keys() == {str(fresh), str(other), str(gone)}
    assert found[str(gone)] is None
    for path, stamp in found.items():
        polling.take(path, stamp)
    assert not polling.changed()


def test_a_second_save_within_one_tick_of_the_clock_is_told_by_its_bytes(
    project: Path, copy: WorkingCopy
) -> None:
    path = project / "notes" / "module_0.py"
    path.write_text("x = 1")
    copy.read()
    polling = Polling(copy, contents=True)
    before = path.stat()
    path.write_text("x = 2")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert Polling(copy).changed() == {}  # by stamps alone, nothing
    assert polling.changed().keys() == {str(path)}
    polling.take(str(path), trees.stamp(str(path)))
    assert not polling.changed()


def test_bytes_are_compared_once_more_when_the_tick_is_over(project: Path, copy: WorkingCopy) -> None:
    path = project / "notes" / "module_0.py"
    path.write_text("x = 1")
    later_ns = 0
    polling = Polling(copy, contents=True, wall_ns=lambda: time.time_ns() + later_ns)
    before = path.stat()
    path.write_text("x = 2")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    later_ns = 3_000_000_000
    assert polling.changed().keys() == {str(path)}


def test_a_path_by_which_the_tree_does_not_name_a_file_is_not_missed_later(
    project: Path, copy: WorkingCopy
) -> None:
    polling = Polling(copy)
    stranger = project / "elsewhere.py"
    stranger.write_text("x")
    polling.take(str(stranger), trees.stamp(str(stranger)))
    stranger.unlink()
    assert not polling.changed()


def test_folders_are_known_by_their_files(project: Path, copy: WorkingCopy) -> None:
    polling = Polling(copy)
    assert polling.holds_below(str(project / "notes"))
    assert not polling.holds_below(str(project / "note"))
