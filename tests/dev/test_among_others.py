"""A watch beside other processes, other contexts and other acts."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from peers_runtime import Runtime
from peers_runtime.activation import versions
from peers_runtime.snapshots.store import SnapshotStore
from tests.dev.loops import PATIENCE_S, UI, Loop
from tests.dev.test_state import STATE, counted, hooks
from tests.world import project, screen

OTHER = """
import sys
from peers_runtime import Runtime
with Runtime.open(sys.argv[1]) as runtime:
    watch = runtime.watch(sys.argv[2])
    print("watching", flush=True)
    for line in sys.stdin:
        watch.reload()
        print(runtime.context().render("notes").content, flush=True)
"""


def eventually(loop: Loop, text: str) -> None:
    until = time.monotonic() + PATIENCE_S
    while loop.shown() != text:
        assert time.monotonic() < until, (loop.shown(), loop.watch.last)


def test_two_processes_that_watch_one_folder_both_run_what_it_says(folder: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    command = [sys.executable, "-c", OTHER, str(home), str(folder)]
    with (
        Runtime.open(home) as runtime,
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other,
    ):
        assert other.stdin is not None
        assert other.stdout is not None
        assert other.stdout.readline() == "watching\n"
        loop = Loop(runtime, folder, "personal")
        for number in range(8):
            (folder / "notes" / "ui.py").write_text(UI.format(f"text {number}"))
            eventually(loop, f"text {number}")
            other.stdin.write("\n")
            other.stdin.flush()
            assert other.stdout.readline() == f"text {number}\n"
            assert loop.watch.reload().outcome in {"unchanged", "active"}
            assert loop.shown() == f"text {number}"
        other.stdin.close()


def test_what_another_process_has_installed_is_live_after_installing_the_same(
    folder: Path, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    with Runtime.open(home) as runtime, Runtime.open(home) as other:
        runtime.install(folder)
        (folder / "notes" / "ui.py").write_text(UI.format("second"))
        other.install(folder)
        runtime.install(folder)
        assert runtime.context().render("notes").content == "second"


def test_a_folder_that_is_watched_runs_as_itself_also_where_its_content_is_released(
    runtime: Runtime, folder: Path
) -> None:
    runtime.install(folder, context="acme")
    released = runtime.promote("notes", "1.0.0", "stable", "acme").version
    assert runtime.install(folder, context="acme") == released
    loop = Loop(runtime, folder)
    assert runtime.resolve("notes", "acme").reason == "this device chose 1.0.0 (dev)"
    assert loop.save("ui.py", UI.format("second")).outcome == "active"
    assert loop.shown() == "second"


def test_contexts_follow_a_package_that_moves_to_src(loop: Loop) -> None:
    loop.runtime.install(loop.watch.project, context="globex")
    source = loop.watch.project / "src"
    source.mkdir()
    loop.next(lambda: shutil.move(loop.package, source))
    reload = loop.next(lambda: (source / "notes" / "ui.py").write_text(UI.format("second")))
    assert reload.contexts == ("acme", "globex")
    assert loop.runtime.context("globex").render("notes").content == "second"


def test_a_folder_that_is_linked_within_the_package_changes_under_both_names_at_once(
    runtime: Runtime, tmp_path: Path
) -> None:
    files = {
        **screen("notes", "notes", ""),
        "ui.py": "from notes.a import part as one\nfrom notes.b import part as two\n"
        "def home(props, ctx):\n    return one.VALUE, two.VALUE\n",
        "a/part.py": "VALUE = 0\n",
    }
    folder = project(tmp_path / "linked", files=files)
    (folder / "notes" / "b").symlink_to("a")
    loop = Loop(runtime, folder)
    for value in range(1, 5):
        loop.save("a/part.py", f"VALUE = {value}\n")
        assert loop.shown() == (value, value)
    assert len(loop.activations) == 5


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    said: list[Any] = []
    monkeypatch.setattr("builtins.heard", said, raising=False)
    return said


@pytest.fixture
def telling(runtime: Runtime, tmp_path: Path, heard: list[Any]) -> Loop:
    files = {
        **screen("notes", "notes", ""),
        "ui.py": "from notes import state\ndef home(props, ctx):\n    return state.COUNT\n",
        "hooks.py": hooks(),
        "state.py": STATE,
    }
    definition, dependencies = "pkg.hooks = 'notes.hooks'", '["pluggy"]'
    folder = project(tmp_path / "telling", files=files, definition=definition, dependencies=dependencies)
    return Loop(runtime, folder)


def test_a_context_that_was_behind_follows_and_its_version_is_told_its_end(
    telling: Loop, heard: list[Any]
) -> None:
    telling.watch.close()
    telling.runtime.install(telling.watch.project, context="globex")
    telling.write("late.py", "")
    telling.runtime.install(telling.watch.project, context="acme")  # globex stays on the version before
    again = Loop(telling.runtime, telling.watch.project)
    counted(again, 4)
    heard.clear()
    assert again.save("late.py", "x = 1\n").contexts == ("acme", "globex")
    assert sorted(one for one in heard if one[0] != "activated") == [
        ("deactivating", "acme"),
        ("deactivating", "globex"),
        ("dispose",),
        ("dispose",),
    ]
    assert [one for one in heard if one[0] == "activated"] == [
        ("activated", "acme", "1.0.0", {"count": 4}),
        ("activated", "globex", "1.0.0", {"count": 4}),
    ]


def test_a_request_that_is_still_running_does_not_activate_its_version_again(
    telling: Loop, heard: list[Any]
) -> None:
    with telling.context:
        telling.save("late.py", "x = 1\n")
        heard.clear()
        assert telling.context.module("notes.state").COUNT == 0
        telling.context.render("notes")
    assert heard == []


def test_going_back_to_a_disposed_version_starts_it_afresh(telling: Loop, heard: list[Any]) -> None:
    telling.save("pool.py", "OPEN = [True]\n")
    telling.save("hooks.py", hooks(dispose="from notes import pool; pool.OPEN.clear()"))
    text = (telling.package / "ui.py").read_text()
    with telling.context:
        assert telling.context.module("notes.pool").OPEN == [True]
        telling.save("ui.py", text + "\n# changed\n")
        assert telling.save("ui.py", text).outcome == "active"
        assert telling.context.module("notes.pool").OPEN == []
    assert telling.context.module("notes.pool").OPEN == [True]


def test_state_comes_back_when_the_new_version_cannot_be_kept(
    telling: Loop, heard: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError("planted")

    counted(telling, 6)
    with monkeypatch.context() as patch:
        patch.setattr(SnapshotStore, "keep", full)
        fault = telling.save("late.py", "x = 1\n").fault
        assert fault is not None
        assert fault.phase == "keep"
    assert telling.shown() == 6
    with pytest.raises(ModuleNotFoundError):
        telling.context.module("notes.late")
    assert telling.watch.reload().outcome == "active"
    assert telling.shown() == 6


def test_data_that_fails_when_it_is_looked_into_is_left_out(telling: Loop) -> None:
    closed = "import shelve, tempfile; shelf = shelve.open(tempfile.mkdtemp() + '/s'); shelf.close()"
    telling.save("hooks.py", hooks(dispose=f"{closed}; data['shelf'] = shelf"))
    counted(telling, 3)
    reload = telling.save("late.py", "x = 1\n")
    assert reload.outcome == "active"
    assert telling.shown() == 3
    assert "data['shelf']" in reload.remarks[0]


def test_a_dispose_that_waits_for_a_user_of_the_package_ends_with_an_error_for_that_user(
    telling: Loop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(versions, "_PATIENCE_S", 0.2)
    errors: list[BaseException] = []

    def use() -> None:
        try:
            telling.context.module("notes.state")
        except BaseException as error:
            errors.append(error)

    monkeypatch.setattr("builtins.use", use, raising=False)
    join = "import builtins, threading; one = threading.Thread(target=builtins.use); one.start(); one.join()"
    telling.save("hooks.py", hooks(dispose=join))
    assert telling.save("late.py", "x = 1\n").outcome == "active"
    assert "has not returned" in str(errors[0])
