"""On a disk that is full from any call on, an act is refused in one clear error or done; space mends all."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ACTS = ["publish", "promote", "activate", "rollback", "follow", "migrate"]
ALL = 10_000


def fill(act: str, most: int, patience_s: float) -> None:
    """In a process of its own, from which children are forked; it prints what happened."""
    seed = random.randrange(10**6)
    command = [sys.executable, "-m", "tests.crash.filling", act, str(most), str(seed)]
    run = subprocess.run(command, cwd=ROOT, timeout=patience_s, check=False)
    assert run.returncode == 0, f"to see it again: {' '.join(command[1:])}"


@pytest.mark.slow
@pytest.mark.parametrize("act", ACTS)
def test_a_disk_that_is_full_from_some_call_on_leaves_nothing_half_done(act: str) -> None:
    fill(act, 10, 170)


@pytest.mark.soak
@pytest.mark.timeout(600)
@pytest.mark.parametrize("act", ACTS)
def test_nor_does_one_that_is_full_from_any_call_on(act: str) -> None:
    fill(act, ALL, 590)
