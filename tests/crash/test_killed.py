"""Killed at random moments (`kill -9`), whatever was answered is there, and nothing is there by half."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path

import pytest

from tests import postgres

ROOT = Path(__file__).parents[2]
ACTS = ["publish", "promote", "activate", "rollback", "pack", "migrate"]
ON_SERVER = [act for act in ACTS if act != "migrate"]  # no server has a catalog of the first revision


def kill(act: str, kills: int, patience_s: float, *url: str) -> None:
    """In a process of its own, from which children are forked; it prints what happened."""
    seed = random.randrange(10**6)
    command = [sys.executable, "-m", "tests.crash.killing", act, str(kills), str(seed), *url]
    run = subprocess.run(command, cwd=ROOT, timeout=patience_s, check=False)
    assert run.returncode == 0, f"to see it again: {' '.join(command[1:])}"


@pytest.mark.slow
@pytest.mark.parametrize("act", ACTS)
def test_twenty_kills_leave_what_was_answered_and_nothing_by_half(act: str) -> None:
    kill(act, 20, patience_s=170)


@pytest.mark.slow
@pytest.mark.postgres
@pytest.mark.parametrize("act", ON_SERVER)
def test_nor_do_six_of_a_home_whose_catalog_lies_on_a_server(
    act: str, postgres_server: postgres.Server
) -> None:
    kill(act, 6, 170, postgres_server.new_database())


@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("act", ACTS)
def test_five_hundred_kills_do_not_either(act: str) -> None:
    kill(act, 500, patience_s=3500)
