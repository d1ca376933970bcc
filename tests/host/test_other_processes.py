"""Readers in other processes see a change, and their contexts switch, whatever the catalog lies in.

That this takes no more than a second is said where looks are made, and no clock has to run for it: in
`test_news` for the home's own catalog, `test_tail` for a file that homes share, `test_postgres` for a server.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from peers_runtime import Runtime
from peers_runtime.catalog import listening
from tests import postgres
from tests.host.devices import Group, until
from tests.world import project, screen

READER = """
import sys
from peers_runtime import Runtime
from tests.host.devices import until
home, device, catalog, blobs = sys.argv[1:]
shared = {"catalog": catalog, "blobs": blobs} if catalog else {}
with Runtime.open(home, device=device, actor="ada", facades=False, **shared) as runtime:
    for version in map(str.strip, sys.stdin):
        until(lambda: runtime.context("acme").render("notes").content == version)
        print(runtime.resolve("notes", "acme").version.version, flush=True)
"""
SERVER = pytest.param("server", marks=pytest.mark.postgres)


@pytest.fixture(params=["own", "file", SERVER])
def group(request: pytest.FixtureRequest, tmp_path: Path) -> Group | None:
    """The devices that read; None when other processes of the home itself do."""
    if request.param == "own":
        return None
    server: postgres.Server | None = None
    if request.param == "server":
        server = request.getfixturevalue("postgres_server")
    return Group(tmp_path, server and server.new_database())


@pytest.fixture
def runtime(group: Group | None, tmp_path: Path) -> Iterator[Runtime]:
    """Of who acts; acme uses notes 1.0.0."""
    own = None if group else Runtime.open(tmp_path / "desk", device="desk", actor="ada", facades=False)
    with own or group.open("desk") as opened:  # type: ignore[union-attr]  # it is one of the two
        opened.contexts.create("acme")
        release(opened, tmp_path, "1.0.0")
        yield opened


def release(runtime: Runtime, folder: Path, version: str) -> None:
    files = screen("notes", "notes", version)
    runtime.install(project(folder / version, version=version, files=files), context="acme")
    runtime.promote("notes", version, "stable", context="acme")


@contextmanager
def reader(folder: Path, group: Group | None, number: int) -> Generator[Callable[[str], str]]:
    """Another process: asked to await a version, it says in the end which one it has."""
    device = f"laptop-{number}" if group else "desk"
    shared = (group.catalog, group.blobs) if group else ("", "")
    command = [sys.executable, "-c", READER, str(folder / device), device, *map(str, shared)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        asked, answers = process.stdin, process.stdout
        assert asked is not None
        assert answers is not None

        def await_(version: str) -> str:
            asked.write(f"{version}\n")
            asked.flush()
            return answers.readline().strip()

        yield await_
        asked.close()


def test_the_contexts_of_other_processes_switch(
    runtime: Runtime, group: Group | None, tmp_path: Path
) -> None:
    with ExitStack() as processes:
        readers = [processes.enter_context(reader(tmp_path, group, number)) for number in range(2)]
        assert [await_("1.0.0") for await_ in readers] == ["1.0.0"] * 2
        release(runtime, tmp_path, "1.1.0")
        assert [await_("1.1.0") for await_ in readers] == ["1.1.0"] * 2
        runtime.rollback("notes", context="acme")
        assert [await_("1.0.0") for await_ in readers] == ["1.0.0"] * 2


def _never_told(tail: listening.ServerTail, seconds: float) -> bool:
    time.sleep(seconds)
    return False


@pytest.mark.parametrize("group", [SERVER], indirect=True)
@pytest.mark.parametrize("way", ["told", "asked"])
def test_a_device_on_a_server_hears_of_a_change_and_finds_it_also_when_nobody_tells(
    runtime: Runtime, group: Group, tmp_path: Path, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the server tells is a hint; the truth is asked for from time to time."""
    if way == "told":
        monkeypatch.setattr(listening, "_INTERVAL_S", 3600.0)
    else:
        monkeypatch.setattr(listening.ServerTail, "_is_told", _never_told)
    with group.open("laptop") as laptop:
        until(lambda: laptop.context("acme").render("notes").content == "1.0.0")
        release(runtime, tmp_path, "1.1.0")
        until(lambda: laptop.context("acme").render("notes").content == "1.1.0")
