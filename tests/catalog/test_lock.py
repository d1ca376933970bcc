from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from peers_runtime.base import errors
from peers_runtime.catalog import lock
from tests.catalog import records

COUNT = """
import sys
from peers_runtime.catalog import lock
for _ in range(200):
    with lock.hold(sys.argv[1]), open(sys.argv[2], "r+") as file:
        number = int(file.read())
        file.seek(0)
        file.write(str(number + 1))
"""
HOLD = """
import sys, time
from peers_runtime.catalog import lock
with lock.hold(sys.argv[1]):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_processes_exclude_one_another(tmp_path: Path) -> None:
    (tmp_path / "number").write_text("0")
    counters = [records.start(COUNT, tmp_path / "lock", tmp_path / "number") for _ in range(4)]
    for counter in counters:
        assert counter.communicate(timeout=60)[1] == ""
    assert (tmp_path / "number").read_text() == "800"


def test_threads_exclude_one_another(tmp_path: Path) -> None:
    inside: list[int] = []
    most = []

    def enter() -> None:
        for _ in range(50):
            with lock.hold(str(tmp_path / "lock")):
                inside.append(1)
                most.append(len(inside))
                inside.pop()

    threads = [threading.Thread(target=enter) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert max(most) == 1
    assert len(most) == 400


def test_a_killed_holder_frees_the_lock(tmp_path: Path) -> None:
    holder = records.start(HOLD, tmp_path / "lock")
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    holder.kill()
    holder.communicate()
    with lock.hold(str(tmp_path / "lock")):
        pass


def test_a_child_forked_while_it_is_held_does_not_keep_it(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    with lock.hold(str(tmp_path / "lock")):
        child = os.fork()
        if not child:
            os.close(writing)
            os.read(reading, 1)
            os._exit(0)
    with lock.hold(str(tmp_path / "lock")):
        pass
    os.close(writing)
    os.close(reading)
    os.waitpid(child, 0)


def test_a_lock_that_cannot_be_made_is_an_error_in_our_words(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(errors.HomeNotWritable), lock.hold(str(tmp_path / "file" / "lock")):
        pass
