"""When the power goes, whatever was answered is there, and nothing is there by half.

The model must be able to fail: each of some mistakes, put into the code that is recorded, is found.
"""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path

import pytest

from tests.crash.careless import MISTAKES

ROOT = Path(__file__).parents[2]
ACTS = ["first", "publish", "promote", "activate", "rollback", "follow", "migrate"]


def lose(act: str, states: int, patience_s: float, *mistake: str) -> None:
    """In a process of its own, from which children are forked; it prints what happened."""
    seed = random.randrange(10**6)
    command = [sys.executable, "-m", "tests.crash.losing", act, str(states), str(seed), *mistake]
    run = subprocess.run(command, cwd=ROOT, timeout=patience_s, check=False)
    assert run.returncode == 0, f"to see it again: {' '.join(command[1:])}"


@pytest.mark.slow
@pytest.mark.parametrize("act", ACTS)
def test_what_a_disk_may_hold_is_what_was_answered_and_nothing_by_half(act: str) -> None:
    lose(act, 20, 170)


@pytest.mark.slow
@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_found(mistake: str) -> None:
    act, _ = MISTAKES[mistake]
    lose(act, 0, 170, mistake)


@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("act", ACTS)
def test_thousands_of_states_are_no_different(act: str) -> None:
    lose(act, 5000, 3500)
