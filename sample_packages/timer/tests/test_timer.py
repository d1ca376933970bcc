"""timer, watched while its author works on it."""

import shutil
import threading
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[1]


@pytest.fixture
def project(tmp_path):
    return Path(shutil.copytree(PROJECT, tmp_path / "timer"))


def threads():
    return [thread for thread in threading.enumerate() if thread.name == "timer"]


def count_to(runtime, tenths):
    """Wait until the timer has counted that far."""
    counting = runtime.context().module("timer.counting").counting
    while counting.counted < tenths:
        threading.Event().wait(0.01)


def test_the_count_and_one_thread_live_through_a_reload(peers_runtime, project):
    watch = peers_runtime.watch(project)
    count_to(peers_runtime, 3)
    dial = project / "timer" / "dial.py"
    dial.write_text(dial.read_text().replace("seconds", "s"))
    assert watch.reload().fault is None
    shown = peers_runtime.context().render("timer").content
    assert shown.endswith(" s")
    assert float(shown.split()[0]) >= 0.3
    count_to(peers_runtime, 5)
    assert len(threads()) == 1


def test_a_mistake_does_not_stop_the_timer(peers_runtime, project):
    watch = peers_runtime.watch(project)
    (thread,) = threads()
    counting = project / "timer" / "counting.py"
    counting.write_text(counting.read_text() + "\n1 / 0\n")
    assert watch.reload().fault.line == len(counting.read_text().splitlines())
    assert threads() == [thread]


def test_the_thread_ends_with_the_package(peers_package, peers_runtime):
    peers_package()
    assert len(threads()) == 1
    peers_runtime.uninstall("timer")
    assert threads() == []


def test_each_person_chooses_how_many_decimals_they_see(peers_package, peers_runtime):
    timer = peers_package()
    timer.context.variables["decimals"].set(0)
    assert "." not in timer.render("timer").content
    assert "." in peers_runtime.context(actor="grace").render("timer").content
