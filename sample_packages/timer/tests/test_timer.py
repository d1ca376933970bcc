"""timer, watched while its author works on it."""

import shutil
import threading
from pathlib import Path

import pytest
from peers_runtime import Runtime

PROJECT = Path(__file__).parents[1]


@pytest.fixture
def project(tmp_path):
    return Path(shutil.copytree(PROJECT, tmp_path / "timer"))


@pytest.fixture
def runtime():
    with Runtime.in_memory() as runtime:
        yield runtime


def threads():
    return [thread for thread in threading.enumerate() if thread.name == "timer"]


def count_to(runtime, tenths):
    """Wait until the timer has counted that far."""
    counting = runtime.context().module("timer.counting").counting
    while counting.counted < tenths:
        threading.Event().wait(0.01)


def test_the_count_and_one_thread_live_through_a_reload(runtime, project):
    watch = runtime.watch(project)
    count_to(runtime, 3)
    dial = project / "timer" / "dial.py"
    dial.write_text(dial.read_text().replace("seconds", "s"))
    assert watch.reload().fault is None
    shown = runtime.context().render("timer").content
    assert shown.endswith(" s")
    assert float(shown.split()[0]) >= 0.3
    count_to(runtime, 5)
    assert len(threads()) == 1


def test_a_mistake_does_not_stop_the_timer(runtime, project):
    watch = runtime.watch(project)
    (thread,) = threads()
    counting = project / "timer" / "counting.py"
    counting.write_text(counting.read_text() + "\n1 / 0\n")
    assert watch.reload().fault.line == len(counting.read_text().splitlines())
    assert threads() == [thread]


def test_the_thread_ends_with_the_package(runtime):
    runtime.install(PROJECT)
    assert len(threads()) == 1
    runtime.uninstall("timer")
    assert threads() == []


def test_each_person_chooses_how_many_decimals_they_see(runtime):
    runtime.install(PROJECT)
    ctx = runtime.context()
    ctx.variables["decimals"].set(0)
    assert "." not in ctx.render("timer").content
    assert "." in runtime.context(actor="grace").render("timer").content
