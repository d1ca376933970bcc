"""Who works at a run: one at a time, and nobody once its process has ended."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

from peers_runtime.catalog.run_locks import RunLocks

HOLDER = """
import signal, sys
from peers_runtime.catalog.run_locks import RunLocks
print(RunLocks(sys.argv[1]).take("run") is not None, flush=True)
signal.pause()
"""


def test_a_run_is_held_once_and_then_free_again(tmp_path: Path) -> None:
    locks, others = RunLocks(str(tmp_path / "runs")), RunLocks(str(tmp_path / "runs"))
    undo = locks.take("run")
    assert undo is not None
    assert locks.take("run") is others.take("run") is None
    assert others.take("other run") is not None
    undo()
    undo()
    assert not (tmp_path / "runs" / "run.lock").exists()
    assert others.take("run") is not None


def test_a_killed_process_holds_nothing(tmp_path: Path) -> None:
    locks = RunLocks(str(tmp_path))
    with subprocess.Popen([sys.executable, "-c", HOLDER, str(tmp_path)], stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"True\n"
        assert locks.take("run") is None
        holder.send_signal(signal.SIGKILL)
        holder.wait()
    assert locks.take("run") is not None


def test_a_child_that_outlives_its_parent_keeps_nothing_of_it(tmp_path: Path) -> None:
    holder = """if 1:
        import os, signal, sys
        from peers_runtime.catalog.run_locks import RunLocks
        locks = RunLocks(sys.argv[1])
        assert locks.take("run")
        if not os.fork():
            print(os.getpid(), flush=True)
        signal.pause()
        """
    process = subprocess.Popen([sys.executable, "-c", holder, str(tmp_path)], stdout=subprocess.PIPE)
    assert process.stdout is not None
    child = int(process.stdout.readline())
    try:
        assert RunLocks(str(tmp_path)).take("run") is None
        process.kill()
        process.wait()
        assert RunLocks(str(tmp_path)).take("run") is not None
    finally:
        os.kill(child, signal.SIGKILL)
        process.stdout.close()


def test_of_many_at_once_one_holds_it(tmp_path: Path) -> None:
    at_once = threading.Barrier(8)
    held: list[int] = []
    most: list[int] = []

    def work(number: int) -> None:
        locks = RunLocks(str(tmp_path))
        at_once.wait(10)
        for _ in range(200):
            undo = locks.take("run")
            if undo is not None:
                held.append(number)
                most.append(len(held))
                held.remove(number)
                undo()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert set(most) == {1}
