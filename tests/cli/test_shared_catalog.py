"""Two devices on the command line: `--catalog` and `--blobs`, as options or from the environment."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.running import SAMPLES, Ran, run_peers


@pytest.fixture
def team(tmp_path: Path) -> dict[str, str]:
    (tmp_path / "team").mkdir()
    return {"PEERS_CATALOG": f"{tmp_path}/team/catalog.sqlite", "PEERS_BLOBS": f"{tmp_path}/team"}


def test_what_one_device_releases_another_runs(team: dict[str, str], tmp_path: Path) -> None:
    def on(device: str, *words: object) -> Ran:
        return run_peers("--home", tmp_path / device, "--device", device, "--actor", "ada", *words, env=team)

    assert on("laptop", "contexts", "create", "acme").code == 0
    assert on("laptop", "install", SAMPLES / "notes-1", "-c", "acme").code == 0
    assert on("desktop", "resolve", "notes", "-c", "acme", "--json").data["version"] is None
    assert on("laptop", "promote", "notes", "1.0.0", "--to", "stable", "-c", "acme").code == 0
    assert on("desktop", "routes", "match", "notes", "-c", "acme").out.startswith("notes 1.0.0 shows")
    alone = run_peers("--home", tmp_path / "desktop", "contexts", "list", "--json")
    assert [one["contextId"] for one in alone.data] == ["personal"]


def test_options_win_over_the_environment(team: dict[str, str], tmp_path: Path) -> None:
    words = (
        "--home",
        tmp_path / "home",
        "--catalog",
        tmp_path / "other.sqlite",
        "contexts",
        "create",
        "acme",
    )
    assert run_peers(*words, env=team).code == 0
    assert (tmp_path / "other.sqlite").exists()
    assert not (tmp_path / "team" / "catalog.sqlite").exists()


@pytest.mark.parametrize(
    ("option", "value", "code"),
    [
        ("--catalog", "mysql://db/peers", "P0901"),
        ("--catalog", "/nowhere/team.sqlite", "P0901"),
        ("--blobs", ".", "P0901"),
    ],
)
def test_a_place_that_cannot_be_shared_is_named(tmp_path: Path, option: str, value: str, code: str) -> None:
    home = tmp_path / "home"
    assert run_peers("--home", home, "contexts", "create", "acme").code == 0
    ran = run_peers("--home", home, option, value, "--json", "contexts", "list", cwd=home)
    assert ran.code == 2
    assert ran.error["code"] == code
