"""Whether a version control system is at work on a folder."""

from __future__ import annotations

from pathlib import Path

from peers_runtime.dev import checkouts
from tests.dev import savers


def test_without_a_repository_nobody_is_at_work(tmp_path: Path) -> None:
    (tmp_path / "index.lock").touch()
    assert checkouts.lock([str(tmp_path)]) is None


def test_gits_lock_counts_in_the_repositorys_root_and_below(tmp_path: Path) -> None:
    folder = tmp_path / "packages" / "notes"
    folder.mkdir(parents=True)
    (tmp_path / ".git").mkdir()
    assert checkouts.lock([str(folder)]) is None
    held = tmp_path / ".git" / "index.lock"
    held.touch()
    assert checkouts.lock([str(folder)]) == str(held)
    assert checkouts.lock([str(tmp_path)]) == str(held)


def test_a_lock_beyond_the_repositorys_root_does_not_count(tmp_path: Path) -> None:
    inner = tmp_path / "inner"
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "index.lock").touch()
    (inner / ".git").mkdir(parents=True)
    assert checkouts.lock([str(inner)]) is None


def test_a_worktrees_lock_lies_where_its_file_says(tmp_path: Path) -> None:
    main, tree = tmp_path / "main", tmp_path / "tree"
    main.mkdir()
    savers.repository(main, {"one": {"a.py": "x"}})
    savers.git(main, "worktree", "add", "-q", "-b", "two", str(tree))
    held = main / ".git" / "worktrees" / "tree" / "index.lock"
    assert checkouts.lock([str(tree)]) is None
    held.touch()
    assert checkouts.lock([str(tree)]) == str(held)
    assert checkouts.lock([str(main)]) is None


def test_mercurials_lock_is_a_link_that_leads_nowhere(tmp_path: Path) -> None:
    (tmp_path / ".hg").mkdir()
    held = tmp_path / ".hg" / "wlock"
    held.symlink_to("laptop:4711")
    assert checkouts.lock([str(tmp_path)]) == str(held)


def test_every_folder_is_asked_about(tmp_path: Path) -> None:
    alone, under = tmp_path / "alone", tmp_path / "under"
    alone.mkdir()
    (under / ".git").mkdir(parents=True)
    (under / ".git" / "index.lock").touch()
    assert checkouts.lock([str(alone), str(under)]) == str(under / ".git" / "index.lock")
