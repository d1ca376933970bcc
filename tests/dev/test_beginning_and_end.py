"""How a watch begins and ends, and what it leaves: with its host, with callbacks, with a failing disk."""

from __future__ import annotations

import gc
import threading
from pathlib import Path

import pytest

from peers_runtime import Runtime, RuntimeClosed, UsageError, Watch
from tests.dev.loops import PATIENCE_S, UI, Loop


def test_closing_leaves_no_thread_and_what_runs_goes_on(loop: Loop) -> None:
    before = {thread.name for thread in threading.enumerate()}
    assert "peers-dev-watched" in before
    loop.save("ui.py", UI.format("second"))
    loop.watch.close()
    loop.watch.close()
    assert not {thread.name for thread in threading.enumerate()} & {"peers-dev-watched"}
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


def test_reload_from_on_reload_is_refused_and_an_exit_there_does_not_end_the_watch(
    runtime: Runtime, folder: Path
) -> None:
    said: list[str] = []
    told = threading.Semaphore(0)

    def ask(reload: object) -> None:
        if watches:
            try:
                watches[0].reload()
            except UsageError as error:
                said.append(error.message)
        told.release()
        raise SystemExit(3)

    watches: list[Watch] = []
    watches.append(runtime.watch(folder, "acme", on_reload=ask))
    for text in ("second", "third"):
        assert told.acquire(timeout=PATIENCE_S)
        (folder / "notes" / "ui.py").write_text(UI.format(text))
    assert told.acquire(timeout=PATIENCE_S)
    assert runtime.context("acme").render("notes").content == "third"
    assert "from on_reload" in said[0]


@pytest.mark.whole_heap
def test_a_runtime_that_is_closed_by_the_first_on_reload_leaves_no_watch(folder: Path) -> None:
    runtime = Runtime.in_memory()
    with pytest.raises(RuntimeClosed):
        runtime.watch(folder, on_reload=lambda _: runtime.close())
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("peers")]
    assert gc.get_freeze_count() < 10_000


@pytest.mark.whole_heap
def test_ctrl_c_at_the_start_of_a_watch_leaves_nothing(runtime: Runtime, folder: Path) -> None:
    (folder / "notes" / "uis.py").write_text("raise KeyboardInterrupt\n")
    with pytest.raises(KeyboardInterrupt):
        runtime.watch(folder, "acme")
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("peers dev")]
    assert gc.get_freeze_count() < 10_000


def test_a_fault_that_a_killed_watch_has_listed_goes_with_the_next_ones_first_success(
    runtime: Runtime, folder: Path
) -> None:
    runtime.services.report("P0601", "planted", subject=str(folder))
    runtime.watch(folder, "acme")
    assert runtime.diagnostics() == []
