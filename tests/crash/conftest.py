"""Tests that trace system calls are skipped where the system forbids it; a lack of strace fails them."""

from __future__ import annotations

import functools
import shutil
import subprocess

import pytest

TRACED = ("test_full_disk.py", "test_power_loss.py")


def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.path.name in TRACED and _is_forbidden():
        pytest.skip("this system lets no process be traced (ptrace)")


@functools.cache
def _is_forbidden() -> bool:
    strace = shutil.which("strace")
    if strace is None:
        return False
    run = subprocess.run([strace, "-f", "-o", "/dev/null", "true"], capture_output=True, check=False)
    return run.returncode != 0 and b"ermitted" in run.stderr
