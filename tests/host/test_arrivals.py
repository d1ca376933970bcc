"""What other processes change is live here soon, by itself; and the thread that sees to it is no trouble."""

from __future__ import annotations

import gc
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from peers_runtime import PeersError, Runtime
from peers_runtime.catalog import tail
from peers_runtime.host import arrivals
from peers_runtime.host.storage import Storage
from tests.host.devices import until
from tests.world import project, screen

INSTALL = """
import sys
from peers_runtime import Runtime
with Runtime.open(sys.argv[1], facades=False) as runtime:
    runtime.install(sys.argv[2], context="acme")
"""
FOLLOW = """
import json, sys, time
from peers_runtime import Runtime
with Runtime.open(sys.argv[1], facades=False) as runtime:
    context = runtime.context("acme")
    print(context.routes.match("notes").version, flush=True)
    until = time.monotonic() + 20
    while context.routes.match("notes").version == "1.0.0" and time.monotonic() < until:
        time.sleep(0.005)  # routes tell nobody that they change
    print(context.routes.match("notes").version, "sqlalchemy" in sys.modules, flush=True)
"""
KILLED = """
import os, signal, sys
from peers_runtime import Runtime
from peers_runtime.catalog import index
with Runtime.open(sys.argv[1], facades=False) as runtime:
    index.write = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
    runtime.install(sys.argv[2], context="acme")
"""
LEFT_OPEN = """
import sys
from peers_runtime import Runtime
runtime = Runtime.open(sys.argv[1], facades=False)
print(runtime.context("acme").routes.match("notes").version)
"""
TELLS = """
import builtins
import pluggy
hook = pluggy.HookimplMarker("peers")

@hook
def peers_deactivating(version):
    getattr(builtins, "heard", []).append(version)
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def runtime(home: Path, tmp_path: Path) -> Iterator[Runtime]:
    with Runtime.open(home, facades=False) as opened:
        opened.contexts.create("acme")
        opened.install(write(tmp_path, "1.0.0"), context="acme")
        yield opened


def write(folder: Path, version: str, **more: str) -> Path:
    return project(folder / version, version=version, files={**screen("notes", "notes", version), **more})


def run(program: str, *arguments: object) -> str:
    done = subprocess.run(
        [sys.executable, "-c", program, *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode in (0, -signal.SIGKILL), done.stderr
    return done.stdout


def shows(runtime: Runtime, version: str) -> bool:
    return runtime.context("acme").render("notes").content == version


def threads() -> int:
    """All of this process, those too that `threading` has not made."""
    return len(os.listdir("/proc/self/task"))


def test_an_act_of_another_process_becomes_live_here(runtime: Runtime, home: Path, tmp_path: Path) -> None:
    assert shows(runtime, "1.0.0")
    run(INSTALL, home, write(tmp_path, "1.1.0"))
    until(lambda: shows(runtime, "1.1.0"))


def test_whoever_follows_the_homes_own_catalog_imports_nothing_for_it(
    runtime: Runtime, home: Path, tmp_path: Path
) -> None:
    command = [sys.executable, "-c", FOLLOW, str(home)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as follower:
        assert follower.stdout is not None
        assert follower.stdout.readline() == "1.0.0\n"
        runtime.install(write(tmp_path, "1.1.0"), context="acme")
        assert follower.stdout.readline() == "1.1.0 False\n"


def test_what_a_killed_process_has_committed_arrives_too(
    runtime: Runtime, home: Path, tmp_path: Path
) -> None:
    assert shows(runtime, "1.0.0")
    run(KILLED, home, write(tmp_path, "1.1.0"))
    assert (home / "index.stale").exists()
    until(lambda: shows(runtime, "1.1.0"))
    assert not (home / "index.stale").exists()


def test_a_version_that_another_process_ends_here_is_told(
    runtime: Runtime, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[str] = []
    monkeypatch.setattr("builtins.heard", heard, raising=False)
    told = project(
        tmp_path / "told",
        version="1.1.0",
        files={**screen("notes", "notes", "1.1.0"), "hooks.py": TELLS},
        definition="pkg.hooks = 'notes.hooks'",
    )
    runtime.install(told, context="acme")
    assert shows(runtime, "1.1.0")
    run(INSTALL, home, write(tmp_path, "1.2.0"))
    until(lambda: shows(runtime, "1.2.0"))
    until(lambda: heard)
    assert heard == ["1.1.0"]


def test_a_context_that_another_process_made_can_be_entered(runtime: Runtime, home: Path) -> None:
    runtime.context("acme")
    run(
        "import sys; from peers_runtime import Runtime\n"
        "with Runtime.open(sys.argv[1]) as runtime: runtime.contexts.create('globex')",
        home,
    )
    until(lambda: runtime.context("globex"))


def test_what_is_pinned_stays_pinned(runtime: Runtime, home: Path, tmp_path: Path) -> None:
    context = runtime.context("acme")
    with context:
        assert shows(runtime, "1.0.0")
        run(INSTALL, home, write(tmp_path, "1.1.0"))
        until(lambda: runtime.services.engine.state.packages[0].version == "1.1.0")
        assert context.render("notes").content == "1.0.0"
    assert context.render("notes").content == "1.1.0"


def test_an_error_is_listed_once_and_the_change_is_taken_over_when_it_is_gone(
    runtime: Runtime, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert shows(runtime, "1.0.0")
    whole = Storage.newer
    fails = [True]
    tried = []

    def newer(storage: Storage, known: Any) -> object:
        tried.append(1)
        if fails:
            raise OSError("the disk is on fire")
        return whole(storage, known)

    monkeypatch.setattr(Storage, "newer", newer)
    run(INSTALL, home, write(tmp_path, "1.1.0"))
    until(lambda: len(tried) > 2)
    (listed,) = runtime.diagnostics()
    assert listed.code == PeersError.code
    assert "the disk is on fire" in listed.message
    assert shows(runtime, "1.0.0")
    fails.clear()
    until(lambda: shows(runtime, "1.1.0"))
    until(lambda: runtime.diagnostics() == [])


def test_while_an_act_is_under_way_nothing_is_taken_over(
    runtime: Runtime, home: Path, tmp_path: Path
) -> None:
    assert shows(runtime, "1.0.0")
    with runtime.services.engine.acts:
        run(INSTALL, home, write(tmp_path, "1.1.0"))
        time.sleep(0.6)  # nothing is to happen, so there is nothing to await
        assert shows(runtime, "1.0.0")
    until(lambda: shows(runtime, "1.1.0"))


def test_there_is_no_thread_before_a_context_is_used_and_none_after_the_close(
    runtime: Runtime, home: Path
) -> None:
    before = threads()
    with Runtime.open(home, facades=False) as other:
        assert threads() == before
        other.context("acme").routes.match("notes")
        assert threads() == before + 1
        other.context("acme")
        assert threads() == before + 1
    until(lambda: threads() == before)


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever a thread or its end waits for is an hour away, unless it is told."""
    for module, name in ((tail, "_INTERVAL_S"), (arrivals, "_LATER_S"), (arrivals, "_PATIENCE_S")):
        monkeypatch.setattr(module, name, 3600.0)


@pytest.mark.usefixtures("patient")
def test_closing_waits_for_nothing_that_is_asked_from_time_to_time(runtime: Runtime, home: Path) -> None:
    before = threads()
    with Runtime.open(home, facades=False) as opened:
        opened.context("acme")
        assert threads() == before + 1
    until(lambda: threads() == before)


def test_a_runtime_that_is_dropped_leaves_no_thread(home: Path, runtime: Runtime) -> None:
    before = threads()
    Runtime.open(home, facades=False).context("acme")
    gc.collect()
    until(lambda: threads() == before)


def test_a_host_that_forgets_to_close_can_end(home: Path, runtime: Runtime) -> None:
    assert run(LEFT_OPEN, home) == "1.0.0\n"


def in_a_child(act: Callable[[], bool]) -> int:
    """How a forked child ends: 0 when what it did came out well."""
    child = os.fork()
    if not child:
        status = 1
        try:
            status = 0 if act() else 2
        finally:
            os._exit(status)
    return os.waitpid(child, 0)[1]


@pytest.mark.usefixtures("patient")
def test_a_fork_does_not_carry_the_thread(runtime: Runtime, home: Path) -> None:
    assert shows(runtime, "1.0.0")

    def closes() -> bool:
        alone = threads() == 1
        runtime._arrivals.close()
        return alone

    assert in_a_child(closes) == 0


def test_a_forked_child_that_uses_a_context_follows_for_itself(
    runtime: Runtime, home: Path, tmp_path: Path
) -> None:
    assert shows(runtime, "1.0.0")
    later = write(tmp_path, "1.1.0")

    def follows() -> bool:
        run(INSTALL, home, later)
        until(lambda: shows(runtime, "1.1.0"))
        return threads() >= 2

    assert in_a_child(follows) == 0
