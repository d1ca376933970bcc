"""Snapshots that were a dev version's are given up when nothing uses them, and not before."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from peers_runtime import Runtime
from peers_runtime.base.errors import InvalidSetting
from peers_runtime.operations.prune import prune, unused
from tests.world import project, screen

READER = """
import sys, time
from peers_runtime import Runtime
with Runtime.open(sys.argv[1], facades=False) as runtime, runtime.context("acme") as active:
    before = runtime.services.engine.state
    print("open", flush=True)
    while runtime.services.engine.state is before:
        time.sleep(0.01)  # a state tells nobody that it is replaced
    print("follows", flush=True)
    sys.stdin.readline()
    print(active.modules["notes.ui"].home({}, None), flush=True)
"""


@pytest.fixture
def runtime(tmp_path: Path) -> Iterator[Runtime]:
    with Runtime.open(tmp_path / "home") as opened:
        opened.contexts.create("acme")
        yield opened


def install(runtime: Runtime, folder: Path, shows: str) -> str:
    project(folder, files=screen("notes", "notes", shows))
    return runtime.install(folder, context="acme").snapshot_digest


def grow_old(runtime: Runtime) -> None:
    """As if all this had been stored long ago."""
    for path in (runtime.home / "blobs").rglob("*"):
        os.utime(path, (0, 0))


def pruned(runtime: Runtime) -> list[str]:
    runtime.drain()
    grow_old(runtime)
    return [one.digest for one in prune(runtime.services)]


def test_what_a_dev_version_no_longer_points_at_goes(runtime: Runtime, tmp_path: Path) -> None:
    digests = [install(runtime, tmp_path / "project", shows) for shows in ("one", "two", "three")]
    assert pruned(runtime) == digests[:2]
    assert pruned(runtime) == []
    assert runtime.context("acme").render("notes").content == "three"
    left = [path.name for path in runtime.home.rglob("*")]
    code = f"{digests[0]}.code"  # which the third names for what has not changed
    assert [name for name in left if any(digest in name for digest in digests[:2])] == [code]
    with runtime.services.catalog.read() as reader:
        assert reader.all_snapshots() == [digests[2]]


def test_a_version_that_a_request_is_still_on_stays(runtime: Runtime, tmp_path: Path) -> None:
    first = install(runtime, tmp_path / "project", "one")
    context = runtime.context("acme")
    with context:
        install(runtime, tmp_path / "project", "two")
        assert pruned(runtime) == []
        assert context.render("notes").content == "one"  # imported only now
    install(runtime, tmp_path / "project", "three")
    assert first in pruned(runtime)


def test_what_was_let_go_after_the_last_switch_goes(runtime: Runtime, tmp_path: Path) -> None:
    first = install(runtime, tmp_path / "project", "one")
    held = runtime.services.engine.binding("acme").active
    second = install(runtime, tmp_path / "project", "two")
    assert pruned(runtime) == []
    del held
    assert pruned(runtime) == [first]
    install(runtime, tmp_path / "project", "three")
    assert pruned(runtime) == [second]


def test_a_snapshot_that_another_context_runs_stays(runtime: Runtime, tmp_path: Path) -> None:
    install(runtime, tmp_path / "project", "one")
    runtime.install(tmp_path / "project")
    install(runtime, tmp_path / "project", "two")
    assert pruned(runtime) == []
    assert runtime.context().render("notes").content == "one"


def test_what_another_process_may_still_load_stays(runtime: Runtime, tmp_path: Path) -> None:
    first = install(runtime, tmp_path / "project", "one")
    command = [sys.executable, "-c", READER, str(runtime.home)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "open\n"
        install(runtime, tmp_path / "project", "two")
        assert process.stdout.readline() == "follows\n"
        assert pruned(runtime) == []
        said, _ = process.communicate("\n", timeout=60)
        assert said == "one\n"
    assert pruned(runtime) == [first]


def test_an_uninstalled_package_leaves_no_snapshot(runtime: Runtime, tmp_path: Path) -> None:
    digest = install(runtime, tmp_path / "project", "one")
    runtime.uninstall("notes", context="acme")
    assert pruned(runtime) == [digest]


def test_the_newest_of_each_package_stay_when_so_many_are_kept(runtime: Runtime, tmp_path: Path) -> None:
    shown = ("one", "two", "three", "four")
    digests = [install(runtime, tmp_path / "project", shows) for shows in shown]
    project(tmp_path / "tasks", "tasks", files=screen("tasks", "tasks", "theirs"))
    other = runtime.install(tmp_path / "tasks", context="acme").snapshot_digest
    runtime.uninstall("tasks", context="acme")
    runtime.drain()
    grow_old(runtime)
    assert [one.digest for one in unused(runtime.services, 2)] == digests[:1]
    assert [one.digest for one in runtime.prune(keep=2)] == digests[:1]
    assert runtime.prune(keep=2) == []
    assert {one.digest for one in runtime.prune()} == {*digests[1:3], other}


@pytest.mark.parametrize("count", [-1, True, 1.5, "3", None])
def test_what_is_no_count_is_refused(runtime: Runtime, count: object) -> None:
    for dry_run in (True, False):
        with pytest.raises(InvalidSetting, match="number of snapshots to keep"):
            runtime.prune(count, dry_run=dry_run)  # type: ignore[arg-type]  # as a caller without types may
