"""`peers deps`: what it says to people and programs, and how it fails."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests import package_index as loopback
from tests.cli.running import SAMPLES, Ran, run_peers
from tests.wheels import wheel

Peers = Callable[..., Ran]
Project = Callable[..., Path]


@pytest.fixture(scope="module")
def index() -> Iterator[loopback.Index]:
    with loopback.running() as index:
        for version in ("1.0", "2.0"):
            index.add(wheel("dep", version, {"dep.py": f"VERSION = {version!r}\n"}))
        yield index


@pytest.fixture(autouse=True)
def only_the_index_that_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)


def test_a_distribution_is_added_listed_used_and_removed(
    peers: Peers, project: Project, index: loopback.Index
) -> None:
    folder = project()
    at = ("--index", index.url)
    assert peers("deps", cwd=folder).out.splitlines()[0] == f"{folder} asks for nothing"
    dry = peers("deps", "add", "dep<2", *at, "--dry-run", cwd=folder).out
    assert dry == f"would lock 1 for {folder}\n  + dep 1.0\nnothing was written: this was a dry run\n"
    assert peers("deps", "add", "dep<2", *at, cwd=folder).out == f"locked 1 for {folder}\n  + dep 1.0\n"
    listed = peers("deps", "list", cwd=folder).out.splitlines()
    assert listed[0] == f"{folder} asks for dep<2"
    assert listed[-1].split()[:3] == ["dep", "1.0", "dep"]
    assert peers("install", folder, "-c", "acme").code == 0
    assert "dep   1.0      plain@1.0.0 in acme" in peers("doctor").out
    assert "Private distributions" in peers("show", "plain", "-c", "acme").out
    assert peers("deps", "update", *at, cwd=folder).out.endswith("\n  nothing changes\n")
    removed = peers("deps", "remove", "dep", "--json", cwd=folder).data
    assert (removed["changes"], removed["private"], removed["written"]) == (["- dep 1.0"], [], True)


def test_a_lock_that_is_out_of_date_is_told_with_the_way_out(
    peers: Peers, project: Project, index: loopback.Index, home: Path
) -> None:
    folder = project()
    assert peers("deps", "add", "dep<2", "--index", index.url, "--project", folder).code == 0
    pyproject = folder / "pyproject.toml"
    pyproject.write_text(pyproject.read_text().replace("dep<2", "dep"))
    listed = peers("deps", "list", "--project", folder)
    assert listed.code == 1
    assert listed.out.endswith(f"  help: peers --home {home} deps update --project {folder}\n")
    refused = peers("install", folder)
    assert "P0610" in refused.err
    assert f"deps update --project {folder}" in refused.err
    updated = peers("deps", "update", "--index", index.url, "--project", folder)
    assert updated.out == f"locked 1 for {folder}\n  dep 1.0 -> 2.0\n"


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("add",), 2, "Missing argument 'REQUIREMENT...'"),
        (("add", "no requirement"), 2, "is no requirement"),
        (("remove", "dep"), 2, "has no private distribution 'dep'; there are: none"),
        (("add", "nowhere"), 1, "No matching distribution found"),
        (("list", "--project", "nowhere"), 2, "does not exist"),
    ],
)
def test_wrong_input_is_one_clear_error_and_changes_nothing(
    peers: Peers, project: Project, index: loopback.Index, words: tuple[str, ...], code: int, says: str
) -> None:
    folder = project()
    before = (folder / "pyproject.toml").read_text()
    at = ("--index", index.url) if words[0] == "add" else ()
    ran = peers("deps", *words, *at, cwd=folder)
    assert says in ran.err
    assert ran.code == code
    assert (folder / "pyproject.toml").read_text() == before
    assert not (folder / "peers.lock").exists()


def test_a_package_is_added_listed_used_and_removed(peers: Peers, project: Project) -> None:
    folder = project()
    assert peers("promote", "charts", "1.0.0", "--to", "stable", "-c", "acme").code == 0
    at = ("--package", "-c", "acme")
    dry = peers("deps", "add", "charts", *at, "--dry-run", cwd=folder).out
    assert dry == f"would lock 1 for {folder}\n  + charts 1.0.0\nnothing was written: this was a dry run\n"
    assert not (folder / "peers.lock").exists()
    assert peers("deps", "add", "charts", *at, cwd=folder).out == f"locked 1 for {folder}\n  + charts 1.0.0\n"
    listed = peers("deps", cwd=folder)
    assert listed.out.splitlines()[0] == f"{folder} asks for the package charts>=1.0.0,<2"
    assert listed.out.splitlines()[3].split()[:3] == ["charts", "1.0.0", ">=1.0.0,<2"]
    data = peers("deps", "list", "--json", cwd=folder).data
    assert data["packages"][0].keys() == {"name", "projectId", "version", "digest", "range"}
    assert peers("install", folder).code == 0
    shown = peers("show", "plain").out
    assert "Depends on" in shown
    assert data["packages"][0]["digest"] in shown
    resolved = peers("show", "plain", "--resolved", "--dependencies", "--json").data
    assert list(resolved["dependencies"]) == [f"{data['packages'][0]['projectId']}@1.0.0"]
    assert peers("deps", "update", *at, cwd=folder).out == f"locked 1 for {folder}\n  nothing changes\n"
    removed = peers("deps", "remove", "charts", *at, cwd=folder)
    assert removed.out == f"locked 0 for {folder}\n  - charts 1.0.0\n"
    assert not (folder / "peers.lock").exists()


def test_update_without_names_locks_both_kinds_anew(
    peers: Peers, project: Project, index: loopback.Index
) -> None:
    folder = project()
    assert peers("promote", "charts", "1.0.0", "--to", "stable", "-c", "acme").code == 0
    assert peers("deps", "add", "dep<2", "--index", index.url, cwd=folder).code == 0
    assert peers("deps", "add", "charts", "--package", "-c", "acme", cwd=folder).code == 0
    pyproject = folder / "pyproject.toml"
    text = pyproject.read_text().replace("dep<2", "dep").replace('charts = ">=1.0.0,<2"', 'charts = ">=1"')
    pyproject.write_text(text)
    assert peers("install", folder).code == 1
    updated = peers("deps", "update", "--index", index.url, "-c", "acme", cwd=folder)
    assert updated.out == f"locked 2 for {folder}\n  dep 1.0 -> 2.0\n"
    assert peers("install", folder).code == 0


def test_an_index_says_nothing_of_packages(peers: Peers, project: Project) -> None:
    ran = peers("deps", "add", "charts", "--package", "--index", "http://localhost", cwd=project())
    assert ran.code == 2
    assert "packages come from the context" in ran.err


def test_an_installation_without_its_dependencies_says_what_to_give(
    peers: Peers, project: Project, tmp_path: Path
) -> None:
    folder = project()
    assert peers("promote", "charts", "1.0.0", "--to", "stable", "-c", "acme").code == 0
    assert peers("deps", "add", "charts", "--package", "-c", "acme", cwd=folder).code == 0
    dist = tmp_path / "dist"
    assert peers("pack", folder, "--out", dist).code == 0
    assert peers("pack", SAMPLES / "charts", "--out", dist).code == 0
    elsewhere = ("--home", tmp_path / "elsewhere", "install", dist / "plain-1.0.0-py3-none-any.whl")
    refused = run_peers(*elsewhere)
    assert refused.code == 1
    assert "error[P0620]: plain 1.0.0 depends on charts 1.0.0" in refused.err
    assert "--with WHEEL" in refused.err
    given = run_peers(*elsewhere, "--with", dist / "charts-1.0.0-py3-none-any.whl")
    assert (given.code, given.out) == (0, "installed and activated plain 1.0.0 in personal\n")
