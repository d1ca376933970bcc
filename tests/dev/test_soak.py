"""Nothing of a reload stays; what somebody keeps all the same is said, with who keeps it."""

from __future__ import annotations

import atexit
import gc
import subprocess
import sys
import time
import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from peers_runtime import Runtime
from peers_runtime.base import errors
from peers_runtime.importing import interpreter
from peers_runtime.importing.finder import Finder
from tests.dev.loops import PATIENCE_S, Loop
from tests.world import project, screen

ROOT = Path(__file__).parents[2]
KEPT: list[Any] = []

UI = """
import atexit, builtins, weakref

class Note: ...

def at_exit(): ...

def home(props, ctx):
    {act}
    return {shown!r}
"""
LIFE = """
import atexit, pluggy
from notes import ui

peers = pluggy.HookimplMarker("peers")

@peers
def peers_activated():
    atexit.register(ui.at_exit)

@peers
def peers_dispose():
    atexit.unregister(ui.at_exit)
"""


def soak(reloads: int, most_bytes: int, patience_s: float) -> None:
    """In a process of its own, so that nothing else is in its memory. What it prints is shown as it comes."""
    command = [sys.executable, "-m", "tests.dev.soaking", str(reloads), str(most_bytes)]
    run = subprocess.run(command, cwd=ROOT, timeout=patience_s, check=False)
    assert run.returncode == 0


@pytest.mark.slow
@pytest.mark.timeout(420)  # beside other tests on a busy machine; alone it takes a quarter of that
def test_three_hundred_reloads_leave_nothing() -> None:
    soak(300, most_bytes=20_000, patience_s=400)


@pytest.mark.soak
@pytest.mark.timeout(0)
def test_ten_thousand_reloads_leave_less_than_a_kilobyte_each() -> None:
    soak(10_000, most_bytes=1_000, patience_s=3 * 3600)


@pytest.fixture
def loop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Loop]:
    monkeypatch.setattr("builtins.kept", KEPT, raising=False)
    folder = project(
        tmp_path / "project",
        files=screen("notes", "notes", "") | {"ui.py": UI.format(act="", shown="first")},
        dependencies='["pluggy"]',
    )
    with Runtime.in_memory() as runtime:
        runtime.contexts.create("acme")
        yield Loop(runtime, folder)
        KEPT.clear()


def save(loop: Loop, number: int, act: str = "") -> tuple[str, ...]:
    """The remarks of the reload that a save leads to; the screen is then shown."""
    reload = loop.save("ui.py", UI.format(act=act, shown=f"shown {number}"))
    assert reload.fault is None
    assert loop.shown() == f"shown {number}"
    return reload.remarks


def await_held(loop: Loop) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while all(one.code != errors.VersionHeld.code for one in loop.runtime.diagnostics()):
        assert time.monotonic() < deadline, "nothing is listed"
        time.sleep(0.01)  # the list tells nobody


def await_freed(reference: weakref.ref[Any]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while reference() is not None:
        assert time.monotonic() < deadline, "it is still there"
        gc.collect()
        time.sleep(0.01)  # a collection may be under way in another thread


@pytest.mark.whole_heap
def test_a_planted_leak_is_found_and_the_next_reload_names_its_holder(loop: Loop) -> None:
    assert save(loop, 1, "builtins.kept.append(Note())") == ()
    assert save(loop, 2) == (), "nothing is known yet: this is the reload that leaves the version behind"
    await_held(loop)
    (remark,) = save(loop, 3)
    assert remark == (
        "P0304: notes@1.0.0 is no longer used, but cannot be freed: "
        "builtins.kept[0] → Note (Note) holds class notes.ui.Note"
    )
    KEPT.clear()
    assert save(loop, 4) == (), "it was said once"
    assert loop.runtime.diagnostics() == []


@pytest.mark.whole_heap
@pytest.mark.parametrize("is_frozen", [False, True])
def test_a_watch_freezes_what_is_there_unless_the_host_has(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_frozen: bool
) -> None:
    before = gc.get_freeze_count()  # CPython 3.12 freezes some at its start; they thaw with the rest
    folder = project(tmp_path / "project")
    with Runtime.in_memory() as runtime:
        monkeypatch.setattr(interpreter, "has_frozen_heap", lambda: is_frozen)
        monkeypatch.setattr(Finder, "realms", lambda _: ())  # other tests' that stay with the process
        with runtime.watch(folder):
            assert (gc.get_freeze_count() > 10_000) is not is_frozen
        assert gc.get_freeze_count() <= before


def test_a_function_given_to_atexit_keeps_its_version_and_that_is_said(loop: Loop) -> None:
    """Python has promised to call it at the end, whatever becomes of the version: it is not taken back."""
    save(loop, 1, "builtins.kept.append(weakref.ref(atexit.register(at_exit)))")
    save(loop, 2)
    await_held(loop)
    (remark,) = save(loop, 3)
    assert "C code (atexit, " in remark
    assert remark.endswith("holds function notes.ui.at_exit")
    (function,) = KEPT
    atexit.unregister(function())
    await_freed(function)


def test_a_function_taken_back_from_atexit_in_time_keeps_nothing(loop: Loop) -> None:
    project(
        loop.package.parent,
        files={"life.py": LIFE},
        definition="pkg.hooks = 'notes.life'",
        dependencies='["pluggy"]',
    )
    for number in range(5):
        assert save(loop, number) == ()
        loop.runtime.drain()
    assert loop.runtime.diagnostics() == []
