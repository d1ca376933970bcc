"""Files of a working copy are replaced and removed together, or stay as they are, whatever fails."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from peers_runtime import ProjectNotWritable
from peers_runtime.projects import rewriting
from peers_runtime.projects.working_copy import WorkingCopy
from tests.snapshots.parts import PYPROJECT

CHANGES: dict[str, bytes | None] = {
    "notes/a.py": b"a = 2\n",
    "notes/gone.py": None,
    "notes/deep/er/gone.py": None,
    "notes/new/er/b.py": b"b = 1\n",
}


def project(folder: Path) -> Path:
    for path in ("notes/__init__.py", "notes/a.py", "notes/gone.py", "notes/deep/er/gone.py"):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text("")
    (folder / "notes" / "package.py").write_text("")
    (folder / "pyproject.toml").write_text(PYPROJECT)
    return folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return project(tmp_path / "project")


def everything(folder: Path) -> dict[str, tuple[bytes, int] | None]:
    """Content and mode of each file; None for a folder."""
    return {
        str(path.relative_to(folder)): None if path.is_dir() else (path.read_bytes(), path.stat().st_mode)
        for path in folder.rglob("*")
    }


def seen(folder: Path) -> dict[str, bytes]:
    """The package's files as a look at the working copy counts them."""
    return {
        path: found[0]
        for path, found in everything(folder / "notes").items()
        if found is not None and not path.rpartition("/")[2].startswith(".")
    }


AFTER = {"__init__.py": b"", "package.py": b"", "a.py": b"a = 2\n", "new/er/b.py": b"b = 1\n"}


def test_files_are_replaced_removed_and_made(folder: Path) -> None:
    rewriting.put(str(folder), CHANGES)
    assert seen(folder) == AFTER
    assert len(everything(folder)) == len(AFTER) + len(("pyproject.toml", "notes", "new", "er"))
    assert not (folder / "notes" / "deep").exists()


def test_a_file_keeps_its_mode_whatever_the_umask(folder: Path) -> None:
    path = folder / "notes" / "a.py"
    path.chmod(0o777)
    before = os.umask(0o077)
    try:
        rewriting.put(str(folder), CHANGES)
    finally:
        os.umask(before)
    assert path.stat().st_mode & 0o777 == 0o777


CALLS = ("link", "replace", "unlink", "write", "fsync", "mkdir", "chmod")


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[int, type[BaseException]], list[str]]]:
    """The n-th call of the system from here on fails; answers with the names of the calls until then."""

    def fail_at(number: int, fault: type[BaseException]) -> list[str]:
        made: list[str] = []

        def counted(name: str, real: Callable[..., Any]) -> Callable[..., Any]:
            def call(*words: Any, **more: Any) -> Any:
                made.append(name)
                if len(made) == number:
                    raise fault(errno.ENOSPC, os.strerror(errno.ENOSPC))
                return real(*words, **more)

            return call

        for name in CALLS:
            monkeypatch.setattr(os, name, counted(name, getattr(os, name)))
        return made

    yield fail_at
    monkeypatch.undo()


@pytest.mark.parametrize("fault", [OSError, KeyboardInterrupt])
def test_whatever_call_fails_all_is_changed_or_nothing(
    tmp_path: Path, failing: Any, monkeypatch: pytest.MonkeyPatch, fault: type[BaseException]
) -> None:
    undone = set[str]()
    for number in range(1, 100):
        folder = project(tmp_path / str(number))
        before = everything(folder)
        made, raised = failing(number, fault), None
        try:
            rewriting.put(str(folder), CHANGES)
        except (ProjectNotWritable, KeyboardInterrupt) as error:
            raised = error
        monkeypatch.undo()
        if len(made) < number:
            assert seen(folder) == AFTER
            break
        if everything(folder) == before:
            undone.add(made[number - 1])
            assert raised is not None
        else:  # a link that could not be made is a copy, and what was kept meanwhile is hidden
            assert seen(folder) == AFTER
            assert not isinstance(raised, ProjectNotWritable)
    else:
        pytest.fail("it never came to an end")
    assert undone >= {"replace", "unlink", "write", "fsync", "mkdir", "chmod"}


def test_who_may_not_write_there_is_told_so(folder: Path, failing: Any) -> None:
    failing(1, OSError)
    with pytest.raises(ProjectNotWritable, match="nothing was changed") as caught:
        rewriting.put(str(folder), CHANGES)
    assert caught.value.hint


def test_where_there_are_no_hard_links_it_works_as_well(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_links(*_: Any) -> None:
        raise OSError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr(os, "link", no_links)
    before = everything(folder)
    with pytest.raises(ProjectNotWritable):
        rewriting.put(str(folder), {**CHANGES, "notes/__init__.py/below.py": b""})
    assert everything(folder) == before
    rewriting.put(str(folder), CHANGES)
    assert seen(folder) == AFTER


def test_a_look_meanwhile_sees_no_temporary_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copy, looks, real = WorkingCopy(folder), list[set[str]](), os.replace

    def looking(*words: Any) -> None:
        looks.append({os.path.relpath(path, folder) for path in copy.look()})
        real(*words)

    monkeypatch.setattr(os, "replace", looking)
    copy.read()
    rewriting.put(str(folder), CHANGES)
    known = {*CHANGES, "pyproject.toml", *(f"notes/{path}" for path in AFTER)}
    assert looks
    assert all(paths <= known for paths in looks)


def test_paths_at_which_links_lead_away_or_arrive_are_told(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "c.py").write_text("")
    (folder / "notes" / "away").symlink_to(tmp_path / "elsewhere")
    (folder / "notes" / "again").symlink_to("deep")
    (folder / "notes" / "b.py").symlink_to("a.py")
    paths = ["notes/__init__.py", "notes/a.py", "notes/b.py", "notes/gone.py", "notes/away/c.py"]
    paths += ["notes/away/new.py", "notes/deep/er/gone.py", "notes/deep/new.py", "notes/again/new.py"]
    found = rewriting.linked(str(folder), str(folder), "notes", paths)
    assert set(paths) - set(found) == {"notes/__init__.py", "notes/gone.py"}
