"""`peers types`: what it writes, what it says, and how it fails."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.running import SAMPLES, Ran

Peers = Callable[..., Ran]


@pytest.fixture
def tasks(peers: Peers) -> Peers:
    """`peers` on a home that has tasks 2.0.0."""
    assert peers("install", SAMPLES / "tasks-2", "-c", "acme").code == 0
    return lambda *words, **more: peers("-c", "acme", *words, **more)


def test_files_are_written_once_and_checked(tasks: Peers, tmp_path: Path) -> None:
    words = ("types", "Tasks@2", "--py", ".", "--ts", "web")
    ran = tasks(*words, cwd=tmp_path)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.splitlines() == ["written: ./tasks_2.py", "written: web/tasks_2.d.ts"]
    assert tasks(*words, cwd=tmp_path).out.splitlines() == [
        "as it was: ./tasks_2.py",
        "as it was: web/tasks_2.d.ts",
    ]
    assert tasks(*words, "--check", cwd=tmp_path).code == 0
    text = (tmp_path / "tasks_2.py").read_text()
    (tmp_path / "tasks_2.py").write_text(text + "# more\n")
    ran = tasks(*words, "--check", cwd=tmp_path)
    assert ran.code == 1
    assert ran.out.startswith("different: ./tasks_2.py\n--- ./tasks_2.py")
    assert "\n-# more\n" in ran.out
    assert "error" not in ran.err
    data = tasks(*words, "--check", "--json", cwd=tmp_path).document["data"]
    assert [(one["path"], one["was"]) for one in data["files"]] == [
        ("./tasks_2.py", "different"),
        ("web/tasks_2.d.ts", "current"),
    ]
    assert (data["written"], data["version"], data["name"]) == (False, 2, "Tasks")


MISTAKES = {
    "types Tasks": (2, "P0901"),
    "types --py out": (2, "P0901"),
    "types Taks --py out": (2, "P0524"),
    "types Tasks@9 --py out": (2, "P0524"),
    "types Tasks --py out -c nowhere": (2, "P0403"),
}


@pytest.mark.parametrize("words", MISTAKES)
def test_a_mistake_has_one_coded_answer(tasks: Peers, tmp_path: Path, words: str) -> None:
    ran = tasks(*words.split(), "--json", cwd=tmp_path)
    assert (ran.code, ran.error["code"]) == MISTAKES[words]
    assert ran.error["hint"]
    assert not (tmp_path / "out").exists()
