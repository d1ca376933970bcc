"""A file is saved, and the contexts that run the working copy run what it says."""

from __future__ import annotations

import os
import shutil
import sys
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from peers_runtime import NoPackageThere, RoleTooLow, Runtime, UnknownContext
from tests.dev.loops import PATIENCE_S, Loop
from tests.world import an_id, project, screen

UI = "def home(props, ctx):\n    return {!r}\n"


@pytest.fixture
def runtime() -> Iterator[Runtime]:
    with Runtime.in_memory() as opened:
        for context in ("acme", "globex", "initech"):
            opened.contexts.create(context)
        yield opened


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return project(tmp_path / "project", files=screen("notes", "notes", "first"))


@pytest.fixture
def loop(runtime: Runtime, folder: Path) -> Loop:
    return Loop(runtime, folder)


def test_watching_installs_the_project_and_a_saved_file_is_active(loop: Loop) -> None:
    assert loop.shown() == "first"
    reload = loop.save("ui.py", UI.format("second"))
    assert loop.shown() == "second"
    assert (reload.outcome, reload.name, reload.version) == ("active", "notes", "1.0.0")
    assert reload.contexts == ("acme",)
    assert [(change.path, change.added, change.removed) for change in reload.files] == [("notes/ui.py", 1, 2)]
    assert 0 < reload.took.switch_s < reload.took.total_s


def test_a_change_is_the_same_dev_row_at_another_snapshot(loop: Loop) -> None:
    (before,) = loop.runtime.versions("notes", "acme")
    reload = loop.save("ui.py", UI.format("second"))
    (after,) = loop.runtime.versions("notes", "acme")
    assert after.package_version_id == before.package_version_id
    assert after.snapshot_digest == reload.digest != before.snapshot_digest
    assert (after.version_tag, after.device_id) == ("dev", loop.runtime.device)
    with loop.runtime.services.catalog.read() as reader:
        assert len(reader.activations("acme", after.package_id)) == 1


def test_what_runs_is_what_the_next_process_starts_with(folder: Path, tmp_path: Path) -> None:
    with Runtime.open(tmp_path / "home") as first:
        first.contexts.create("acme")
        Loop(first, folder).save("ui.py", UI.format("second"))
    shutil.rmtree(folder / "notes")
    with Runtime.open(tmp_path / "home") as second:
        assert second.context("acme").render("notes").content == "second"


@pytest.mark.parametrize("way", ["the same bytes", "touch", "chmod", "a file that does not count"])
def test_a_change_that_changes_nothing_makes_no_version(loop: Loop, way: str) -> None:
    target = loop.package / "ui.py"
    before = loop.runtime.versions("notes", "acme")

    def change() -> None:
        if way == "the same bytes":
            target.write_bytes(target.read_bytes())
        elif way == "touch":
            os.utime(target)
        elif way == "chmod":
            target.chmod(0o600)
        else:
            (loop.package / "__pycache__").mkdir()
            (loop.package / "__pycache__" / "ui.cpython-311.pyc").write_bytes(b"x")

    change()
    assert loop.watch.reload().outcome == "unchanged"
    assert loop.runtime.versions("notes", "acme") == before
    assert loop.context.binding.generation == 1


def test_going_back_to_an_earlier_content_is_the_earlier_snapshot(loop: Loop) -> None:
    text = (loop.package / "ui.py").read_text()
    first = loop.watch.last
    assert first is not None
    loop.save("ui.py", UI.format("second"))
    again = loop.save("ui.py", text)
    assert again.digest == first.digest
    assert loop.shown() == "first"


def test_every_context_that_runs_the_working_copy_follows_and_no_other(
    runtime: Runtime, folder: Path, tmp_path: Path
) -> None:
    other = project(tmp_path / "other", files=screen("notes", "notes", "other"))
    runtime.install(folder, context="globex")
    runtime.install(other, context="initech")
    reload = Loop(runtime, folder).save("ui.py", UI.format("second"))
    assert reload.contexts == ("acme", "globex")
    shown = {name: runtime.context(name).render("notes").content for name in ("acme", "globex", "initech")}
    assert shown == {"acme": "second", "globex": "second", "initech": "other"}


def test_going_back_to_a_content_on_which_a_request_still_runs_shares_its_modules(loop: Loop) -> None:
    text = (loop.package / "ui.py").read_text()
    with loop.context:
        assert loop.shown() == "first"
        module = loop.context.module("notes.ui")
        loop.save("ui.py", UI.format("second"))
        assert loop.save("ui.py", text).outcome == "active"
    assert loop.shown() == "first"
    assert loop.context.module("notes.ui") is module


def test_a_context_in_which_the_author_may_not_install_does_not_follow(
    runtime: Runtime, folder: Path
) -> None:
    runtime.contexts.create("bobs", actor="bob")
    runtime.install(folder, "bobs", actor="bob")
    reload = Loop(runtime, folder).save("ui.py", UI.format("second"))
    assert (reload.outcome, reload.contexts) == ("active", ("acme",))
    assert runtime.context("bobs", actor="bob").render("notes").content == "first"


def test_a_request_that_began_before_the_save_ends_on_its_version(loop: Loop) -> None:
    with loop.context:
        assert loop.shown() == "first"
        loop.save("ui.py", UI.format("second"))
        assert loop.shown() == "first"
    assert loop.shown() == "second"


def test_an_old_version_can_still_import_a_module_that_has_changed_or_gone(loop: Loop) -> None:
    loop.save("late.py", "WHO = 'old'\n")
    with loop.context:
        loop.shown()
        loop.save("late.py", "WHO = 'new'\n")
        loop.next((loop.package / "late.py").unlink)
        assert loop.context.module("notes.late").WHO == "old"
    with pytest.raises(ModuleNotFoundError):
        loop.context.module("notes.late")


COUNTING = f"""
from pydantic import BaseModel

from peers_runtime import define_package, tool

CALLS = []

class Nothing(BaseModel):
    pass

class Count(BaseModel):
    count: int

@tool(tool_id={an_id("count")!r}, usage="Counts its calls.")
def count(args: Nothing, ctx) -> Count:
    CALLS.append(1)
    return Count(count=len(CALLS))

@define_package
def package(pkg):
    pkg.package_id = {an_id("notes")!r}
    counting = pkg.contract({an_id("counting")!r}, 1, "Counting")
    counting.tools = [count]
"""


def test_a_change_of_the_definition_is_active_too(loop: Loop) -> None:
    reload = loop.save("package.py", COUNTING)
    assert reload.fault is None
    assert [loop.context.tools["count"]().count for _ in range(2)] == [1, 2]
    assert loop.runtime.manifest("notes", "acme").id == reload.digest


def test_the_version_in_pyproject_is_the_version_that_runs(loop: Loop) -> None:
    pyproject = loop.package.parent / "pyproject.toml"
    reload = loop.next(lambda: pyproject.write_text(pyproject.read_text().replace("1.0.0", "1.1.0")))
    assert reload.version == "1.1.0"
    assert [version.version for version in loop.runtime.versions("notes", "acme")] == ["1.1.0"]


def test_several_projects_are_watched_at_once(runtime: Runtime, folder: Path, tmp_path: Path) -> None:
    charts = project(tmp_path / "charts", name="charts", files=screen("charts", "charts", "one"))
    loops = Loop(runtime, folder), Loop(runtime, charts, package="charts")
    loops[1].save("ui.py", UI.format("two"))
    loops[0].save("ui.py", UI.format("second"))
    assert [loops[0].shown("notes"), loops[1].shown("charts")] == ["second", "two"]


def test_a_disabled_package_is_active_again_after_a_save(loop: Loop) -> None:
    loop.runtime.disable("notes", context="acme")
    assert loop.save("ui.py", UI.format("second")).outcome == "active"
    assert loop.shown() == "second"


def test_closing_leaves_no_thread_and_what_runs_goes_on(loop: Loop) -> None:
    before = {thread.name for thread in threading.enumerate()}
    assert "peers-dev-project" in before
    loop.save("ui.py", UI.format("second"))
    loop.watch.close()
    loop.watch.close()
    assert not {thread.name for thread in threading.enumerate()} & {"peers-dev-project"}
    assert [name for name in (t.name for t in threading.enumerate()) if "peers-dev" in name] == []
    loop.write("ui.py", UI.format("third"))
    assert loop.shown() == "second"


def test_closing_the_runtime_closes_its_watches(folder: Path) -> None:
    with Runtime.in_memory() as runtime:
        runtime.contexts.create("acme")
        Loop(runtime, folder)
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("peers-dev")]


def test_a_watch_may_be_closed_by_who_is_told_of_a_change(runtime: Runtime, folder: Path) -> None:
    closed = threading.Event()

    def close(reload: object) -> None:
        if watches:
            watches[0].close()
            closed.set()

    watches = []
    watches.append(runtime.watch(folder, "acme", on_reload=close))
    (folder / "notes" / "ui.py").write_text(UI.format("second"))
    assert closed.wait(PATIENCE_S)


def test_what_on_reload_raises_is_listed_and_the_watch_goes_on(runtime: Runtime, folder: Path) -> None:
    told = threading.Semaphore(0)

    def fail(reload: object) -> None:
        told.release()
        raise KeyError("planted")

    runtime.watch(folder, "acme", on_reload=fail)
    for text in ("second", "third"):
        assert told.acquire(timeout=PATIENCE_S)
        (folder / "notes" / "ui.py").write_text(UI.format(text))
    assert told.acquire(timeout=PATIENCE_S)
    assert runtime.context("acme").render("notes").content == "third"
    assert any("planted" in one.message for one in runtime.diagnostics())


def test_a_disk_that_fails_while_it_is_looked_at_does_not_end_the_watch(
    loop: Loop, monkeypatch: pytest.MonkeyPatch
) -> None:
    failed = threading.Event()
    judge = loop.watch._changes.next

    def fail(timeout_s: float | None = None) -> object:
        if not failed.is_set():
            failed.set()
            raise OSError("planted")
        return judge(timeout_s)

    monkeypatch.setattr(loop.watch._changes, "next", fail)
    assert failed.wait(PATIENCE_S)
    loop.save("ui.py", UI.format("second"))
    assert loop.shown() == "second"


def test_watching_that_is_not_as_it_should_be_is_listed_until_it_is(
    loop: Loop, monkeypatch: pytest.MonkeyPatch
) -> None:
    changes = type(loop.watch._changes)
    with monkeypatch.context() as patch:
        patch.setattr(changes, "degraded", "no more watches")
        loop.save("ui.py", UI.format("second"))
        assert loop.watch.degraded == "no more watches"
        (listed,) = loop.runtime.diagnostics()
        assert (listed.code, listed.subject) == ("P0902", str(loop.watch.project))
        assert "no more watches" in listed.message
    loop.save("ui.py", UI.format("third"))
    assert loop.runtime.diagnostics() == []


def test_a_folder_that_holds_no_package_and_a_context_that_there_is_not_are_refused(
    runtime: Runtime, folder: Path, tmp_path: Path
) -> None:
    with pytest.raises(NoPackageThere):
        runtime.watch(tmp_path)
    with pytest.raises(NoPackageThere):
        runtime.watch(tmp_path / "nowhere")
    with pytest.raises(NoPackageThere):
        runtime.watch("")
    with pytest.raises(UnknownContext):
        runtime.watch(folder, "nowhere")
    with pytest.raises(RoleTooLow):
        runtime.watch(folder, "acme", actor="a stranger")
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("peers-dev")]


def test_no_compiled_code_is_written_beside_the_sources(loop: Loop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    loop.save("ui.py", UI.format("second"))
    assert loop.shown() == "second"
    assert not list(loop.package.rglob("__pycache__"))


def test_two_saves_of_one_size_and_one_time_are_both_seen(loop: Loop) -> None:
    target = loop.package / "ui.py"
    for number in range(20):
        loop.next(partial(target.write_text, UI.format(f"text {number:03}")))
        assert loop.shown() == f"text {number:03}"
        loop.next(partial(save_at_the_same_time, target, UI.format(f"more {number:03}")))
        assert loop.shown() == f"more {number:03}"


def save_at_the_same_time(target: Path, text: str) -> None:
    status = target.stat()
    target.write_text(text)
    os.utime(target, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert (target.stat().st_size, target.stat().st_mtime_ns) == (status.st_size, status.st_mtime_ns)
