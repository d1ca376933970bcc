"""Commands on several packages at once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.running import SAMPLES, Ran

BOTH = (SAMPLES / "projects", SAMPLES / "tasks-1")
Peers = Callable[..., Ran]


@pytest.fixture
def peers(peers_here: Peers, tmp_path: Path) -> Peers:
    """`peers` on a new home."""
    return lambda *words: peers_here("--home", tmp_path / "new", *words)


def names(peers: Peers) -> list[str]:
    return [
        f"{one['name']} {one['active']['version']}" for one in peers("list", "--json").data if one["active"]
    ]


def test_several_are_installed_in_one_act_whatever_their_order(peers: Peers) -> None:
    told = peers("install", *BOTH, "--dry-run")
    assert told.code == 0
    assert told.out.count("context: installed none → ") == 2
    assert told.out.endswith("nothing was changed: this was a dry run\n")
    assert peers("list", "--json").data == []
    assert peers("install", *BOTH).out == (
        "installed and activated projects 1.0.0 in personal\n"
        "installed and activated tasks 1.0.0 in personal\n"
    )
    assert names(peers) == ["projects 1.0.0", "tasks 1.0.0"]


def test_what_one_command_does_is_a_list_as_data_when_it_is_about_several(peers: Peers) -> None:
    assert [one["name"] for one in peers("install", *BOTH, "--json").data] == ["projects", "tasks"]
    assert peers("disable", "projects", "--json").data["name"] == "projects"
    assert [one["name"] for one in peers("uninstall", "projects", "tasks", "--yes", "--json").data] == [
        "projects",
        "tasks",
    ]


def test_several_go_and_come_back_together(peers: Peers) -> None:
    peers("install", *BOTH)
    refused = peers("disable", "tasks", "--json")
    assert (refused.code, refused.error["code"]) == (3, "P0522")
    assert peers("disable", "tasks", "--dry-run", "--json").error == refused.error
    assert peers("disable", "tasks", "projects").code == 0
    assert names(peers) == []
    assert peers("activate", "projects", "1.0.0", "--json").error["code"] == "P0521"
    assert peers("activate", "projects@1.0.0", "tasks@1.0.0").code == 0
    assert names(peers) == ["projects 1.0.0", "tasks 1.0.0"]


def test_several_are_released_and_rolled_back_together(peers: Peers) -> None:
    peers("install", *BOTH)
    released = peers("promote", "tasks@1.0.0", "projects@1.0.0", "--to", "stable", "--json").data
    assert [one["version"]["versionTag"] for one in released] == ["stable", "stable"]
    peers("install", SAMPLES / "tasks-2")
    assert peers("promote", "tasks", "2.0.0", "--to", "stable").code == 0
    assert peers("rollback", "tasks", "projects").code == 2  # projects has no older one, so neither goes back
    assert names(peers) == ["projects 1.0.0", "tasks 2.0.0"]
    assert peers("rollback", "tasks", "--json").data["name"] == "tasks"
    assert names(peers) == ["projects 1.0.0", "tasks 1.0.0"]


@pytest.mark.parametrize(
    "words",
    [
        ("activate", "tasks"),
        ("activate", "tasks@", "projects@1.0.0"),
        ("activate", "tasks@1.0.0", "tasks@2.0.0"),
        ("activate", "tasks", "1.0.0", "projects", "1.0.0"),
        ("promote", "tasks@1.0.0", "projects@1.0.0", "--to", "beta", "--digest", "0" * 12),
        ("rollback", "tasks", "projects", "--to", "1.0.0"),
        ("install",),
        ("disable",),
    ],
)
def test_what_is_no_list_of_packages_is_a_question_of_usage(peers: Peers, words: tuple[str, ...]) -> None:
    ran = peers(*words)
    assert (ran.code, "error[P0901]" in ran.err) == (2, True)


def test_doctor_lists_who_is_served_by_nobody(peers: Peers, tmp_path: Path) -> None:
    from peers_runtime import Runtime

    peers("install", *BOTH)
    with Runtime.open(tmp_path / "new") as runtime, runtime.services.catalog.write() as writer:
        (tasks,) = [one for one in runtime.packages() if one.name == "tasks"]
        writer.put_package(tasks.model_copy(update={"disabled": True}))  # as a device without consumers may
    ran = peers("doctor")
    assert ran.code == 1
    assert "error[P0542]: projects@1.0.0: projects@1.0.0 consumes the contract " in ran.out
    assert "= note: in personal, at 20" in ran.out
    assert f"help: peers --home {tmp_path / 'new'} activate tasks 1.0.0 --context personal" in ran.out
    peers("activate", "tasks", "1.0.0")
    assert "nothing to mend" in peers("doctor").out
