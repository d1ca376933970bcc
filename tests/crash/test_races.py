"""Sixteen processes at once: one winner, whom all others are told of; nothing lost, no gap in the feed."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests import postgres

ROOT = Path(__file__).parents[2]
MANY = 16
DEVICES = [f"device-{number}" for number in range(MANY)]


Race = Callable[[str], dict[str, Any]]


@pytest.fixture(params=["file", pytest.param("server", marks=pytest.mark.postgres)])
def race(request: pytest.FixtureRequest) -> Race:
    """In a process of its own, from which children are forked."""
    url = []
    if request.param == "server":
        server: postgres.Server = request.getfixturevalue("postgres_server")
        url = [server.new_database()]

    def run(name: str) -> dict[str, Any]:
        command = [sys.executable, "-m", "tests.crash.racing", name, *url]
        ran = subprocess.run(command, cwd=ROOT, timeout=170, check=True, stdout=subprocess.PIPE)
        return dict(json.loads(ran.stdout))

    return run


def winner(said: Sequence[dict[str, Any]], code: str) -> str:
    """The one whose promotion was done; all others were told, by this error, who that was."""
    (number,) = (number for number, one in enumerate(said) if one["refused"] is None)
    name = f"admin-{number}"
    losers = [one for one in said if one["refused"] is not None]
    assert len(losers) == MANY - 1
    for one in losers:
        assert (one["refused"], one["conflict"], one["by"]) == (code, True, name)
        assert f"by {name} at" in one["says"]
    return name


def test_of_sixteen_that_promote_one_build_one_wins(race: Race) -> None:
    told = race("promote")
    name = winner(told["said"], "P0417")
    assert told["by"]["1.0.1"] == name
    assert (told["problems"], told["gaps"]) == ([], [])


def test_sixteen_devices_install_at_once_and_nothing_is_lost(race: Race) -> None:
    told = race("publish")
    assert [one["refused"] for one in told["said"]] == [None] * MANY
    assert told["shown"] == [f"1.0.1 of {number}" for number in range(MANY)]
    assert sorted(told["rows"]) == sorted(["1.0.1", "dev", device] for device in DEVICES)
    assert (told["problems"], told["gaps"]) == ([], [])


def test_of_sixteen_builds_of_one_version_one_is_released(race: Race) -> None:
    told = race("release")
    name = winner(told["then"], "P0411")
    own = int(name.removeprefix("admin-"))
    others = [["1.0.1", "dev", device] for device in DEVICES if device != f"device-{own}"]
    assert sorted(told["rows"], key=str) == sorted([["1.0.1", "stable", None], *others], key=str)
    assert told["shown"] == [f"1.0.1 of {number}" for number in range(MANY)]
    assert (told["problems"], told["gaps"]) == ([], [])
