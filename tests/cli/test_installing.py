"""What comes and goes on the command line: said before it happens, and not done twice."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import click
import pytest

from peers_runtime import Runtime
from peers_runtime.cli.main import peers as main_group
from tests.cli.running import Ran, run_peers
from tests.world import project, screen

Peers = Callable[..., Ran]
NO_DRY_RUN = {
    # they only look
    *("contexts", "contexts list", "members", "members key", "members list", "list", "show", "versions"),
    *("resolve", "routes", "routes explain", "routes list", "routes match", "tools", "tools list"),
    *("tools show", "deps", "deps list", "component", "component list", "component history", "diff"),
    *("draft", "doctor", "explain", "id", "tables", "tables list", "tables show", "vars", "vars list"),
    *("check", "completion", "graph", "test"),
    *("vars get", "contracts", "contracts list", "contracts show", "contracts graph", "contracts provider"),
    *("workflows", "workflows list", "workflows show", "workflows runs", "assistants", "assistants list"),
    "mcp config",
    # they write a file of the author's or the owner's, and `types --check` says what it would write
    *("types", "vars key"),
    # they act in a home of their own, go on acting, or do what the package says
    *("demo", "dev", "mcp", "serve", "tools run", "workflows run", "workflows resume", "assistants ask"),
}


def source(folder: Path, version: str) -> Path:
    return project(folder / version, version=version, files=screen("notes", "notes", version))


@pytest.fixture
def peers(tmp_path: Path) -> Peers:
    """`peers` in acme, as ada: 1.0.0 of notes is stable there and in use, 1.1.0 is beta."""
    with Runtime.open(tmp_path / "home", actor="ada", device="desk") as runtime:
        runtime.contexts.create("acme")
        for version, tag in (("1.0.0", "stable"), ("1.1.0", "beta")):
            runtime.install(source(tmp_path, version), "acme", activate=tag == "stable")
            runtime.promote("notes", version, tag, "acme")
    return lambda *words: run_peers("--home", tmp_path / "home", "-c", "acme", "--actor", "ada", *words)


def rows(folder: Path) -> list[str]:
    with closing(sqlite3.connect(folder / "home" / "catalog.sqlite")) as connection:
        return list(connection.iterdump())


def test_what_comes_and_goes_is_told_before(peers: Peers, tmp_path: Path) -> None:
    before = rows(tmp_path)
    told = peers("install", source(tmp_path, "3.0.0"), "--dry-run").out
    assert "notes in acme: a build of this device is a dev version of its own" in told
    assert "device desk: runs 1.0.0 (stable) → 3.0.0 (dev)" in told
    assert "nothing was changed: this was a dry run" in told
    assert peers("install", tmp_path / "3.0.0", "--dry-run", "--json").data["applied"] is False
    assert "context: installed notes → none" in peers("uninstall", "notes", "--dry-run").out
    told = peers("contexts", "create", "globex", "--dry-run").out
    assert told == "would create group globex, of which ada would be Owner\n"
    assert peers("contexts", "create", "acme", "--dry-run").code == 4
    assert rows(tmp_path) == before


def test_a_release_that_is_installed_again_says_what_is_used(peers: Peers, tmp_path: Path) -> None:
    here = peers("install", tmp_path / "1.1.0")
    assert here.out == (
        "notes 1.1.0 is beta in acme already, so nothing new is installed\n"
        "active here: this device chose 1.1.0 (beta)\n"
    )
    stored = peers("install", tmp_path / "1.0.0", "--no-activate", "--json").data
    assert (stored["version"], stored["versionTag"]) == ("1.0.0", "stable")
    assert len(peers("versions", "notes", "--json").data) == 2


def test_a_package_that_is_off_has_no_active_version(peers: Peers) -> None:
    assert "context here" in peers("versions", "notes").out
    peers("disable", "notes")
    shown = peers("versions", "notes").out
    assert "context" not in shown
    assert "here" not in shown
    found = peers("versions", "notes", "--json").data
    assert [(one["active"], one["activeInContext"]) for one in found] == [(False, False)] * 2


@pytest.mark.parametrize("version", ["1.0.0", "3.0.0"])
def test_an_installation_says_that_a_package_is_on_again(version: str, peers: Peers, tmp_path: Path) -> None:
    source(tmp_path, "3.0.0")
    said = "notes was off in acme, and is on again\n"
    peers("disable", "notes")
    assert said not in peers("install", tmp_path / version, "--no-activate").out
    assert [one["disabled"] for one in peers("list", "--json").data] == [True]
    assert said in peers("install", tmp_path / version).out
    assert [one["disabled"] for one in peers("list", "--json").data] == [False]
    assert said not in peers("install", tmp_path / version).out


def commands() -> dict[str, click.Command]:
    context = click.Context(main_group)
    found = {name: main_group.get_command(context, name) for name in main_group.list_commands(context)}
    for name, command in [*found.items()]:
        if isinstance(command, click.Group):
            found.update({f"{name} {one}": inner for one, inner in command.commands.items()})
    return {name: command for name, command in found.items() if command is not None}


def test_whatever_changes_what_is_kept_has_a_dry_run() -> None:
    without = {
        name
        for name, command in commands().items()
        if not any("--dry-run" in parameter.opts for parameter in command.params)
    }
    assert without == NO_DRY_RUN
