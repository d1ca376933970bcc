"""`peers test`: pytest runs what a project tests of itself."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.running import run_peers

Project = Callable[..., Path]
QUIET = ("--", "-q", "-p", "no:cacheprovider")
TESTS = """
import pytest

def test_a(peers_package):
    assert peers_package().html("plain") == "plain"

def test_b():
    assert {right}

@pytest.mark.skip
def test_c():
    pass
"""


def with_tests(project: Project, right: bool) -> Path:
    return project({"tests/test_plain.py": TESTS.format(right=right)})


def test_good_tests_exit_with_0(project: Project) -> None:
    ran = run_peers("test", with_tests(project, True), *QUIET)
    assert ran.code == 0, ran.out
    assert "2 passed, 1 skipped" in ran.out
    assert ran.out.splitlines()[-1].startswith("2 of 3 passed in ")


def test_a_test_that_fails_exits_with_1_and_is_counted(project: Project) -> None:
    ran = run_peers("test", "--json", *QUIET, cwd=with_tests(project, False))
    assert ran.code == 1
    data = ran.document["data"]
    counted = (data["ran"], data["failed"], data["broken"], data["skipped"])
    assert counted == (3, 1, 0, 1)
    assert "assert False" in ran.err  # what pytest says does not touch the document


def test_words_after_the_dashes_go_to_pytest(project: Project) -> None:
    ran = run_peers("test", with_tests(project, False), "--json", *QUIET, "-k", "test_a")
    assert (ran.code, ran.document["data"]["ran"]) == (0, 1)


def test_a_project_without_tests_exits_with_1(project: Project) -> None:
    folder = project()
    ran = run_peers("test", folder, *QUIET)
    assert ran.code == 1
    assert ran.out.splitlines()[-1] == f"there are no tests in {folder}"


MISTAKES = {
    "test nothing": "P0101",
    "test .": "P0101",
    "test plain-project -- --no-such-option": "P0901",
    "test plain-project -- --junit-xml=mine.xml": "P0901",
}


@pytest.mark.parametrize("words", MISTAKES)
def test_a_mistake_has_one_coded_answer(words: str, project: Project, tmp_path: Path) -> None:
    project()
    before, *dashes = words.split(" -- ")
    ran = run_peers(*before.split(), "--json", *(["--", *dashes] if dashes else []), cwd=tmp_path)
    assert (ran.code, ran.error["code"]) == (2, MISTAKES[words])
    assert ran.error["hint"]
