"""A home outlives its hosts, and several hosts share one."""

from __future__ import annotations

import pickle
import subprocess
import sys
from pathlib import Path

import pytest

from peers_runtime import (
    HomeTooNew,
    InvalidSetting,
    NoActiveVersion,
    RoleTooLow,
    Runtime,
    RuntimeClosed,
    UnknownContext,
)
from tests.world import an_id, project, screen

TABLE = {
    **screen("notes", "notes", "hello"),
    "tools.py": f"""
        from pydantic import BaseModel
        from peers_runtime import Table, tool

        class Note(BaseModel):
            note_id: str
            title: str

        notes = Table(table_id={an_id("table")!r}, name="Notes", model=Note, primary_key="note_id", version=1)

        @tool(tool_id={an_id("tool")!r}, usage="Add a note")
        def add_note(args: Note, ctx) -> Note:
            return ctx.tables["Notes"].insert(args)
        """,
}
DEFINITION = f"""
from notes import tools
main = pkg.contract({an_id("contract")!r}, 1, "Notes")
main.tools = [tools.add_note]
main.tables = [tools.notes]
"""


def source(folder: Path, version: str = "1.0.0") -> Path:
    return project(folder / version, version=version, files=TABLE, definition=DEFINITION)


def test_a_host_restarts_into_the_same_state(tmp_path: Path) -> None:
    with Runtime.open(tmp_path / "home", actor="ada") as runtime:
        runtime.contexts.create("acme")
        version = runtime.install(source(tmp_path), context="acme")
        runtime.context("acme").tools["add_note"](note_id="1", title="first")
        device = runtime.device
    with Runtime.open(tmp_path / "home", actor="ada") as runtime:
        ctx = runtime.context("acme")
        assert runtime.device == device
        assert runtime.versions("notes", context="acme") == [version]
        assert ctx.render("notes").content == "hello"
        assert [note.title for note in ctx.tables["Notes"].list()] == ["first"]
        assert runtime.resolve("notes", context="acme").reason == "this device chose 1.0.0 (dev)"


def test_two_processes_share_a_home_and_see_each_others_acts_at_their_next_start(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with Runtime.open(home) as runtime:
        runtime.contexts.create("acme")
        script = (
            "import sys\nfrom peers_runtime import Runtime\n"
            "with Runtime.open(sys.argv[1]) as runtime:\n"
            "    runtime.install(sys.argv[2], context='acme')\n"
            "    print(runtime.context('acme').render('notes').content)\n"
        )
        done = subprocess.run(
            [sys.executable, "-c", script, str(home), str(source(tmp_path))],
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout == "hello\n"
        runtime.install(
            project(tmp_path / "other", "other", files=screen("other", "other", "other")), context="acme"
        )
        assert runtime.context("acme").render("notes").content == "hello"  # an act takes in what others did
    with Runtime.open(home) as runtime:
        assert [one.name for one in runtime.packages(context="acme")] == ["notes", "other"]


def test_a_class_of_a_version_unpickles_in_a_worker_process(tmp_path: Path) -> None:
    with Runtime.open(tmp_path / "home") as runtime:
        runtime.install(source(tmp_path))
        note = runtime.context().module("notes.tools").Note(note_id="1", title="x")
        script = (
            "import pickle, sys\n"
            "note = pickle.loads(sys.stdin.buffer.read())\n"
            "print(note.title, type(note).__module__.split('.', 2)[2])\n"
        )
        done = subprocess.run(
            [sys.executable, "-c", script], input=pickle.dumps(note), capture_output=True, check=True
        )
        assert done.stdout.decode() == "x notes.tools\n"


def test_disabling_and_uninstalling_keep_the_rows_and_activating_brings_the_package_back(
    tmp_path: Path,
) -> None:
    with Runtime.in_memory() as runtime:
        runtime.install(source(tmp_path))
        ctx = runtime.context()
        ctx.tools["add_note"](note_id="1", title="first")
        runtime.disable("notes")
        with pytest.raises(NoActiveVersion):
            ctx.module("notes.tools")
        assert list(ctx.apps) == []
        runtime.activate("notes", "1.0.0")
        assert [note.title for note in ctx.tables["Notes"].list()] == ["first"]
        runtime.uninstall("notes")
        assert runtime.packages() == []
        runtime.install(source(tmp_path))
        assert [note.title for note in ctx.tables["Notes"].list()] == ["first"]


def test_installing_the_same_bytes_again_creates_nothing_new(tmp_path: Path) -> None:
    with Runtime.in_memory() as runtime:
        first = runtime.install(source(tmp_path))
        before = runtime.context().binding
        assert runtime.install(source(tmp_path)) == first
        assert runtime.context().binding is before


def test_installing_without_activating_leaves_what_is_active(tmp_path: Path) -> None:
    with Runtime.in_memory() as runtime:
        runtime.install(source(tmp_path), activate=False)
        assert runtime.resolve("notes").version is None
        runtime.activate("notes", "1.0.0")
        assert runtime.context().render("notes").content == "hello"


def test_a_closed_runtime_says_so(tmp_path: Path) -> None:
    runtime = Runtime.in_memory()
    ctx = runtime.context()
    runtime.close()
    runtime.close()
    with pytest.raises(RuntimeClosed):
        ctx.routes.match("notes")


def test_an_unknown_context_is_named_with_the_command_that_makes_it() -> None:
    with (
        Runtime.in_memory() as runtime,
        pytest.raises(UnknownContext, match=r"(?s)'acme'.*contexts create acme"),
    ):
        runtime.context("acme")


def test_a_home_written_by_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    with Runtime.open(tmp_path / "home"):
        pass
    described = (tmp_path / "home" / "home.json").read_text()
    (tmp_path / "home" / "home.json").write_text(described.replace('"format": 1', '"format": 99'))
    with pytest.raises(HomeTooNew, match="99"):
        Runtime.open(tmp_path / "home")


def test_who_opens_a_home_owns_what_it_makes_and_others_are_refused(tmp_path: Path) -> None:
    with Runtime.open(tmp_path / "home", actor="ada") as runtime:
        runtime.contexts.create("acme")
        runtime.install(source(tmp_path), context="acme")
    with Runtime.open(tmp_path / "home", actor="mallory") as runtime:
        for act in (
            lambda: runtime.context("acme"),
            lambda: runtime.install(source(tmp_path), context="acme"),
            lambda: runtime.packages(context="acme"),
            lambda: runtime.uninstall("notes", context="acme"),
        ):
            with pytest.raises(RoleTooLow, match="mallory"):
                act()


def test_installing_beside_an_active_dev_version_without_activating_is_refused(tmp_path: Path) -> None:
    with Runtime.in_memory() as runtime:
        first = runtime.install(source(tmp_path))
        with pytest.raises(InvalidSetting, match=r"(?s)replaces and so activates it.*peers disable notes"):
            runtime.install(source(tmp_path, "2.0.0"), activate=False)
        assert runtime.versions("notes") == [first]
        runtime.disable("notes")
        runtime.install(source(tmp_path, "2.0.0"), activate=False)
        assert runtime.resolve("notes").version is None


def test_a_package_that_is_active_nowhere_is_still_known_to_import(tmp_path: Path) -> None:
    with Runtime.open(tmp_path / "home") as runtime:
        runtime.install(source(tmp_path))
        runtime.disable("notes")
    with Runtime.open(tmp_path / "home") as runtime:
        import notes

        with runtime.context(), pytest.raises(NoActiveVersion, match="'personal'"):
            _ = notes.tools


def test_a_diagnostic_goes_when_what_it_is_about_is_installed_again(tmp_path: Path) -> None:
    broken = {**TABLE, "ui.py": "def home(props, ctx):\n    return 1 / 0\n"}
    with Runtime.in_memory() as runtime:
        runtime.install(project(tmp_path / "broken", files=broken, definition=DEFINITION))
        assert runtime.context().render("notes").error is not None
        assert [one.code for one in runtime.diagnostics()] == ["P0206"]
        runtime.install(source(tmp_path))
        assert runtime.diagnostics() == []


def test_closing_while_something_is_held_is_no_fault(tmp_path: Path) -> None:
    with Runtime.open(tmp_path / "home") as runtime:
        runtime.install(source(tmp_path))
        held = runtime.context().module("notes.tools").Note
    assert held.__name__ == "Note"
    with Runtime.open(tmp_path / "home") as runtime:
        runtime.drain()
        assert runtime.diagnostics() == []
