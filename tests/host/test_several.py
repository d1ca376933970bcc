"""Acts on several packages at once: checked as they will be together, and all of them or none."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from peers_runtime import Decision, Runtime
from peers_runtime.base import errors
from peers_runtime.catalog.writer import Writer
from tests.host.devices import Group, until
from tests.host.task_packages import CONTRACT, by, consumer, fancy, provider
from tests.world import an_id, project

PROJECTS = an_id("projects", "contract")
HEARD = """
import builtins, pluggy
hookimpl = pluggy.HookimplMarker("peers")

@hookimpl
def peers_activated(context, version):
    builtins.heard.append("begins {name}")
    {more}

@hookimpl
def peers_deactivating(context, version):
    builtins.heard.append("ends {name}")
"""


@pytest.fixture
def runtime() -> Iterator[Runtime]:
    with Runtime.in_memory() as opened:
        yield opened


def mutual(folder: Path, version: str = "1.0.0", number: int = 1) -> tuple[Path, Path]:
    """Tasks and projects: each consumes the other's contract, in its version `number`."""
    tasks = provider(folder, version=version, contract_version=number)
    definition = tasks / "tasks/package.py"
    definition.write_text(definition.read_text() + f"    pkg.consumes({PROJECTS!r}, {number})\n")
    projects = consumer(folder, version=version, consumes=f"{CONTRACT!r}, {number}", uses=number)
    definition = projects / "projects/package.py"
    definition.write_text(definition.read_text().replace(f"{PROJECTS!r}, 1", f"{PROJECTS!r}, {number}"))
    return tasks, projects


def active(runtime: Runtime, context: str = "personal") -> list[str]:
    return [one.label for one in runtime.context(context).binding.active.packages]


def generation(runtime: Runtime) -> int:
    return runtime.context().binding.generation


# ── together ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("first", [0, 1])
def test_packages_that_need_each_other_are_installed_in_one_act_only(
    runtime: Runtime, tmp_path: Path, first: int
) -> None:
    both = mutual(tmp_path)
    with pytest.raises(errors.ContractMissing, match="no active package provides it") as caught:
        runtime.install(both[first])
    assert "peers install SOURCE SOURCE" in caught.value.hint
    before = generation(runtime)
    installed = runtime.install_all([both[first], both[1 - first]])
    assert [one.name for one in installed] == [("tasks", "projects")[first], ("projects", "tasks")[first]]
    assert all(one.applied and one.version for one in installed)
    assert by(runtime) == "tasks 1.0.0"
    assert generation(runtime) == before + 1  # both came at once


def test_a_host_that_starts_later_has_both(tmp_path: Path) -> None:
    with Runtime.open(tmp_path / "home") as opened:
        opened.install_all(mutual(tmp_path))
    with Runtime.open(tmp_path / "home") as started:
        assert active(started) == ["projects@1.0.0", "tasks@1.0.0"]
        assert by(started) == "tasks 1.0.0"


def test_another_device_that_follows_takes_both_in_one_generation(group: Group, tmp_path: Path) -> None:
    with group.open("desk") as desk, group.open("laptop") as laptop:
        desk.contexts.create("acme")
        until(lambda: laptop.context("acme"))
        before = laptop.context("acme").binding.generation
        desk.install_all(mutual(tmp_path), context="acme")
        promoted = desk.promote_all({"tasks": "1.0.0", "projects": "1.0.0"}, "stable", context="acme")
        assert [str(one.version and one.version.version_tag) for one in promoted] == ["stable", "stable"]
        until(lambda: active(laptop, "acme") == ["projects@1.0.0", "tasks@1.0.0"])
        assert laptop.context("acme").binding.generation == before + 1
        assert by(laptop, "acme") == "tasks 1.0.0"


def test_versions_that_need_each_other_go_on_and_back_in_step(runtime: Runtime, tmp_path: Path) -> None:
    runtime.install_all(mutual(tmp_path))
    runtime.promote_all({"tasks": "1.0.0", "projects": "1.0.0"}, "stable")
    tasks, projects = mutual(tmp_path, "2.0.0", 2)
    with pytest.raises(errors.ContractMissing):
        runtime.install(projects)
    with pytest.raises(errors.PeersError):
        runtime.install(tasks)
    runtime.install_all([projects, tasks])
    assert by(runtime) == "tasks 2.0.0"
    runtime.promote_all({"tasks": "2.0.0", "projects": "2.0.0"}, "stable")
    for name in ("tasks", "projects"):
        with pytest.raises(errors.PeersError):
            runtime.rollback(name)
        with pytest.raises(errors.PeersError):
            runtime.activate(name, "1.0.0")
    runtime.rollback_all(["tasks", "projects"])
    assert by(runtime) == "tasks 1.0.0"
    before = generation(runtime)
    runtime.activate_all({"projects": "2.0.0", "tasks": "2.0.0"})
    assert by(runtime) == "tasks 2.0.0"
    assert generation(runtime) == before + 1


@pytest.mark.parametrize("act", ["disable", "uninstall"])
def test_packages_that_need_each_other_go_together_only(runtime: Runtime, tmp_path: Path, act: str) -> None:
    runtime.install_all(mutual(tmp_path))
    for name, consumer_of_it in (("tasks", "projects@1.0.0"), ("projects", "tasks@1.0.0")):
        with pytest.raises(errors.ContractNeeded, match=consumer_of_it):
            getattr(runtime, act)(name)
    getattr(runtime, f"{act}_all")(["tasks", "projects"])
    assert active(runtime) == []
    assert len(runtime.packages()) == (2 if act == "disable" else 0)
    if act == "disable":
        with pytest.raises(errors.ContractMissing):
            runtime.activate("tasks", "1.0.0")
        runtime.activate_all({"tasks": "1.0.0", "projects": "1.0.0"})
        assert by(runtime) == "tasks 1.0.0"


def test_a_package_begins_by_calling_one_that_begins_with_it(runtime: Runtime, tmp_path: Path) -> None:
    hook = (
        "import pluggy\nfrom projects import tools\nhookimpl = pluggy.HookimplMarker('peers')\n"
        "@hookimpl\ndef peers_activated(context):\n    tools.heard.append('begun')\n"
    )
    tasks, projects = mutual(tmp_path)
    (projects / "projects/hooks.py").write_text(hook)
    definition = projects / "projects/package.py"
    definition.write_text(definition.read_text() + "    pkg.hooks = 'projects.hooks'\n")
    runtime.install_all([tasks, projects])
    assert runtime.context().module("projects.tools").heard == ["begun"]


# ── or not at all ────────────────────────────────────────────────────────────────────────────────


def telling(folder: Path, name: str, more: str = "") -> Path:
    """A package that says when it begins and ends; `more` is what it does then."""
    files = {"hooks.py": HEARD.format(name=name, more=more)}
    return project(folder / name, name, files=files, definition=f"pkg.hooks = '{name}.hooks'")


def test_what_began_before_another_failed_hears_its_end_and_is_gone(
    runtime: Runtime, tmp_path: Path, heard: list[str]
) -> None:
    broken = telling(tmp_path, "b_later", "raise RuntimeError('not today')")
    with pytest.raises(errors.ActivationFailed, match="not today"):
        runtime.install_all([telling(tmp_path, "a_first"), broken])
    assert heard == ["begins a_first", "begins b_later", "ends a_first"]
    assert (active(runtime), runtime.packages()) == ([], [])
    assert not [name for name in sys.modules if name.startswith("peers_packages.a_first")]


def test_what_another_context_has_hears_that_this_one_never_had_it(
    runtime: Runtime, tmp_path: Path, heard: list[str]
) -> None:
    runtime.contexts.create("acme")
    first = telling(tmp_path, "a_first")
    runtime.install(first, context="acme")
    broken = telling(tmp_path, "b_later", "raise RuntimeError('not today')")
    with pytest.raises(errors.ActivationFailed, match="not today"):
        runtime.install_all([first, broken])
    assert heard == ["begins a_first", "begins a_first", "begins b_later", "ends a_first"]
    heard.clear()
    runtime.install(first)
    assert heard == ["begins a_first"]


def test_what_cannot_be_recorded_is_recorded_of_no_package(
    runtime: Runtime, tmp_path: Path, heard: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    sources = [telling(tmp_path, "a_first"), telling(tmp_path, "b_later")]
    put, calls = Writer.put_package, []

    def fail_the_second(writer: Writer, package: object) -> None:
        calls.append(package)
        if len(calls) == 2:
            raise OSError("the disk is full")
        put(writer, package)  # type: ignore[arg-type]  # handed on as it came

    with monkeypatch.context() as patch:
        patch.setattr(Writer, "put_package", fail_the_second)
        with pytest.raises(OSError, match="the disk is full"):
            runtime.install_all(sources)
    assert heard == ["begins a_first", "begins b_later", "ends a_first", "ends b_later"]
    assert (active(runtime), runtime.packages()) == ([], [])
    runtime.install_all(sources)
    assert active(runtime) == ["a_first@1.0.0", "b_later@1.0.0"]


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What packages say of their lives."""
    import builtins

    told: list[str] = []
    monkeypatch.setattr(builtins, "heard", told, raising=False)
    return told


def test_one_package_is_not_given_twice(runtime: Runtime, tmp_path: Path) -> None:
    for version in ("1.0.0", "1.1.0"):
        provider(tmp_path, version=version)
    with pytest.raises(errors.InvalidSetting, match="tasks is given twice"):
        runtime.install_all([tmp_path / "tasks-1.0.0", tmp_path / "tasks-1.1.0"])
    assert runtime.packages() == []
    runtime.install(tmp_path / "tasks-1.0.0")
    package_id = runtime.packages()[0].package_id
    with pytest.raises(errors.InvalidSetting, match="tasks is given twice"):
        runtime.disable_all(["tasks", package_id])


def test_two_packages_of_one_name_do_not_come_together(runtime: Runtime, tmp_path: Path) -> None:
    one = provider(tmp_path / "one")
    other = provider(tmp_path / "other")
    definition = other / "tasks/package.py"
    definition.write_text(definition.read_text().replace(an_id("tasks"), an_id("other")))
    with pytest.raises(errors.NameTaken, match="two packages that are given have the import name 'tasks'"):
        runtime.install_all([one, other])
    assert runtime.packages() == []


def test_two_packages_with_one_id_do_not_come_together(runtime: Runtime, tmp_path: Path) -> None:
    other = fancy(tmp_path)
    members = other / "fancy/members.py"
    members.write_text(members.read_text().replace(an_id("fancy", "table"), an_id("tasks", "table")))
    for act in (runtime.install_all, lambda both: runtime.install_all(both, dry_run=True)):
        with pytest.raises(errors.ContributionConflict, match="both contribute a table"):
            act([provider(tmp_path), other])
    assert runtime.packages() == []


@pytest.mark.parametrize(
    "act",
    [
        lambda runtime: runtime.disable_all("tasks"),
        lambda runtime: runtime.uninstall_all("tasks"),
        lambda runtime: runtime.rollback_all("tasks"),
        lambda runtime: runtime.install_all("tasks"),
        lambda runtime: runtime.install_all(Path("tasks")),
    ],
)
def test_one_name_is_not_several(runtime: Runtime, act: Callable[[Runtime], object]) -> None:
    with pytest.raises(errors.InvalidSetting, match="'tasks' is not several"):
        act(runtime)


def test_no_package_at_all_is_no_act(runtime: Runtime) -> None:
    assert list(runtime.install_all([])) == []
    assert list(runtime.disable_all([])) == []


def test_a_dry_run_of_several_tells_what_the_act_does(runtime: Runtime, tmp_path: Path) -> None:
    both = mutual(tmp_path)

    def shown(decisions: Sequence[Decision]) -> list[tuple[str, list[str]]]:
        return [(one.name, [str(effect) for effect in one.effects]) for one in decisions]

    told = runtime.install_all(both, dry_run=True)
    assert not any(one.applied for one in told)
    assert (runtime.packages(), list(runtime.home.glob("blobs/*/*"))) == ([], [])
    assert not any(name.startswith("peers_packages.tasks") for name in sys.modules)
    assert shown(runtime.install_all(both)) == shown(told)
