"""A dry run is refused as the act is, with the same words, and leaves nothing behind."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from peers_runtime import PeersError, Runtime
from peers_runtime.base import errors
from tests.host.task_packages import CONTRACT, LABEL, by, consumer, fancy, provider
from tests.world import an_id, project

Act = Callable[[Runtime, bool], object]


def provided(runtime: Runtime, folder: Path) -> None:
    hooks = "import pluggy\n@pluggy.HookimplMarker('peers')\ndef peers_activated():\n    pass\n"
    before = {"files": {"hooks.py": hooks}, "definition": "pkg.hooks = 'tasks.hooks'"}
    runtime.install(project(folder / "before", "tasks", "0.9.0", **before))  # type: ignore[arg-type]  # by name
    runtime.promote("tasks", "0.9.0", "stable")
    runtime.install(provider(folder))
    runtime.promote("tasks", "1.0.0", "stable")
    runtime.install(consumer(folder))
    runtime.install(provider(folder, version="2.0.0", contract_version=2), activate=False)
    runtime.promote("projects", "1.0.0", "stable")


def installing(source: Callable[[Path], Path]) -> Callable[[Path], Act]:
    def made(folder: Path) -> Act:
        path = source(folder)

        def act(runtime: Runtime, dry_run: bool) -> object:
            return runtime.plan_install(path) if dry_run else runtime.install(path)

        return act

    return made


REFUSED: dict[str, tuple[Callable[[Path], Act], type[PeersError]]] = {
    "install what others need otherwise": (
        installing(lambda folder: provider(folder, version="1.1.0", more="due: int")),
        errors.ContractNotFulfilled,
    ),
    "install a consumer": (
        installing(lambda folder: consumer(folder, "other", consumes=f"{CONTRACT!r}, 7")),
        errors.ContractMissing,
    ),
    "install a wrong claim": (
        installing(lambda folder: fancy(folder, title="int")),
        errors.ContractNotFulfilled,
    ),
    "activate": (
        lambda _: lambda it, dry: it.activate("tasks", "2.0.0", dry_run=dry),
        errors.ContractNeeded,
    ),
    "activate here": (
        lambda _: lambda it, dry: it.activate("tasks", "0.9.0", device=True, dry_run=dry),
        errors.ContractNeeded,
    ),
    "rollback": (lambda _: lambda it, dry: it.rollback("tasks", dry_run=dry), errors.ContractNeeded),
    "disable": (lambda _: lambda it, dry: it.disable("tasks", dry_run=dry), errors.ContractNeeded),
    "uninstall": (lambda _: lambda it, dry: it.uninstall("tasks", dry_run=dry), errors.ContractNeeded),
    "follow": (
        lambda _: lambda it, dry: it.follow("tasks", tags="dev", device=True, dry_run=dry),
        errors.ContractNeeded,
    ),
    "several": (
        lambda _: lambda it, dry: it.activate_all({"projects": "1.0.0", "tasks": "2.0.0"}, dry_run=dry),
        errors.ContractNeeded,
    ),
}


def trace(runtime: Runtime) -> object:
    """What a dry run leaves as it was."""
    loaded = {name for name in sys.modules if name.startswith("peers_packages.")}
    return runtime.diagnostics(), loaded, runtime.packages(), runtime.context().binding.generation


@pytest.mark.parametrize("name", REFUSED)
def test_a_dry_run_is_refused_as_the_act_is(runtime: Runtime, tmp_path: Path, name: str) -> None:
    provided(runtime, tmp_path)
    make, kind = REFUSED[name]
    act = make(tmp_path)
    assert by(runtime) == "tasks 1.0.0"
    runtime.drain()
    before = trace(runtime)
    refusals = []
    for dry_run in (True, False):
        with pytest.raises(kind) as caught:
            act(runtime, dry_run)
        error = caught.value
        refusals.append((error.code, error.message, error.hint, error.facts))
        if dry_run:
            assert trace(runtime) == before
    assert refusals[0] == refusals[1]
    assert by(runtime) == "tasks 1.0.0"


def test_a_promotion_that_would_take_a_provider_away_is_refused_dry_and_not(
    runtime: Runtime, tmp_path: Path
) -> None:
    provided(runtime, tmp_path)
    for dry_run in (True, False):
        with pytest.raises(errors.ContractNeeded, match=r"projects@1\.0\.0"):
            runtime.promote("tasks", "2.0.0", "stable", dry_run=dry_run)
    assert by(runtime) == "tasks 1.0.0"


def test_a_dry_run_lists_no_claim(runtime: Runtime, tmp_path: Path) -> None:
    source = fancy(tmp_path)
    runtime.plan_install(source)
    assert runtime.diagnostics() == []
    runtime.install(source)
    assert [one.code for one in runtime.diagnostics()] == ["P0523"]


def test_a_choice_that_leaves_a_consumer_without_a_provider_is_refused_dry_and_not(
    runtime: Runtime, tmp_path: Path
) -> None:
    runtime.install(provider(tmp_path))
    runtime.install(fancy(tmp_path))
    runtime.contracts.set_provider("Tasks@1", "fancy")
    only = f"{CONTRACT!r}, 1, providers=({an_id('elsewhere')!r},), fallback=False"
    runtime.install(consumer(tmp_path, consumes=only))
    assert by(runtime) == "fancy 1.0.0"
    for dry_run in (True, False):
        with pytest.raises(errors.ContractNeeded, match=rf"projects@1\.0\.0 of {LABEL}"):
            runtime.contracts.set_provider("Tasks@1", None, dry_run=dry_run)
    assert by(runtime) == "fancy 1.0.0"
