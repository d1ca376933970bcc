"""Notices that come after their change was answered."""

from __future__ import annotations

import os
import time
from pathlib import Path

from peers_runtime.dev.echoes import Echoes


def later() -> int:
    return time.time_ns() + 1_000_000_000


def test_a_file_that_looks_as_it_was_answered_tells_nothing_new(tmp_path: Path) -> None:
    path, gone = tmp_path / "a.py", tmp_path / "gone.py"
    path.write_text("x")
    echoes = Echoes(wall_ns=later)
    echoes.answered([str(path), str(gone)])
    assert echoes.holds(str(path))
    assert echoes.holds(str(gone))
    assert not echoes.holds(str(tmp_path / "never.py"))


def test_any_further_change_is_news_even_one_that_hides_its_time(tmp_path: Path) -> None:
    path, gone = tmp_path / "a.py", tmp_path / "gone.py"
    path.write_text("x")
    before = path.stat()
    echoes = Echoes(wall_ns=later)
    echoes.answered([str(path), str(gone)])
    while path.stat().st_ctime_ns == before.st_ctime_ns:
        path.write_text("y")
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    gone.write_text("back")
    assert not echoes.holds(str(path))
    assert not echoes.holds(str(gone))


def test_a_file_that_changed_a_moment_ago_may_have_changed_again(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_text("x")
    echoes = Echoes(wall_ns=lambda: path.stat().st_ctime_ns + 1_000_000)
    echoes.answered([str(path)])
    assert not echoes.holds(str(path))


def test_only_the_last_answer_counts(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_text("x")
    echoes = Echoes(wall_ns=later)
    echoes.answered([str(path)])
    echoes.answered([])
    assert not echoes.holds(str(path))
