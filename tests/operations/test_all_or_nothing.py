"""An act that fails at any step leaves the previous set serving and no trace.

The steps are not listed by hand: every call of a function of ours that an act makes in the rooms below
is a step, and one after the other is made to fail.
"""

from __future__ import annotations

import gc
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from peers_runtime import (
    ActivationFailed,
    ContributionConflict,
    PeersError,
    Runtime,
    SharedVersionMismatch,
)
from peers_runtime.catalog.writer import Writer
from tests.world import an_id, project, screen

BROKEN = "a fault planted by a test"


class Fault(Exception):
    """Raised where a step begins."""


def versions(folder: Path) -> tuple[Path, Path]:
    old = project(folder / "1", version="1.0.0", files=screen("notes", "notes", "old"))
    new = project(
        folder / "2",
        version="2.0.0",
        files={**screen("notes", "notes", "new"), "hooks.py": LIFE},
        definition="pkg.hooks = 'notes.hooks'",
        dependencies='["pluggy"]',
    )
    return old, new


LIFE = """
import pluggy
hookimpl = pluggy.HookimplMarker("peers")

@hookimpl
def peers_activated(context, version):
    pass
"""


def trace(runtime: Runtime) -> dict[str, Any]:
    """Everything that an act may change, as comparable data."""
    ctx = runtime.context("acme")
    with runtime.services.catalog.read() as reader:
        rows = {
            "packages": reader.packages("acme"),
            "versions": [reader.versions("acme", one.package_id) for one in reader.packages("acme")],
            "prefs": [
                reader.prefs(runtime.device, "acme", one.package_id) for one in reader.packages("acme")
            ],
            "sequence": reader.sequence(),
        }
    return {
        **rows,
        "shown": ctx.render("notes").content,
        "routes": [(route.package.version, route.shown) for route in ctx.routes.list()],
        "modules": {name.split(".")[1] for name in sys.modules if name.startswith("peers_packages.notes_")},
        "binding": runtime.context("acme").binding.active,
    }


def assert_as_before(runtime: Runtime, before: dict[str, Any], steps: object = ()) -> None:
    if trace(runtime) != before:
        runtime.drain()  # another thread takes apart what nothing refers to any more
    assert trace(runtime) == before, steps


@contextmanager
def failing(number: int, *further: str) -> Iterator[list[str]]:
    """Let the `number`-th call of ours raise; yields the names of the calls seen before it.

    `further` rooms count beside those below.
    """
    rooms = (*STEPS, *(f"peers_runtime.{room}" for room in further))
    seen: list[str] = []
    thread = threading.get_ident()

    def watch(frame: FrameType, event: str, argument: object) -> None:
        if event != "call" or threading.get_ident() != thread:
            return
        module = frame.f_globals.get("__name__", "")
        name = frame.f_code.co_name
        if not module.startswith(rooms) or name.startswith(("<", "_")) or name in UNDOING:
            return
        seen.append(f"{module}.{name}")
        if len(seen) == number:
            raise Fault(BROKEN)

    sys.setprofile(watch)
    try:
        yield seen
    finally:
        sys.setprofile(None)


UNDOING = ("drop", "discard", "drain")  # what takes a step back is no step
STEPS = tuple(
    f"peers_runtime.{room}"
    for room in (
        "operations.capture",
        "operations.install",
        "operations.plan",
        "activation.engine",
        "activation.check",
        "activation.lifecycle",
        "activation.versions",
        "contributions.author",
        "contributions.definition",
        "contributions.registry",
        "contributions.conflicts",
        "snapshots.store",
        "snapshots.blobs",
        "snapshots.code",
        "catalog.store",
        "catalog.writer",
    )
)


@pytest.mark.slow
def test_an_installation_that_fails_at_any_step_leaves_no_trace(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new = versions(tmp_path)
    with Runtime.in_memory() as runtime:
        runtime.contexts.create("acme")
        runtime.install(old, context="acme")
        runtime.drain()
        before = trace(runtime)
        with monkeypatch.context() as patch:  # stored once, each later try takes the same steps
            patch.setattr(Writer, "put_prefs", fail)
            with pytest.raises(Fault):
                runtime.install(new, context="acme")
        assert_as_before(runtime, before)
        steps: list[str] = []
        for number in range(1, 10_000):
            with failing(number) as seen:
                try:
                    runtime.install(new, context="acme")
                except (Fault, PeersError):  # the latter when it came while the package's code ran
                    pass
            if runtime_sequence(runtime) != before["sequence"]:
                break  # it was committed before the fault, or there was none: the act has happened
            steps.append(seen[-1])
            assert_as_before(runtime, before, seen[-3:])
        assert len(set(steps)) > 40, steps
        assert {step.rpartition(".")[2] for step in steps} >= {
            *("install", "capture", "evaluate", "add", "put_all", "write", "carry_out", "prepare"),
            *("together", "starts", "announce", "activated", "put_snapshot", "put_version", "put_prefs"),
        }
        home = runtime.home
        with Runtime.open(home) as restarted:
            assert restarted.context("acme").render("notes").content == "new"


def fail(*arguments: object) -> None:
    raise Fault(BROKEN)


def runtime_sequence(runtime: Runtime) -> int:
    with runtime.services.catalog.read() as reader:
        return reader.sequence()


def refused(act: Callable[[], object]) -> PeersError:
    with pytest.raises(PeersError) as caught:
        act()
    return caught.value


def test_a_version_whose_code_raises_when_it_is_activated_leaves_the_old_one(tmp_path: Path) -> None:
    old, new = versions(tmp_path)
    (new / "notes" / "hooks.py").write_text(LIFE.replace("pass", "raise RuntimeError('not today')"))
    with Runtime.in_memory() as runtime:
        runtime.contexts.create("acme")
        runtime.install(old, context="acme")
        before = trace(runtime)
        with pytest.raises(ActivationFailed, match="not today"):
            runtime.install(new, context="acme")
        gc.collect()
        assert_as_before(runtime, before)


def test_a_version_that_needs_what_the_host_lacks_leaves_the_old_one(tmp_path: Path) -> None:
    old, new = versions(tmp_path)
    text = (new / "pyproject.toml").read_text().replace('"pluggy"', '"pluggy", "no-such-distribution>=3"')
    (new / "pyproject.toml").write_text(text)
    with Runtime.in_memory() as runtime:
        runtime.contexts.create("acme")
        runtime.install(old, context="acme")
        before = trace(runtime)
        error = refused(lambda: runtime.install(new, context="acme"))
        assert isinstance(error, SharedVersionMismatch)
        assert "no-such-distribution" in error.message
        assert_as_before(runtime, before)


def test_an_id_that_another_active_package_has_is_a_conflict_that_names_both(tmp_path: Path) -> None:
    old, _ = versions(tmp_path)
    other = project(tmp_path / "other", "other", files=screen("other", "other", "other"))
    stolen = an_id("notes", "ui", "notes")
    for file in ("routes.py", "uis.py"):
        text = (other / "other" / file).read_text().replace(an_id("other", "ui", "other"), stolen)
        (other / "other" / file).write_text(text)
    with Runtime.in_memory() as runtime:
        runtime.contexts.create("acme")
        runtime.install(old, context="acme")
        before = trace(runtime)
        error = refused(lambda: runtime.install(other, context="acme"))
        assert isinstance(error, ContributionConflict)
        assert error.facts["owners"] == ["notes@1.0.0", "other@1.0.0"]
        assert_as_before(runtime, before)


@pytest.mark.slow
def test_one_broken_package_among_two_hundred_stops_nothing_else_and_is_listed(tmp_path: Path) -> None:
    with Runtime.in_memory() as runtime:
        for number in range(200):
            name = f"package{number}"
            runtime.install(project(tmp_path / name, name, files=screen(name, name, f"shows {number}")))
        home = runtime.home
        with Runtime.open(home) as host:
            digest = runtime.versions("package100")[0].snapshot_digest
            damage(host, digest)
        with Runtime.open(home) as host:
            ctx = host.context()
            assert len(ctx.apps) == 0
            assert [ctx.render(f"package{number}").content for number in (0, 99, 101, 199)] == [
                "shows 0",
                "shows 99",
                "shows 101",
                "shows 199",
            ]
            card = ctx.render("package100").error
            assert card is not None
            assert (card.code, card.package) == ("P0701", "package100")
            assert [(one.code, one.subject) for one in host.diagnostics()] == [("P0701", "package100@1.0.0")]


def damage(runtime: Runtime, digest: str) -> None:
    """Change one byte of the manifest and of every compiled module of a snapshot."""
    path = runtime.home / "blobs" / digest[:2] / digest
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.chmod(0o644)
    path.write_bytes(data)
