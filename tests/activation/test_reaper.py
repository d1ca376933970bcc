"""What a runtime has loaded is given back when it closes, whoever is collecting garbage meanwhile."""

from __future__ import annotations

import gc
import sys
import threading
import weakref
from collections.abc import Iterator
from pathlib import Path

import pytest

from peers_runtime import Runtime
from tests.world import project, screen


class Thing: ...


def loaded() -> list[str]:
    return [name for name in sys.modules if name.startswith("peers_packages.notes")]


@pytest.fixture
def no_collection_by_itself() -> Iterator[None]:
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("no_collection_by_itself")
def test_a_version_whose_finalizer_is_still_to_be_called_is_given_back_at_close(tmp_path: Path) -> None:
    began, go_on = threading.Event(), threading.Event()

    def wait(_: object) -> None:
        began.set()
        go_on.wait(30)

    def leave_garbage(runtime: Runtime) -> weakref.ref[Thing]:
        first = Thing()  # older than the version, so the collector calls for it first
        hears = weakref.ref(first, wait)
        runtime.install(project(tmp_path / "1", version="1.0.0", files=screen("notes", "notes", "one")))
        runtime.context().render("notes")
        cycle = [first, runtime.context().binding.active.versions["notes"]]
        cycle.append(cycle)  # type: ignore[arg-type]  # garbage that only a collection frees
        runtime.install(project(tmp_path / "2", version="2.0.0", files=screen("notes", "notes", "two")))
        return hears

    with Runtime.in_memory() as runtime:
        hears = leave_garbage(runtime)
        collecting = threading.Thread(target=gc.collect)
        collecting.start()
        assert began.wait(30)
    assert hears() is None
    assert loaded() == []
    go_on.set()
    collecting.join()
    assert loaded() == []
