"""`peers pack`: what it says to people and programs, and how it fails."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.running import SAMPLES, Ran, run_peers

Peers = Callable[..., Ran]
Project = Callable[..., Path]
WHEEL = "notes-2.0.0-py3-none-any.whl"


def test_a_project_is_packed_where_one_is_and_listed(peers: Peers, tmp_path: Path) -> None:
    ran = peers("pack", SAMPLES / "notes-2", cwd=tmp_path)
    assert (ran.code, ran.err) == (0, "")
    head, wheel, snapshot, files, *rest = ran.out.splitlines()
    digest = hashlib.sha256((tmp_path / WHEEL).read_bytes()).hexdigest()
    assert head == f"packed notes 2.0.0: {tmp_path / WHEEL}"
    assert wheel == f"wheel     {digest}, {(tmp_path / WHEEL).stat().st_size} bytes"
    assert files.startswith("files     19, ")
    for part in ("Routes", "UIs", "Tools", "Tables", "Hooks", "notes/search", "add_note"):
        assert any(part in line for line in rest)
    listed = peers("pack", "--list", WHEEL, cwd=tmp_path)
    assert listed.out.splitlines()[:3] == [f"notes 2.0.0: {WHEEL}", wheel, snapshot]
    assert "notes-2.0.0.dist-info/peers.json" in listed.out


def test_without_a_path_the_folder_that_one_is_in_is_packed(peers: Peers, project: Project) -> None:
    folder = project()
    assert peers("pack", cwd=folder).code == 0
    assert (folder / "plain-1.0.0-py3-none-any.whl").is_file()


def test_what_was_packed_installs_as_the_same_snapshot(peers: Peers, tmp_path: Path) -> None:
    packed = peers("pack", SAMPLES / "notes-2", "--out", tmp_path / "dist", "--json").data
    assert packed["written"] is True
    installed = peers("install", packed["path"], "--json").data
    (from_folder,) = peers("versions", "notes", "-c", "globex", "--json").data
    expected = packed["wheel"]["manifest"]["id"]
    assert installed["snapshotDigest"] == from_folder["snapshotDigest"] == expected


def test_a_dry_run_is_the_same_answer_and_writes_nothing(peers: Peers, tmp_path: Path) -> None:
    words = ("pack", SAMPLES / "notes-2", "--out", tmp_path / "dist")
    dry = peers(*words, "--dry-run", "--json").data
    text = peers(*words, "--dry-run").out
    assert not (tmp_path / "dist").exists()
    assert text.startswith(f"would pack notes 2.0.0: {tmp_path / 'dist' / WHEEL}\n")
    assert text.endswith("\nnothing was written: this was a dry run\n")
    assert peers(*words, "--json").data == {**dry, "written": True}
    again = peers(*words, "-c", "acme")
    assert again.out.startswith("had packed already notes 2.0.0: ")
    assert peers(*words).code == 4


def test_what_becomes_of_components_is_shown(peers: Peers, tmp_path: Path) -> None:
    peers("pack", SAMPLES / "notes-1", "--out", tmp_path)
    shown = peers("pack", SAMPLES / "notes-2", "--out", tmp_path, "--dry-run").out.splitlines()
    start = shown.index("Components")
    assert [line.split() for line in shown[start + 1 : start + 6]] == [
        ["NAME", "TYPE", "WAS", "NUMBER"],
        ["Home", "view", "modified", "1", "→", "2"],
        ["Note", "view", "modified", "1", "→", "2"],
        ["Search", "view", "draft", "–", "→", "1"],
        ["Tag", "view", "draft", "–", "→", "1"],
    ]
    data = peers("pack", SAMPLES / "notes-2", "--out", tmp_path, "--json").data
    numbers = {one["name"]: one["version"] for one in data["wheel"]["manifest"]["components"]}
    assert numbers == {"Home": 2, "Note": 2, "Search": 1, "Tag": 1}
    changes, statuses = data["componentChanges"], data["statusChanges"]
    assert (len(changes["added"]), len(changes["updated"]), changes["deleted"]) == (2, 2, [])
    assert (changes["added"], changes["updated"]) == (statuses["draft"], statuses["modified"])
    assert statuses["published"] == []
    assert data["versionIncrements"] == {
        **{each: {"from": 1, "to": 2} for each in statuses["modified"]},
        **{each: {"to": 1} for each in statuses["draft"]},
    }


def test_numbers_go_on_from_a_wheel(peers: Peers, tmp_path: Path) -> None:
    first = peers("pack", SAMPLES / "notes-1", "--out", tmp_path, "--json").data["path"]
    words = ("pack", SAMPLES / "notes-2", "-c", "acme", "--dry-run", "--json")
    assert "previous" not in peers(*words).data
    data = peers(*words, "--previous", first).data
    assert data["previous"] == "1.0.0"
    assert {one["to"] for one in data["versionIncrements"].values()} == {1, 2}


def test_what_changed_since_the_release_is_shown(peers: Peers, project: Project) -> None:
    folder = project()
    assert peers("install", folder, "-c", "acme").code == 0
    assert peers("promote", "plain", "1.0.0", "--to", "stable", "-c", "acme").code == 0
    for path, old, new in (
        ("pyproject.toml", "1.0.0", "1.0.1"),
        ("plain/routes.py", 'path="plain"', 'path="simple"'),
    ):
        text = (folder / path).read_text()
        (folder / path).write_text(text.replace(old, new))
    (folder / "plain" / ".env").write_text("")
    shown = peers("pack", folder, "-c", "acme", "--dry-run").out
    for line in (
        "Since 1.0.0",
        "WHAT   NAME    CHANGE",
        "route  plain   removed",
        "route  simple  added",
        "Files: 1 changed",
        "suggested: major, 2.0.0 or above",
        "  the route plain is gone",
        "warning: plain/.env is left out: it is hidden, compiled, left by an editor or no file",
        "warning: 1.0.1 is below 2.0.0, which the changes call for",
    ):
        assert line in shown.splitlines()
    data = peers("pack", folder, "-c", "acme", "--dry-run", "--json").data
    assert data["previous"] == "1.0.0"
    assert data["suggestion"]["bump"] == "major"
    (gone,) = [one for one in data["changes"] if one["name"] == "plain"]
    assert (gone["kind"], gone["change"]) == ("route", "removed")


def test_a_version_is_given_where_the_project_leaves_it_open(peers: Peers, project: Project) -> None:
    folder = project(pyproject=('version = "1.0.0"', 'dynamic = ["version"]'))
    assert peers("pack", folder, "--dry-run", "--json").error["code"] == "P0401"
    assert peers("pack", folder, "--version", "1.2.0-rc.1", cwd=folder).code == 0
    assert (folder / "plain-1.2.0rc1-py3-none-any.whl").is_file()


MISTAKES = {
    "pack nothing": (2, "P0101"),
    "pack .": (2, "P0101"),
    "pack plain-project --version 1.2": (1, "P0401"),
    "pack plain-project --version 2.0.0": (1, "P0401"),
    "pack plain-project/pyproject.toml": (2, "P0101"),
    "pack plain-project --out plain-project/pyproject.toml": (1, "P0609"),
    "pack plain-project -c nowhere": (2, "P0403"),
    "pack plain-project --out taken": (4, "P0606"),
    "pack plain-project --previous plain@0.9.0": (2, "P0405"),
    "pack plain-project --previous nothing.whl": (2, "P0101"),
    "pack plain-project --previous other@1.0.0": (2, "P0901"),
    "pack --list nothing": (2, "P0101"),
    "pack --list plain-project": (2, "P0101"),
    "pack --list plain-project/pyproject.toml": (1, "P0702"),
    "pack --list plain.whl --dry-run": (2, "P0901"),
    "pack --list plain.whl --previous plain.whl": (2, "P0901"),
    "pack plain-project more": (2, "P0901"),
}


@pytest.mark.parametrize("words", MISTAKES)
def test_a_mistake_has_one_coded_answer_and_writes_nothing(
    peers: Peers, project: Project, tmp_path: Path, words: str
) -> None:
    project()
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "plain-1.0.0-py3-none-any.whl").write_bytes(b"another")
    before = {path for path in tmp_path.rglob("*") if not path.is_relative_to(tmp_path / "home")}
    ran = peers(*words.split(), "--json", cwd=tmp_path)
    code, expected = MISTAKES[words]
    assert (ran.code, ran.error["code"]) == (code, expected)
    assert ran.error["hint"]
    after = {path for path in tmp_path.rglob("*") if not path.is_relative_to(tmp_path / "home")}
    assert after == before
    assert (tmp_path / "taken" / "plain-1.0.0-py3-none-any.whl").read_bytes() == b"another"


def test_looking_into_a_wheel_needs_no_home(peers: Peers, tmp_path: Path) -> None:
    peers("pack", SAMPLES / "themes", "--out", tmp_path)
    listed = run_peers("--home", tmp_path / "none", "pack", "--list", *tmp_path.glob("*.whl"), "--json").data
    assert listed["manifest"]["name"] == "themes"
    assert not (tmp_path / "none").exists()
