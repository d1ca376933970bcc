"""Names that are not UTF-8, of which the system's notices cannot tell, and what is no regular file."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from peers_runtime import Runtime
from peers_runtime.dev.changes import Changes, Settled
from tests.dev import savers
from tests.dev.loops import Loop
from tests.world import project as a_project
from tests.world import screen

Make = Callable[..., Changes]
BOTH_WAYS = pytest.mark.parametrize("polling", [False, True], ids=["told", "polling"])


def odd(folder: Path, name: bytes) -> Path:
    return folder / os.fsdecode(name)


def answer(changes: Changes) -> Settled:
    settled = changes.next(20)
    assert settled is not None, changes.waiting
    return settled


def test_a_log_whose_name_is_not_utf_8_does_not_trouble_the_watch(project: Path, changes_of: Make) -> None:
    changes = changes_of(project, look_every_s=60)
    for value in range(1, 11):
        with odd(project, b"\xff.log").open("a") as log:
            log.write("x")
        assert changes.next(0.1) is None
        assert changes.degraded is None
        path = project / "notes" / "module_0.py"
        path.write_text(savers.module(value))
        assert answer(changes).paths == {str(path)}
        assert changes.degraded is None


@pytest.mark.parametrize("kind", ["file", "folder"])
def test_what_is_saved_while_the_notices_begin_anew_is_not_missed(
    project: Path, changes_of: Make, kind: str
) -> None:
    changes = changes_of(project, look_every_s=60)
    path = project / "notes" / "module_0.py"
    for value in range(1, 31):
        hidden = odd(project / "notes", b".\xff%d" % value)
        if kind == "file":
            hidden.touch()
        else:
            hidden.mkdir()
        path.write_text(savers.module(value))
        assert answer(changes).paths == {str(path)}
        assert changes.degraded is None


def test_in_a_folder_whose_name_is_not_utf_8_files_are_looked_at(
    project: Path, changes_of: Make, tmp_path: Path
) -> None:
    target = odd(tmp_path, b"\xff") / "shared.py"
    target.parent.mkdir()
    target.write_text(savers.module(0))
    (project / "notes" / "shared.py").symlink_to(target)
    changes = changes_of(project)
    assert changes.degraded is not None
    assert "the name of a folder to watch is not UTF-8" in changes.degraded
    target.write_text(savers.module(1))
    assert answer(changes).paths == {str(project / "notes" / "shared.py")}


@BOTH_WAYS
def test_a_pipe_is_no_module(project: Path, changes_of: Make, polling: bool) -> None:
    peeked: list[str] = []
    changes = changes_of(project, polling=polling, peek=peeked.append)
    pipe, module, replaced = (project / "notes" / name for name in ("pipe.py", "module_0.py", "module_1.py"))
    os.mkfifo(pipe)
    assert changes.next(0.3) is None
    module.write_text(savers.module(1))
    assert answer(changes).paths == {str(module)}
    replaced.unlink()
    os.mkfifo(replaced)
    assert answer(changes).paths == {str(replaced)}  # for what reads the package, it is gone
    assert set(peeked) <= {str(module)}  # opening a pipe may never end


def test_beside_a_pipe_a_watch_goes_on_and_closes(tmp_path: Path) -> None:
    with Runtime.in_memory() as runtime:
        runtime.contexts.create("acme")
        loop = Loop(runtime, a_project(tmp_path / "project", files=screen("notes", "notes", "first")))
        os.mkfifo(loop.package / "pipe.py")
        loop.save("ui.py", "def home(props, ctx):\n    return 'second'\n")
        assert loop.shown() == "second"
        loop.watch.close()


def test_a_new_file_that_was_read_before_it_settled_is_told_when_it_goes(
    project: Path, changes_of: Make
) -> None:
    changes = changes_of(project)
    path = project / "notes" / "half.py"
    with path.open("w") as file:
        file.write("half = (\n")
        file.flush()
        changes.wake()
        assert answer(changes).paths == frozenset()  # whoever asked for this reads it now
        path.unlink()
    assert answer(changes).paths == {str(path)}


@BOTH_WAYS
def test_a_name_in_the_package_that_is_not_utf_8_is_a_change_when_it_comes_and_when_it_goes(
    project: Path, changes_of: Make, polling: bool
) -> None:
    changes = changes_of(project, polling=polling, look_every_s=60)
    path, module = odd(project / "notes", b"\xff.txt"), project / "notes" / "module_0.py"
    for value in range(1, 4):
        path.write_text("x")
        assert answer(changes).paths == {str(path)}
        module.write_text(savers.module(value))
        assert answer(changes).paths == {str(module)}
        path.unlink()
        assert answer(changes).paths == {str(path)}
        assert changes.degraded is None


@BOTH_WAYS
def test_a_name_that_is_not_utf_8_is_a_fault_until_the_file_is_gone(tmp_path: Path, polling: bool) -> None:
    with Runtime.in_memory() as runtime:
        runtime.contexts.create("acme")
        folder = a_project(tmp_path / "project", files=screen("notes", "notes", "first"))
        loop = Loop(runtime, folder, polling=polling)
        path = odd(loop.package, b"\xff.py")
        fault = loop.next(path.touch).fault
        assert fault is not None
        assert (fault.code, fault.phase) == ("P0104", "capture")
        assert loop.next(path.unlink).fault is None
        assert loop.watch.fault is None
        loop.save("ui.py", "def home(props, ctx):\n    return 'second'\n")
        assert loop.shown() == "second"
        assert loop.watch.degraded is None


def test_a_pipe_in_place_of_the_projects_file_is_a_fault_until_it_is_gone(tmp_path: Path) -> None:
    with Runtime.in_memory() as runtime:
        runtime.contexts.create("acme")
        folder = a_project(tmp_path / "project", files=screen("notes", "notes", "first"))
        loop = Loop(runtime, folder)
        pyproject, away = folder / "pyproject.toml", tmp_path / "away"

        def replace() -> None:
            pyproject.rename(away)
            os.mkfifo(pyproject)

        def bring_back() -> None:
            away.replace(pyproject)

        fault = loop.next(replace).fault
        assert fault is not None
        assert "there is no pyproject.toml" in fault.message
        assert loop.next(bring_back).fault is None
