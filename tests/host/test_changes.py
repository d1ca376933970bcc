"""`Runtime.on_change`: told of what contexts have, whoever changes it."""

from __future__ import annotations

import threading
from pathlib import Path

from peers_runtime import Runtime
from tests.world import project, screen


def test_acts_are_told_until_it_is_undone(runtime: Runtime, tmp_path: Path) -> None:
    told: list[int] = []
    undo = runtime.on_change(lambda: told.append(1))
    notes = project(tmp_path, files=screen("notes", "notes", "shown"))
    for act in (
        lambda: runtime.install(notes, context="acme"),
        lambda: runtime.pin("notes", context="acme"),
        lambda: runtime.disable("notes", context="acme"),
        lambda: runtime.contexts.create("initech"),
    ):
        before = len(told)
        act()
        assert len(told) > before
    undo()
    before = len(told)
    runtime.uninstall("notes", context="acme")
    assert len(told) == before


def test_a_dry_run_is_not_told(runtime: Runtime, tmp_path: Path) -> None:
    runtime.install(project(tmp_path, files=screen("notes", "notes", "shown")), context="acme")
    told: list[int] = []
    runtime.on_change(lambda: told.append(1))
    runtime.disable("notes", context="acme", dry_run=True)
    assert told == []


def test_what_another_runtime_does_is_told(tmp_path: Path) -> None:
    with Runtime.open(tmp_path / "home") as first, Runtime.open(tmp_path / "home") as second:
        told = threading.Event()
        first.context()  # in use, so that others' changes are followed
        first.on_change(told.set)
        second.contexts.create("acme")
        assert told.wait(20)


def test_a_callback_that_fails_is_listed_and_stops_nothing(runtime: Runtime, tmp_path: Path) -> None:
    told: list[int] = []

    def fails() -> None:
        raise OSError("deaf")

    runtime.on_change(fails)
    runtime.on_change(lambda: told.append(1))
    runtime.contexts.create("initech")
    assert told
    assert any(one.code == "P0528" and "deaf" in one.message for one in runtime.diagnostics())
