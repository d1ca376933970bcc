"""pyproject.toml is changed where it must be and nowhere else; both files are written, or neither."""

from __future__ import annotations

from pathlib import Path

import pytest

from peers_runtime.base import errors
from peers_runtime.projects import project_files
from peers_runtime.snapshots import disk

PYPROJECT = """\
# The author's own words.
[project]
name = "notes"   # oddly spaced
version = "1.0.0"
dependencies = []

[project.entry-points."peers.packages"]
notes = "notes.package:package"
"""
PRIVATE = """
[tool.peers]
private = [
    "one>=1",  # why one
    "Two_Parts",
]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "pyproject.toml").write_text(PYPROJECT)
    return tmp_path


def changed(folder: Path, before: str, *added: str, gone: tuple[str, ...] = ()) -> str:
    (folder / "pyproject.toml").write_text(before)
    files = project_files.read(folder).with_private(added).without_private(gone)
    return files.pyproject.decode()


def test_a_requirement_is_added_to_what_there_is(folder: Path) -> None:
    assert changed(folder, PYPROJECT, "one>=1") == PYPROJECT + '\n[tool.peers]\nprivate = ["one>=1"]\n'
    other = PYPROJECT + "\n[tool.peers]\nbudget_ms = 5\n\n[tool.other]\nx = 1\n"
    after = changed(folder, other, "one>=1")
    assert after == other.replace("budget_ms = 5\n", 'budget_ms = 5\nprivate = ["one>=1"]\n')


def test_a_requirement_takes_the_place_of_one_of_the_same_distribution(folder: Path) -> None:
    before = PYPROJECT + PRIVATE
    assert changed(folder, before, "two-parts>2") == before.replace("Two_Parts", "two-parts>2")
    assert changed(folder, before, "ONE") == before.replace('"one>=1"', '"ONE"')


def test_removing_leaves_the_rest(folder: Path) -> None:
    after = changed(folder, PYPROJECT + PRIVATE, gone=("two-parts",))
    assert '"one>=1",  # why one' in after
    assert "Two_Parts" not in after
    assert project_files.read(folder).without_private(["one", "two_parts"]).requires.private == ()


def test_what_is_asked_for_follows_the_file(folder: Path) -> None:
    files = project_files.read(folder)
    assert files.requires.private == ()
    assert files.with_private(["b", "A>1.0"]).requires.private == ("a>1", "b")


def test_both_files_are_written_through_links_and_keep_their_modes(folder: Path, tmp_path: Path) -> None:
    real = tmp_path / "real.toml"
    (folder / "pyproject.toml").rename(real)
    real.chmod(0o640)
    (folder / "pyproject.toml").symlink_to(real)
    project_files.read(folder).with_private(["one"]).write("locked\n")
    assert (folder / "pyproject.toml").is_symlink()
    assert "one" in real.read_text()
    assert real.stat().st_mode & 0o777 == 0o640
    assert (folder / "peers.lock").read_text() == "locked\n"
    project_files.read(folder).without_private(["one"]).write(None)
    assert not (folder / "peers.lock").exists()


@pytest.mark.parametrize("before", [None, "old\n"])
def test_when_one_cannot_be_written_neither_is(
    folder: Path, before: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    if before is not None:
        (folder / "peers.lock").write_text(before)
    write = disk.replace

    def full(path: str, data: bytes) -> None:
        if path.endswith("pyproject.toml"):
            raise OSError(28, "No space left on device", path)
        write(path, data)

    monkeypatch.setattr(disk, "replace", full)
    with pytest.raises(errors.ProjectNotWritable, match=r"pyproject\.toml cannot be written: No space left"):
        project_files.read(folder).with_private(["one"]).write("new\n")
    lock = folder / "peers.lock"
    assert (lock.read_text() if lock.exists() else None) == before
    assert (folder / "pyproject.toml").read_text() == PYPROJECT
    assert sorted(path.name for path in folder.iterdir()) == sorted(
        ["pyproject.toml", *(["peers.lock"] if before else [])]
    )


def test_a_folder_without_pyproject_is_no_project(tmp_path: Path) -> None:
    with pytest.raises(errors.NoPackageThere, match=r"there is no pyproject\.toml"):
        project_files.read(tmp_path)
