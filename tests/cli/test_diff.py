"""`peers diff`: what it says to people and programs, and how it fails."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.running import SAMPLES, Ran

Peers = Callable[..., Ran]
Project = Callable[..., Path]


def test_what_differs_is_shown_with_what_it_calls_for(peers: Peers) -> None:
    ran = peers("diff", "notes@1.0.0", SAMPLES / "notes-2", "-c", "acme")
    assert (ran.code, ran.err) == (0, "")
    lines = ran.out.splitlines()
    assert lines[0].startswith("before  notes 1.0.0, snapshot ")
    assert lines[1].startswith("after   notes 2.0.0, snapshot ")
    for line in (
        "contract     Notes (version 1)       removed",
        "requirement  pluggy                  added",
        "Files: 9 added, 1 removed, 9 changed",
        "and 14 more",
        "suggested: major, 2.0.0 or above",
        "  the contract Notes (version 1) is gone",
    ):
        assert line in lines


def test_every_file_is_named_where_one_asks_for_all(peers: Peers) -> None:
    words = ("diff", "notes@1.0.0", SAMPLES / "notes-2", "-c", "acme")
    shown = peers(*words, "--files").out
    files = [one for one in peers(*words, "--json").data["changes"] if one["kind"] == "file"]
    assert len(files) == 19
    assert all(one["name"] in shown for one in files)
    assert "more" not in shown.splitlines()[-5]
    assert all("sizeBefore" in one or "sizeAfter" in one for one in files)


def test_nothing_differs_says_so(peers: Peers) -> None:
    ran = peers("diff", "notes@1.0.0", SAMPLES / "notes-1", "-c", "acme")
    assert ran.out.splitlines()[2:] == ["", "nothing differs"]
    data = peers("diff", "notes@1.0.0", SAMPLES / "notes-1", "-c", "acme", "--json").data
    assert data["changes"] == []
    assert data["before"] == data["after"]


def test_where_only_files_differ_that_is_said(peers: Peers, project: Project, tmp_path: Path) -> None:
    folder = project()
    assert peers("install", folder, "-c", "acme").code == 0
    (folder / "plain" / "more.py").write_text("one\n")
    lines = peers("diff", "plain@1.0.0", ".", "-c", "acme", cwd=folder).out.splitlines()
    assert lines[3:] == [
        "only files differ",
        "",
        "Files: 1 added",
        "PATH           CHANGE  BYTES BEFORE  BYTES AFTER",
        "plain/more.py  added   –             4",
        "",
        "suggested: patch, 1.0.1 or above",
        "  no contribution is gone or new, and nothing is newly required",
    ]


MISTAKES = {
    "diff notes@1.0.0": (2, "P0901"),
    "diff notes@1.0.0 themes": (2, "P0101"),
    "diff notes@1.0.0 notes@9.9.9": (2, "P0405"),
    "diff notes@1.0.0 note@1.0.0": (2, "P0404"),
    "diff notes@1.0.0 charts@1.0.0": (2, "P0616"),
    "diff notes@1.0.0 0123456789abcdef": (2, "P0405"),
    "diff notes@1.0.0 notes@1.0.0 -c nowhere": (2, "P0403"),
}


@pytest.mark.parametrize("words", MISTAKES)
def test_a_mistake_has_one_coded_answer(peers: Peers, words: str) -> None:
    ran = peers("-c", "acme", *words.split(), "--json")
    assert (ran.code, ran.error["code"]) == MISTAKES[words]
    assert ran.error["hint"]
