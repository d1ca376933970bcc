"""`peers component`: what it says to people and programs, and how it fails."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.running import SAMPLES, Ran

Peers = Callable[..., Ran]


def test_the_components_of_a_project_are_listed(peers: Peers, tmp_path: Path) -> None:
    assert [line.split()[:4] for line in peers("component", cwd=SAMPLES / "notes-1").out.splitlines()] == [
        ["NAME", "TYPE", "STATUS", "NUMBER"],
        ["Home", "view", "draft", "–"],
        ["Note", "view", "draft", "–"],
    ]
    peers("pack", SAMPLES / "notes-1", "--out", tmp_path)
    listed = peers("component", "list", SAMPLES / "notes-2", "--json").data
    assert [(one["name"], one["status"], one.get("number")) for one in listed] == [
        ("Home", "modified", 1),
        ("Note", "modified", 1),
        ("Search", "draft", None),
        ("Tag", "draft", None),
    ]


def test_what_was_published_of_a_component_is_listed(peers: Peers, tmp_path: Path) -> None:
    for sample in ("notes-1", "notes-2"):
        peers("pack", SAMPLES / sample, "--out", tmp_path)
    shown = peers("component", "history", "Note").out.splitlines()
    assert shown[0].split() == ["NUMBER", "NAME", "PACKAGE", "CONTENT", "BY", "AT"]
    assert [line.split()[:3] for line in shown[1:]] == [["1", "Note", "1.0.0"], ["2", "Note", "2.0.0"]]
    data = peers("component", "history", "notes.Note", "--json").data
    assert [(one["number"], one["version"]) for one in data] == [(1, "1.0.0"), (2, "2.0.0")]


@pytest.mark.parametrize(
    ("words", "code"),
    [("history Nothing", "P0619"), ("list nothing", "P0101"), ("lst", "P0901"), ("history", "P0901")],
)
def test_a_mistake_has_one_coded_answer(peers: Peers, tmp_path: Path, words: str, code: str) -> None:
    ran = peers("component", *words.split(), "--json", cwd=tmp_path)
    assert (ran.code, ran.error["code"]) == (2, code)
    assert ran.error["hint"]
