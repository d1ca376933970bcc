"""A project's folder, read again and again: always one whole state of it, at the cost of what has changed."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peers_runtime.base import errors
from peers_runtime.projects import working_copy
from peers_runtime.projects.working_copy import WorkingCopy
from peers_runtime.snapshots import blobs, layout
from peers_runtime.snapshots.draft import Draft
from tests.projects.conftest import Project
from tests.snapshots.parts import FILES, PYPROJECT, write_files


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files that a working copy reads, by name."""
    names: list[str] = []
    read = WorkingCopy._bytes

    def note(self: WorkingCopy, entry: Any) -> Any:
        known = self._known.get(entry.path)
        found = read(self, entry)
        if found is not known:
            names.append(os.path.basename(entry.path))
        return found

    monkeypatch.setattr(WorkingCopy, "_bytes", note)
    return names


def test_only_what_looks_different_is_read_again(
    project: Project, opened: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(working_copy, "_TICK_NS", -1)  # as if the last save were long ago
    folder = project()
    copy = WorkingCopy(folder)
    first = copy.read()
    opened.clear()
    assert copy.read() == first
    assert opened == []
    (folder / "src/notes/store.py").write_text("changed = True\n")
    assert copy.read().files["notes/store.py"] == b"changed = True\n"
    assert opened == ["store.py"]


def test_a_file_saved_a_moment_ago_is_read_again_although_it_looks_the_same(project: Project) -> None:
    folder = project()
    copy = WorkingCopy(folder)
    copy.read()
    target = folder / "src/notes/store.py"
    status = target.stat()
    target.write_bytes(FILES["notes/store.py"].replace(b"d", b"D"))
    os.utime(target, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert target.stat().st_size == status.st_size
    assert copy.read().files["notes/store.py"] == target.read_bytes()


def test_digests_and_modules_are_those_of_the_files(project: Project) -> None:
    folder = project()
    copy = WorkingCopy(folder)
    for change in (lambda: None, lambda: (folder / "src/notes/new.py").write_text("x = 1\n")):
        change()
        source = copy.read()
        assert source.digests == {path: blobs.digest_of(data) for path, data in source.files.items()}
        assert source.modules == layout.modules(source.files)


def test_who_is_told_what_changed_looks_at_nothing_else(
    project: Project, opened: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = project()
    copy = WorkingCopy(folder)
    copy.read()
    (folder / "src/notes/store.py").write_text("changed = True\n")
    monkeypatch.setattr(WorkingCopy, "_survey", lambda *_: pytest.fail("looked at everything"))
    opened.clear()
    source = copy.read([str(folder / "src/notes/store.py")])
    assert source.files == {**FILES, "notes/store.py": b"changed = True\n"}
    assert opened == ["store.py"]


def test_what_a_reading_that_failed_was_told_is_found_by_the_next(project: Project) -> None:
    folder = project()
    copy = WorkingCopy(folder)
    copy.read()
    store, pyproject = folder / "src/notes/store.py", folder / "pyproject.toml"
    store.write_text("changed = True\n")
    good = pyproject.read_text()
    pyproject.write_text("[project")
    with pytest.raises(errors.InvalidDefinition):
        copy.read([str(store), str(pyproject)])
    pyproject.write_text(good)
    assert copy.read([str(pyproject)]).files["notes/store.py"] == b"changed = True\n"


def test_a_file_that_changes_while_it_is_read_is_read_again(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = project()
    target = folder / "src/notes/store.py"
    survey = WorkingCopy._survey
    left = [3]

    def meddle(self: WorkingCopy, name: str) -> Any:
        found = survey(self, name)
        if left[0]:
            left[0] -= 1
            target.write_text(f"left = {left[0]}\n")
        return found

    monkeypatch.setattr(WorkingCopy, "_survey", meddle)
    assert WorkingCopy(folder).read().files["notes/store.py"] == b"left = 0\n"


def test_a_folder_that_never_comes_to_rest_is_an_error(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = project()
    survey = WorkingCopy._survey
    times = iter(range(1000))

    def meddle(self: WorkingCopy, name: str) -> Any:
        found = survey(self, name)
        (folder / "src/notes/store.py").write_text(f"time = {next(times)}\n")
        return found

    monkeypatch.setattr(WorkingCopy, "_survey", meddle)
    with pytest.raises(errors.StillChanging, match="keeps changing"):
        WorkingCopy(folder).read()


def test_only_states_that_there_were_are_read(project: Project) -> None:
    """`one` is saved before `two`: there never is a moment at which `two` is ahead, or two behind."""
    folder = project()
    package = folder / "src" / "notes"
    (package / "one.txt").write_text("0")
    (package / "two.txt").write_text("0")
    copy = WorkingCopy(folder)
    stop = threading.Event()

    def save() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            for name in ("one.txt", "two.txt"):
                (folder / name).write_text(str(number))
                os.replace(folder / name, package / name)
                stop.wait(0.002)

    thread = threading.Thread(target=save)
    thread.start()
    read = 0
    try:
        for _ in range(300):
            try:
                source = copy.read()
            except errors.StillChanging:
                continue
            read += 1
            assert int(source.files["notes/one.txt"]) - int(source.files["notes/two.txt"]) in {0, 1}
    finally:
        stop.set()
        thread.join()
    assert read > 10


def test_links_are_followed_and_their_targets_watched(project: Project, tmp_path: Path) -> None:
    folder = project()
    write_files(tmp_path / "elsewhere", {"shared.py": b"x = 1\n", "inner/deep.py": b"y = 1\n"})
    package = folder / "src" / "notes"
    (tmp_path / "hop").mkdir()
    (tmp_path / "hop" / "link").symlink_to(tmp_path / "elsewhere" / "shared.py")
    (package / "linked.py").symlink_to(tmp_path / "hop" / "link")
    (package / "tree").symlink_to(tmp_path / "elsewhere" / "inner")
    copy = WorkingCopy(folder)
    source = copy.read()
    assert source.files["notes/linked.py"] == b"x = 1\n"
    assert source.files["notes/tree/deep.py"] == b"y = 1\n"
    folders = copy.folders()
    assert folders.deep == {str(package), str(tmp_path / "elsewhere" / "inner")}
    assert {str(tmp_path / "elsewhere"), str(tmp_path / "hop"), str(folder)} <= folders.flat
    for path in ("elsewhere/shared.py", "hop/link", "elsewhere/inner/deep.py"):
        assert copy.holds(str(tmp_path / path)), path
    assert not copy.holds(str(tmp_path / "elsewhere" / "other.py"))


@pytest.mark.parametrize(
    ("path", "holds"),
    [
        ("pyproject.toml", True),
        ("README.md", False),
        ("src/notes/store.py", True),
        ("src/notes/new/module.py", True),
        ("src/notes/assets/logo.svg", True),
        ("src/notes", True),
        ("src/notes/__pycache__", False),
        ("src/notes/__pycache__/store.cpython-311.pyc", False),
        ("src/notes/store.py~", False),
        ("src/notes/.store.py.swp", False),
        ("src/notes/.git/HEAD", False),
        ("src/other/module.py", False),
        (".venv/lib/notes.py", False),
    ],
)
def test_only_what_belongs_to_the_package_matters(project: Project, path: str, holds: bool) -> None:
    folder = project()
    copy = WorkingCopy(folder)
    copy.read()
    assert copy.holds(str(folder / path)) is holds


def test_a_look_names_every_file_by_its_place_time_size_and_inode(project: Project) -> None:
    folder = project()
    copy = WorkingCopy(folder)
    copy.read()
    expected = {folder / "pyproject.toml", *(folder / "src" / path for path in FILES)}
    assert copy.look() == {
        str(path): (path.stat().st_mtime_ns, path.stat().st_size, path.stat().st_ino) for path in expected
    }


def test_who_only_looks_is_not_told_of_what_is_wrong(project: Project) -> None:
    folder = project()
    copy = WorkingCopy(folder)
    copy.read()
    seen = copy.look()
    shutil.copytree(folder / "src" / "notes", folder / "notes")
    with pytest.raises(errors.InvalidDefinition, match="also under src"):
        copy.read()
    assert copy.look() == seen
    assert copy.folders().deep
    shutil.rmtree(folder / "src")
    assert copy.read().package_folder == str(folder)


CHANGES: dict[str, Callable[[Path], object]] = {
    "a module": lambda package: (package / "store.py").write_text("x = 2\n"),
    "a new module": lambda package: (package / "new.py").write_text("x = 3\n"),
    "one less": lambda package: (package / "store.py").unlink(missing_ok=True),
    "a new folder": lambda package: write_files(package, {"deep/er/one.py": b"x = 4\n"}),
    "a touched file": lambda package: (package / "__init__.py").touch(),
    "a renamed file": lambda package: (
        (package / "package.py").replace(package / "moved.py")
        if (package / "package.py").exists() and (package / "moved.py").exists()
        else None
    ),
    "the version": lambda package: _bump(package.parents[1] / "pyproject.toml"),
}


def _bump(pyproject: Path) -> None:
    pyproject.write_text(pyproject.read_text().replace('version = "1.', 'version = "11.'))


@settings(deadline=None, max_examples=30)
@given(st.lists(st.sampled_from(sorted(CHANGES)), max_size=8))
def test_reading_again_is_reading_afresh(tmp_path_factory: pytest.TempPathFactory, acts: list[str]) -> None:
    folder = tmp_path_factory.mktemp("copy")
    (folder / "pyproject.toml").write_text(PYPROJECT)
    write_files(folder / "src", FILES)
    copy, told = WorkingCopy(folder), WorkingCopy(folder)
    copy.read()
    told.read()
    for act in acts:
        before = told.look()
        CHANGES[act](folder / "src" / "notes")
        after = told.look()
        changed = {path for path in {*before, *after} if before.get(path) != after.get(path)}
        assert copy.read() == told.read(changed) == WorkingCopy(folder).read()


def test_a_draft_of_one_is_read_in_its_own_folder(project: Project) -> None:
    folder = project()
    draft = Draft(WorkingCopy(folder).read())
    assert draft.folder(draft.digest) == str(folder / "src")
