"""`peers new`: what it makes and says, and how it refuses."""

from __future__ import annotations

from pathlib import Path

import pytest

from peers_runtime.projects.templates import TEMPLATES
from tests.cli.running import run_peers


def test_a_project_is_made_without_a_home(tmp_path: Path) -> None:
    ran = run_peers("--home", tmp_path / "home", "new", "my-list", "--template", "contract", cwd=tmp_path)
    assert (ran.code, ran.err) == (0, "")
    lines = ran.out.splitlines()
    assert lines[0] == "made the package my_list in my-list, from the template contract"
    assert "  my_list/tools.py" in lines
    assert lines[-1] == "next: cd my-list, then peers check, peers test, or peers dev"
    assert [path.name for path in tmp_path.iterdir()] == ["my-list"]


def test_a_dry_run_makes_nothing_and_refuses_the_same(tmp_path: Path) -> None:
    ran = run_peers("new", "mine", "--dry-run", cwd=tmp_path)
    assert ran.out.startswith("would make the package mine in mine, from the template minimal\n")
    assert not list(tmp_path.iterdir())
    (tmp_path / "mine").mkdir()
    assert run_peers("new", "mine", "--dry-run", cwd=tmp_path).code == 2


def test_a_program_gets_the_files(tmp_path: Path) -> None:
    data = run_peers("new", tmp_path / "mine", "--json").data
    assert (data["name"], data["template"], data["folder"]) == ("mine", "minimal", str(tmp_path / "mine"))
    there = {path.relative_to(tmp_path / "mine").as_posix() for path in (tmp_path / "mine").rglob("*.*")}
    assert set(data["files"]) == there


def test_the_help_names_every_template() -> None:
    told = run_peers("new", "--help").out
    assert run_peers(env=ASKED).out.split() == [f"plain,{name}" for name in TEMPLATES]
    assert [name for name in TEMPLATES if f"{name} (" not in told] == []


ASKED = {"_PEERS_COMPLETE": "bash_complete", "COMP_WORDS": "peers new x --template ", "COMP_CWORD": "4"}
MISTAKES = {
    "new": (2, "P0901"),
    "new mine --template webb": (2, "P0901"),
    "new json": (1, "P0106"),
    "new 1st": (2, "P0901"),
    "new .": (2, "P0901"),
}


@pytest.mark.parametrize("words", MISTAKES)
def test_a_mistake_has_one_coded_answer(words: str, tmp_path: Path) -> None:
    ran = run_peers(*words.split(), "--json", cwd=tmp_path)
    assert (ran.code, ran.error["code"]) == MISTAKES[words]
    assert ran.error["hint"]
