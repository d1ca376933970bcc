"""A request that began on one version ends on it; what nothing can come back to is freed."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import threading
import weakref
from pathlib import Path
from typing import Any

import pytest

from peers_runtime import Runtime
from tests.world import project, screen


def source(folder: Path, version: str) -> Path:
    return project(
        folder / version,
        version=version,
        files={
            **screen("notes", "notes", version),
            "store.py": f"class Note:\n    version = {version!r}\n",
            "later.py": f"VERSION = {version!r}\n",
        },
    )


def test_a_pinned_generation_stays_on_its_version_and_can_still_import(
    runtime: Runtime, tmp_path: Path
) -> None:
    runtime.install(source(tmp_path, "1.0.0"), context="acme")
    ctx = runtime.context("acme")
    with ctx as pinned:
        assert ctx.render("notes").content == "1.0.0"
        runtime.install(source(tmp_path, "2.0.0"), context="acme")
        assert ctx.render("notes").content == "1.0.0"
        assert ctx.module("notes.later").VERSION == "1.0.0"  # imported only now
        assert pinned.generation == 1
    assert ctx.render("notes").content == "2.0.0"


def test_a_generator_and_a_thread_end_on_the_version_they_began_on(runtime: Runtime, tmp_path: Path) -> None:
    runtime.install(source(tmp_path, "1.0.0"), context="acme")
    go_on, began = threading.Event(), threading.Event()
    answers: list[str] = []

    def request() -> None:
        with runtime.context("acme"):
            import notes.store

            answers.append(notes.store.Note.version)
            began.set()
            go_on.wait(30)
            answers.append(notes.store.Note.version)

    thread = threading.Thread(target=request)
    thread.start()
    assert began.wait(30)
    runtime.install(source(tmp_path, "2.0.0"), context="acme")
    go_on.set()
    thread.join()
    assert answers == ["1.0.0", "1.0.0"]


def test_under_the_load_of_32_threads_no_request_fails_or_mixes_versions(
    runtime: Runtime, tmp_path: Path
) -> None:
    versions = [f"1.{number}.0" for number in range(6)]
    folders = [source(tmp_path, version) for version in versions]
    runtime.install(folders[0], context="acme")
    ctx = runtime.context("acme")
    stop = threading.Event()
    failures: list[BaseException] = []
    seen: set[str] = set()

    def requests() -> None:
        try:
            while not stop.is_set():
                with ctx:
                    import notes.store

                    before = notes.store.Note.version
                    rendered = ctx.render("notes")
                    assert rendered.error is None, rendered.error
                    assert (rendered.content, notes.store.Note.version) == (before, before)
                seen.add(before)
                assert ctx.render("notes").error is None
                stop.wait(0.001)  # as for a database; 32 threads that only compute starve whoever installs
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=requests) for _ in range(32)]
    for thread in threads:
        thread.start()
    for number, folder in enumerate(folders[1:], start=1):
        runtime.install(folder, context="acme")
        while versions[number] not in seen and not failures:
            threading.Event().wait(0.001)
    stop.set()
    for thread in threads:
        thread.join()
    assert failures == []
    assert seen == set(versions)
    runtime.drain()
    assert {name.split(".")[1] for name in sys.modules if name.startswith("peers_packages.notes_")} == {
        runtime.context("acme").binding.versions["notes"].realm.tag
    }


def test_a_version_that_nothing_uses_is_freed(runtime: Runtime, tmp_path: Path) -> None:
    runtime.install(source(tmp_path, "1.0.0"), context="acme")
    ctx = runtime.context("acme")
    ctx.render("notes")
    dead = [weakref.ref(ctx.module("notes.store").Note), weakref.ref(ctx.module("notes.store"))]
    with ctx:
        runtime.install(source(tmp_path, "2.0.0"), context="acme")
        runtime.drain()
        assert all(reference() is not None for reference in dead)  # pinned
    runtime.drain()
    assert [reference() for reference in dead] == [None, None]
    assert runtime.diagnostics() == []


@pytest.mark.whole_heap
def test_what_holds_on_to_a_dropped_version_is_named(runtime: Runtime, tmp_path: Path) -> None:
    runtime.install(source(tmp_path, "1.0.0"), context="acme")
    KEPT.append(runtime.context("acme").module("notes.store").Note)
    try:
        runtime.install(source(tmp_path, "2.0.0"), context="acme")
        runtime.drain()
        [named] = [one for one in runtime.diagnostics() if one.code == "P0304"]
        assert "KEPT" in named.message
        assert named.subject == "notes@1.0.0"
    finally:
        KEPT.clear()
        gc.collect()


KEPT: list[Any] = []


@pytest.mark.slow
def test_two_hundred_activations_leave_no_module_and_no_growth(tmp_path: Path) -> None:
    """In a process of its own: each looks through all objects that there are."""
    program = f"from {__name__} import activate_two_hundred_times as act; act({os.fspath(tmp_path)!r})"
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr


def activate_two_hundred_times(folder: str) -> None:
    folders = [source(Path(folder), version) for version in ("1.0.0", "2.0.0")]
    counts = []
    with Runtime.open(Path(folder) / "home") as runtime:
        runtime.contexts.create("acme")
        for number in range(200):
            runtime.install(folders[number % 2], context="acme")
            runtime.context("acme").render("notes")
            if number % 25 == 24:
                runtime.drain()
                counts.append(len(gc.get_objects()))
        left = {name.split(".")[1] for name in sys.modules if name.startswith("peers_packages.notes_")}
    assert len(left) == 1, left
    # the lowest of each half, as what is made and given back in turns comes and goes by some hundred
    assert min(counts[4:]) - min(counts[:4]) < 200, counts
