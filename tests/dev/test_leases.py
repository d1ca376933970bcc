"""Whether anybody has a file open for writing, asked of a real kernel."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from peers_runtime.dev.leases import open_for_writing

HOLD = "import sys; file = open(sys.argv[1], 'a'); print('open', flush=True); sys.stdin.read()"
HAMMER = """
import sys
while True:
    with open(sys.argv[1], "w") as file:
        file.write("x")
"""
ASK = """
import collections, sys, time
from peers_runtime.dev.leases import open_for_writing
at_least, at_most, answers = time.monotonic() + 1, time.monotonic() + 50, collections.Counter()
while time.monotonic() < at_least or min(answers[True], answers[False]) < 10:
    answers[open_for_writing(sys.argv[1])] += 1
    assert time.monotonic() < at_most, answers
"""


def test_a_file_that_nobody_writes_is_not_open(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_text("x")
    with path.open():  # readers do not count
        assert open_for_writing(str(path)) is False


def test_a_writer_of_this_process_counts(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    with path.open("w"):
        assert open_for_writing(str(path)) is True
    assert open_for_writing(str(path)) is False


def test_a_writer_of_another_process_counts_until_it_closes(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_text("x")
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == b"open\n"
        assert open_for_writing(str(path)) is True
        writer.communicate(timeout=10)
    assert open_for_writing(str(path)) is False


def test_through_a_link_the_target_is_asked_about(tmp_path: Path) -> None:
    target, link = tmp_path / "target.py", tmp_path / "link.py"
    link.symlink_to(target)
    with target.open("w"):
        assert open_for_writing(str(link)) is True


def test_what_is_no_readable_file_is_unknown(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert open_for_writing(str(tmp_path / "missing")) is None
    assert open_for_writing(str(tmp_path)) is None
    assert open_for_writing(str(tmp_path / "pipe")) is None


def test_who_asks_survives_a_writer_that_comes_in_between(tmp_path: Path) -> None:
    """While the lease is held, somebody opens the file: the kernel's signal must not end this process."""
    path = tmp_path / "a.py"
    path.write_text("x")
    hammers = [subprocess.Popen([sys.executable, "-c", HAMMER, str(path)]) for _ in range(2)]
    try:
        asked = subprocess.run([sys.executable, "-c", ASK, str(path)], timeout=60, check=False)
    finally:
        for hammer in hammers:
            hammer.kill()
            hammer.wait()
    assert asked.returncode == 0


def test_asking_leaves_no_descriptor_behind(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_text("x")
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(50):
        open_for_writing(str(path))
    with path.open("a"):
        open_for_writing(str(path))
    assert len(os.listdir("/proc/self/fd")) == before
