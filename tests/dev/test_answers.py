"""What goes with an answer: taking it back, working ahead, waking, closing."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from pathlib import Path

from peers_runtime.dev.changes import Changes
from tests.dev import savers
from tests.dev.test_changes import answer, in_a_thread, paths

Make = Callable[..., Changes]


def test_files_that_are_rewritten_without_end_are_answered_and_do_not_stir(
    project: Path, changes_of: Make
) -> None:
    changes = changes_of(project)
    stop = threading.Event()
    names = ("module_0.py", "module_1.py")

    def rewrite() -> None:
        value = 0
        while not stop.wait(0.001):
            value += 1
            for name in names:
                savers.in_place(str(project / "notes" / name), savers.module(value))

    rewriting = in_a_thread(rewrite)
    try:
        settled = answer(changes)
        assert settled.paths == paths(project, *names)
        assert 2 <= settled.settled_at - settled.seen_at < 10
        assert not changes.stirred()
        (project / "notes" / "module_2.py").write_text(savers.module(1))
        while not changes.stirred():
            assert rewriting.is_alive()
    finally:
        stop.set()
        rewriting.join()
    assert answer(changes).paths == paths(project, *names, "module_2.py")


def test_what_stirs_takes_the_answer_back_and_becomes_part_of_the_next(
    project: Path, changes_of: Make
) -> None:
    changes = changes_of(project)
    (project / "notes" / "module_0.py").write_text(savers.module(1))
    first = answer(changes)
    assert not changes.stirred()
    (project / "notes" / "module_1.py").write_text(savers.module(1))
    until = time.monotonic() + 10
    while not changes.stirred():
        assert time.monotonic() < until
    second = answer(changes)
    assert second.paths == paths(project, "module_0.py", "module_1.py")
    assert second.seen_at == first.seen_at
    (project / "notes" / "module_2.py").write_text(savers.module(1))
    assert answer(changes).paths == paths(project, "module_2.py")  # nobody took the second one back


def test_the_answers_own_files_stir_before_anybody_tells(project: Path, changes_of: Make) -> None:
    changes = changes_of(project)
    path = project / "notes" / "module_0.py"
    path.write_text(savers.module(1))
    answer(changes)
    path.write_text(savers.module(12345))
    assert changes.stirred()
    assert answer(changes).paths == {str(path)}


def test_a_changed_module_is_peeked_at_once_it_is_whole(project: Path, changes_of: Make) -> None:
    peeked: list[tuple[str, str]] = []

    def peek(path: str) -> None:
        peeked.append((path, Path(path).read_text()))
        raise ValueError("is nobody's business")

    changes = changes_of(project, peek=peek)
    path = str(project / "notes" / "module_0.py")
    with (project / "notes" / "data.json").open("w"):  # as long as this one is open, nothing settles
        savers.slowly(path, savers.module(1), 0.02)
        assert changes.next(0.3) is None
        assert peeked == [(path, savers.module(1))]
    assert len(answer(changes).paths) == 2
    assert peeked == [(path, savers.module(1))]


def test_wake_is_answered_without_paths_and_what_was_pending_stays_so(
    project: Path, changes_of: Make
) -> None:
    changes = changes_of(project)
    waking = in_a_thread(changes.wake)
    assert answer(changes).paths == frozenset()
    waking.join()
    path = project / "notes" / "module_0.py"
    with path.open("w") as file:
        file.write("half = 1\n")
        file.flush()
        assert changes.next(0.1) is None
        changes.wake()
        assert answer(changes).paths == frozenset()
        assert not changes.stirred()
    assert answer(changes).paths == {str(path)}


def test_closing_ends_the_wait_and_leaves_no_thread(project: Path, changes_of: Make) -> None:
    tasks = len(os.listdir("/proc/self/task"))
    threads = set(threading.enumerate())
    changes = changes_of(project)
    closing = threading.Timer(0.05, changes.close)
    closing.start()
    assert changes.next() is None
    closing.join()
    changes.close()
    assert changes.next() is None
    assert set(threading.enumerate()) == threads
    assert _tasks_end(tasks)


def _tasks_end(count: int) -> bool:
    """watchfiles' own threads end by themselves, soon after they were told to."""
    until = time.monotonic() + 10
    while len(os.listdir("/proc/self/task")) > count:
        if time.monotonic() > until:
            return False
        threading.Event().wait(0.005)
    return True
