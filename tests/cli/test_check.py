"""`peers check`: the same findings for people, programs, GitHub and whoever reads SARIF."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote

import pytest

from tests.cli.running import SAMPLES, Ran, run_peers

Peers = Callable[..., Ran]
Project = Callable[..., Path]
BROKEN = {
    "plain/screen.py": "def render(props, ctx:\n",
    "plain/lazy, or: not.py": "100% broken",
    "plain/more.py": "import pytest\n",
}


@pytest.fixture
def broken(project: Project) -> Path:
    return project(BROKEN)


def test_a_project_in_order_exits_with_0(peers: Peers) -> None:
    ran = peers("check", SAMPLES / "notes-2")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("notes 2.0.0: nothing to mend, snapshot ")


def test_people_see_the_line_and_what_to_do(peers: Peers, broken: Path) -> None:
    ran = peers("check", cwd=broken)
    assert ran.code == 1
    lines = ran.out.splitlines()
    assert "error[P0702]: " in lines[0]
    assert " --> plain/lazy, or: not.py:1" in lines
    assert "error[P0601]: '(' was never closed" in lines
    assert " --> plain/screen.py:1" in lines
    assert "1 | def render(props, ctx:" in lines
    assert "  = help: mend the file and try again" in lines
    assert "warning[W0302]: plain.more imports pytest, which plain does not declare" in lines
    assert lines[-1] == "plain 1.0.0: 2 errors, 2 warnings"


def test_a_home_that_one_may_not_read_is_not_needed(peers: Peers, project: Project, home: Path) -> None:
    folder = project()
    assert peers("contexts", "list").code == 0
    bound = ["setpriv", "--bounding-set=-all", "--inh-caps=-all"] if os.geteuid() == 0 else []
    words = [*bound, sys.executable, "-m", "peers_runtime.cli.main", "--home", home, "check", folder]
    (home / "keys").chmod(0)
    try:
        ran = subprocess.run(words, capture_output=True, text=True, check=False, timeout=120)
    finally:
        (home / "keys").chmod(0o700)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout.endswith("plain 1.0.0: 1 warning\n")


def test_warnings_count_when_they_are_to(peers: Peers, project: Project) -> None:
    folder = project()
    assert peers("check", folder).code == 0
    assert peers("check", folder, "--strict").code == 1
    assert peers("check", SAMPLES / "notes-2", "--strict").code == 0


def test_programs_get_one_document(peers: Peers, broken: Path) -> None:
    by_option, by_format = (peers("check", broken, *words) for words in (("--json",), ("--format", "json")))
    assert by_option.code == by_format.code == 1
    assert by_option.out == by_format.out
    data = by_option.document["data"]
    assert data["name"] == "plain"
    found = [(one["severity"], one["code"], one["path"], one["line"]) for one in data["problems"]]
    assert found == [
        ("error", "P0702", "plain/lazy, or: not.py", 1),
        ("error", "P0601", "plain/screen.py", 1),
        ("warning", "W0302", "plain/more.py", 1),
        ("warning", "W0603", "pyproject.toml", 1),
    ]


def test_github_shows_each_beside_its_line(peers: Peers, project: Project) -> None:
    uis = "uis = 100\n# %, one:\n"
    folder = project({"plain/uis.py": uis, "tests/test_plain.py": ""})
    ran = peers("check", folder, "--format", "github", cwd=folder.parent)
    assert ran.code == 1
    command, summary = ran.out.splitlines()
    where, _, text = command.removeprefix("::error ").partition("::")
    assert where == "file=plain-project/plain/uis.py,line=1,title=P0104 InvalidDefinition"
    assert "uis must be a list of UI, but there is 100%0Ahelp: write" in text
    assert summary == "plain 1.0.0: 1 error"


def test_characters_that_mean_something_to_github_are_escaped(peers: Peers, tmp_path: Path) -> None:
    from tests.cli.running import plain_project

    above = tmp_path / "a, b: 100%"
    above.mkdir()
    ran = peers("check", plain_project(above), "--format", "github", cwd=tmp_path)
    assert ran.out.startswith("::warning file=a%2C b%3A 100%25/plain-project/pyproject.toml,line=1,")


def test_a_project_elsewhere_is_named_by_its_whole_path(peers: Peers, broken: Path) -> None:
    elsewhere = broken / "plain"
    assert f"file={broken}/pyproject.toml," in peers("check", "..", "--format", "github", cwd=elsewhere).out


def test_sarif_says_what_the_document_says(peers: Peers, broken: Path) -> None:
    """What SARIF 2.1.0 requires of a log, a run, a tool, a rule, a result and a location."""
    told = peers("check", broken, "--json").document["data"]["problems"]
    ran = peers("check", broken, "--format", "sarif", cwd=broken)
    assert ran.code == 1
    log = json.loads(ran.out)
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    driver = run["tool"]["driver"]
    assert driver["name"] == "peers check"
    rules = driver["rules"]
    assert len({rule["id"] for rule in rules}) == len(rules)
    for rule in rules:
        assert {"text"} == rule["shortDescription"].keys() == rule["fullDescription"].keys()
    assert run["originalUriBaseIds"]["SRCROOT"]["uri"].endswith("/")
    found = []
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["level"] in ("none", "note", "warning", "error")
        assert result["message"]["text"]
        (location,) = result["locations"]
        physical = location["physicalLocation"]
        artifact, line = physical["artifactLocation"], physical["region"]["startLine"]
        assert artifact["uriBaseId"] == "SRCROOT"
        assert line >= 1
        assert artifact["uri"].isascii()
        assert " " not in artifact["uri"]
        found.append((result["level"], result["ruleId"], unquote(artifact["uri"]), line))
    assert found == [(one["severity"], one["code"], one["path"], one["line"]) for one in told]


def test_sarif_of_a_project_in_order_has_no_results(peers: Peers) -> None:
    ran = peers("check", SAMPLES / "notes-1", "--format", "sarif")
    assert ran.code == 0
    (run,) = json.loads(ran.out)["runs"]
    assert (run["results"], run["tool"]["driver"]["rules"]) == ([], [])


def test_no_home_is_made_for_a_look(tmp_path: Path) -> None:
    ran = run_peers("--home", tmp_path / "home", "check", SAMPLES / "notes-1")
    assert ran.code == 0
    assert not (tmp_path / "home").exists()


def test_what_a_package_prints_is_not_in_the_document(project: Project, tmp_path: Path) -> None:
    folder = project({"plain/routes.py": "print('hello')\nroutes = []\n", "tests/test_plain.py": ""})
    ran = run_peers("--home", tmp_path / "home", "check", folder, "--json")
    assert ran.data["problems"] == []
    assert "hello" in ran.err


MISTAKES = {
    "check nothing": (2, "P0101"),
    "check .": (2, "P0101"),
    "check --format xml": (2, "P0901"),
    "check --format sarif": (2, "P0901"),
    "check --version 1": (1, "P0401"),
}


@pytest.mark.parametrize("words", MISTAKES)
def test_a_mistake_has_one_coded_answer(words: str, tmp_path: Path) -> None:
    ran = run_peers("--home", tmp_path / "home", *words.split(), "--json", cwd=tmp_path)
    assert (ran.code, ran.error["code"]) == MISTAKES[words]
    assert ran.error["hint"]
