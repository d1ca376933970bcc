"""A file is saved, and the contexts that run the working copy run what it says."""

from __future__ import annotations

import os
import shutil
import sys
import threading
from functools import partial
from pathlib import Path

import pytest

from peers_runtime import (
    NoPackageThere,
    RoleTooLow,
    Runtime,
    UnknownContext,
)
from tests.dev.loops import PATIENCE_S, UI, Loop
from tests.world import an_id, project, screen


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


def test_going_back_to_a_content_on_which_a_request_still_runs_is_a_fresh_load(loop: Loop) -> None:
    text = (loop.package / "ui.py").read_text()
    with loop.context:
        assert loop.shown() == "first"
        module = loop.context.module("notes.ui")
        first = loop.watch.last
        loop.save("ui.py", UI.format("second"))
        again = loop.save("ui.py", text)
        assert loop.context.module("notes.ui") is module
    assert first is not None
    assert (again.outcome, again.digest) == ("active", first.digest)
    assert loop.shown() == "first"
    assert loop.context.module("notes.ui") is not module


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


def test_a_disabled_package_is_active_again_after_a_save_and_not_after_a_touch(loop: Loop) -> None:
    loop.runtime.disable("notes", context="acme")
    assert loop.next(lambda: os.utime(loop.package / "ui.py")).outcome == "unchanged"
    assert loop.runtime.resolve("notes", "acme").version is None
    assert loop.save("ui.py", UI.format("second")).outcome == "active"
    assert loop.shown() == "second"


def test_who_asks_for_it_has_a_disabled_package_active_again(loop: Loop) -> None:
    loop.runtime.disable("notes", context="acme")
    assert loop.watch.reload().outcome == "active"
    assert loop.shown() == "first"


@pytest.mark.parametrize("act", ["disable", "uninstall"])
def test_an_act_while_a_save_is_loaded_wins(loop: Loop, act: str, monkeypatch: pytest.MonkeyPatch) -> None:
    loading, go_on = threading.Event(), threading.Event()

    def wait() -> None:
        loading.set()
        go_on.wait(PATIENCE_S)

    monkeypatch.setattr("builtins.wait_here", wait, raising=False)
    before = len(loop.reloads)
    loop.write("uis.py", "__import__('builtins').wait_here()\n" + (loop.package / "uis.py").read_text())
    assert loading.wait(PATIENCE_S)
    getattr(loop.runtime, act)("notes", context="acme")
    go_on.set()
    with loop._news:
        assert loop._news.wait_for(lambda: len(loop.reloads) > before, PATIENCE_S)
    assert loop.reloads[before].outcome == "unchanged"
    assert "notes" not in loop.context.binding.versions


def test_other_requirements_are_taken_by_the_next_watch(folder: Path, tmp_path: Path) -> None:
    with Runtime.open(tmp_path / "home") as first:
        loop = Loop(first, folder, "personal")
        pyproject = folder / "pyproject.toml"
        text = pyproject.read_text().replace("dependencies = []", 'dependencies = ["click"]')
        refused = loop.next(lambda: pyproject.write_text(text))
        assert refused.fault is not None
        assert refused.fault.code == "P0412"
    (folder / "notes" / "ui.py").write_text("import click\n" + UI.format("second"))
    with Runtime.open(tmp_path / "home") as second:
        loop = Loop(second, folder, "personal")
        assert loop.watch.fault is None
        assert loop.shown() == "second"


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
