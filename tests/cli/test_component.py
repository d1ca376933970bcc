"""`peers component`: what it says to people and programs, and how it fails."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from tests.cli.running import SAMPLES, Ran, run_peers

Peers = Callable[..., Ran]


@pytest.fixture(scope="module")
def packed_home(prepared_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The prepared home, in which notes 2.0.0 was packed after 1.0.0."""
    folder = tmp_path_factory.mktemp("packed")
    home = shutil.copytree(prepared_home, folder / "home")
    for sample in ("notes-1", "notes-2"):
        ran = run_peers("--home", home, "pack", SAMPLES / sample, "--out", folder)
        assert ran.code == 0, ran.err
    return home


@pytest.fixture
def packed(packed_home: Path, tmp_path: Path) -> Peers:
    """`peers` in a copy of the packed home."""
    return partial(run_peers, "--home", shutil.copytree(packed_home, tmp_path / "packed"))


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


def test_what_was_published_of_a_component_is_listed(packed: Peers) -> None:
    shown = packed("component", "history", "Note").out.splitlines()
    assert shown[0].split() == ["NUMBER", "NAME", "PACKAGE", "CONTENT", "BY", "AT"]
    assert [line.split()[:3] for line in shown[1:]] == [["1", "Note", "1.0.0"], ["2", "Note", "2.0.0"]]
    data = packed("component", "history", "notes.Note", "--json").data
    assert [(one["number"], one["version"]) for one in data] == [(1, "1.0.0"), (2, "2.0.0")]


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    """The folder of notes 2.0.0, with an edited screen."""
    folder = tmp_path / "notes"
    shutil.copytree(SAMPLES / "notes-2", folder)
    screen = folder / "src" / "notes" / "ui" / "note.py"
    screen.write_text(screen.read_text() + "# edited\n")
    return folder


def test_the_components_of_a_version_are_listed(packed: Peers, notes: Path) -> None:
    shown = packed("component", "list", "--version", "1.0.0", cwd=notes).out.splitlines()
    assert [line.split()[:4] for line in shown[1:]] == [
        ["Home", "view", "published", "1"],
        ["Note", "view", "published", "1"],
    ]
    listed = packed("component", "list", notes, "--version", "2.0.0", "--json").data
    assert [(one["name"], one["number"]) for one in listed] == [
        ("Home", 2),
        ("Note", 2),
        ("Search", 1),
        ("Tag", 1),
    ]


def test_what_was_changed_of_a_component_is_discarded(packed: Peers, notes: Path) -> None:
    words = ("component", "discard", "Note")
    assert packed(*words, notes, "--dry-run").out.splitlines() == [
        "Note would go back to 2, of package version 2.0.0: published",
        "  written  notes/ui/note.py",
        "nothing was written: this was a dry run",
    ]
    data = packed(*words, "--json", cwd=notes).data
    assert data["restored"] == ["notes/ui/note.py"]
    assert (data["status"], data["number"], data["version"]) == ("published", 2, "2.0.0")
    assert (data["written"], data["project"]) == (True, str(notes))
    assert packed(*words, notes).out.splitlines()[1:] == ["  no file changes"]


@pytest.mark.parametrize("number", [["1"], []])
def test_a_component_is_rolled_back(packed: Peers, notes: Path, number: list[str]) -> None:
    shown = packed("component", "rollback", "Note", *number, notes).out.splitlines()
    assert shown[:2] == [
        "Note went back to 1, of package version 1.0.0: modified",
        "  written  notes/ui/note.py",
    ]
    assert "  differs  notes/page.py" in shown
    assert [line.partition(":")[0] for line in shown if line.startswith("note:")] == ["note", "note"]
    text = (notes / "src" / "notes" / "ui" / "note.py").read_bytes()
    assert text == (SAMPLES / "notes-1" / "notes" / "ui" / "note.py").read_bytes()
    rolled = packed("component", "rollback", "Note", *number, "--json", cwd=notes).data
    assert "restored" not in rolled or not rolled["restored"]


REFUSED = {
    "rollback Note 7": "P0625",
    "rollback Search": "P0624",
    "discard Nothing": "P0619",
    "rollback Note nowhere": "P0101",
    "rollback Note one .": "P0901",
    f"rollback Note {'9' * 5000} .": "P0901",
    "rollback": "P0901",
    "discard": "P0901",
    "list --version 7.0.0": "P0405",
}


def test_what_is_not_to_be_had_has_one_coded_answer(
    peers_here: Peers, packed_home: Path, notes: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(notes)
    for words, code in REFUSED.items():
        ran = peers_here("--home", packed_home, "component", *words.split(), "--json")
        assert (words, ran.code, ran.error["code"]) == (words, 2, code)
        assert ran.error["hint"]


@pytest.mark.parametrize(
    ("words", "code"),
    [("history Nothing", "P0619"), ("list nothing", "P0101"), ("lst", "P0901"), ("history", "P0901")],
)
def test_a_mistake_has_one_coded_answer(peers: Peers, tmp_path: Path, words: str, code: str) -> None:
    ran = peers("component", *words.split(), "--json", cwd=tmp_path)
    assert (ran.code, ran.error["code"]) == (2, code)
    assert ran.error["hint"]
