"""A run of a workflow, killed (`kill -9`) at any step and between any two, goes on where it stopped."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests import postgres

ROOT = Path(__file__).parents[2]


def kill(*url: str) -> None:
    """In a process of its own, from which children are forked; it says what was not as promised."""
    command = [sys.executable, "-m", "tests.crash.killing_runs", *url]
    run = subprocess.run(command, cwd=ROOT, timeout=170, check=False, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr[-4000:]


@pytest.mark.slow
def test_no_step_that_had_finished_runs_again_wherever_its_process_was_killed() -> None:
    kill()


@pytest.mark.slow
@pytest.mark.postgres
def test_nor_does_one_of_a_home_whose_catalog_lies_on_a_server(postgres_server: postgres.Server) -> None:
    kill(postgres_server.new_database())
