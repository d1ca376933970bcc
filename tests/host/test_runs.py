"""Runs that are interrupted, resumed, cancelled and waited for; by whom, and on which device."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from peers_runtime import Role, Runtime
from peers_runtime.base import errors
from tests.host import workflow_packages as parts
from tests.host.devices import Group, until

STOPPING = """[
    one("first"),
    Step("middle", tool=make, arguments={"title": "middle"}),
    Step("last", tool=make, arguments={"title": "last"}),
]"""


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    yield
    parts.SEEN.clear()
    parts.TROUBLE.clear()
    parts.WAITING.clear()


def installed(runtime: Runtime, folder: Path, version: str = "1.0.0", **workflows: str) -> None:
    runtime.install(parts.package(folder, workflows, version), "acme")


def interrupted(runtime: Runtime, name: str = "stopping") -> str:
    """The id of a run that was interrupted (Ctrl-C) in its second step."""
    parts.TROUBLE["middle"] = KeyboardInterrupt()
    with pytest.raises(KeyboardInterrupt):
        runtime.context("acme").workflows[name](title="x")
    parts.TROUBLE.clear()
    return runtime.context("acme").workflows.runs()[-1].run_id


def test_an_interrupted_run_goes_on_with_the_step_that_was_under_way(
    runtime: Runtime, tmp_path: Path
) -> None:
    installed(runtime, tmp_path, stopping=STOPPING)
    run = runtime.context("acme").workflows.run(interrupted(runtime))
    assert (run.status, run.output, [one.path for one in run.steps]) == ("running", None, ["made"])
    assert run.result()["text"] == "LAST"
    assert parts.SEEN == ["first", "middle", "middle", "last"]
    assert run.state.taken == 2


def test_a_run_goes_on_in_the_version_in_which_it_began(runtime: Runtime, tmp_path: Path) -> None:
    installed(runtime, tmp_path, stopping=STOPPING)
    run_id = interrupted(runtime)
    installed(runtime, tmp_path, "2.0.0", stopping='[one("only this")]')
    [taken] = runtime.resume()
    workflows = runtime.context("acme").workflows
    assert (taken.run_id, taken.version) == (run_id, "1.0.0")
    assert workflows.run(run_id).result() == {"text": "LAST", "by": "1.0.0", "key": f"{run_id}/last"}
    assert workflows["stopping"](title="x")["by"] == "2.0.0"
    assert parts.SEEN == ["first", "middle", "middle", "last", "only this"]


def test_what_an_unfinished_run_needs_is_not_pruned(runtime: Runtime, tmp_path: Path) -> None:
    installed(runtime, tmp_path, stopping=STOPPING)
    run = runtime.context("acme").workflows.run(interrupted(runtime))
    installed(runtime, tmp_path, "2.0.0", stopping='[one("only this")]')
    assert runtime.prune(dry_run=True) == []
    run.result()
    assert [one.version for one in runtime.prune(dry_run=True)] == ["1.0.0"]


def test_a_package_that_is_switched_off_lets_its_runs_wait(runtime: Runtime, tmp_path: Path) -> None:
    installed(runtime, tmp_path, stopping=STOPPING)
    run = runtime.context("acme").workflows.run(interrupted(runtime))
    runtime.disable("notes", "acme")
    with pytest.raises(errors.NoActiveVersion, match="waits: no version of notes is active"):
        run.result()
    runtime.activate("notes", "1.0.0", "acme")
    assert run.result()["text"] == "LAST"


def test_a_package_with_an_unfinished_run_is_not_uninstalled(runtime: Runtime, tmp_path: Path) -> None:
    installed(runtime, tmp_path, stopping=STOPPING)
    run = runtime.context("acme").workflows.run(interrupted(runtime))
    for dry_run in (True, False):
        with pytest.raises(errors.RunsUnfinished, match=f"1 unfinished run .* stopping {run.run_id}"):
            runtime.uninstall("notes", "acme", dry_run=dry_run)
    assert run.cancel(dry_run=True).status == "running"
    run.cancel()
    runtime.uninstall("notes", "acme")
    assert run.status == "cancelled"


def test_a_cancelled_run_does_not_go_on(runtime: Runtime, tmp_path: Path) -> None:
    installed(runtime, tmp_path, stopping=STOPPING)
    run = runtime.context("acme").workflows.run(interrupted(runtime))
    run.cancel()
    assert runtime.resume() == []
    for act in (run.result, run.cancel):
        with pytest.raises(errors.RunEnded, match="was cancelled"):
            act()
    assert parts.SEEN == ["first", "middle"]


def begun(runtime: Runtime) -> threading.Event:
    """What lets the tool `patient` return, which has begun by then."""
    parts.WAITING.update({"begun": threading.Event(), "go on": threading.Event()})
    go_on = parts.WAITING["go on"]
    assert isinstance(go_on, threading.Event)
    return go_on


PATIENT = '[Step("wait", tool=patient, arguments={"title": "waiting"}), one("after")]'


def test_a_running_step_hears_that_its_run_was_cancelled(runtime: Runtime, tmp_path: Path) -> None:
    installed(runtime, tmp_path, patient=PATIENT)
    begun(runtime)
    run = runtime.context("acme").workflows["patient"].start(title="x")
    assert parts.WAITING["begun"].wait(20)
    run.cancel()
    with pytest.raises(errors.RunEnded):
        run.result(20)
    assert parts.SEEN == ["waiting"]


def test_a_run_that_goes_on_elsewhere_is_waited_for_in_vain(runtime: Runtime, tmp_path: Path) -> None:
    installed(runtime, tmp_path, patient=PATIENT)
    go_on = begun(runtime)
    run = runtime.context("acme").workflows["patient"].start(title="x")
    assert parts.WAITING["begun"].wait(20)
    with pytest.raises(TimeoutError, match="has not ended"):
        run.result(0.05)
    assert runtime.resume() == []  # somebody works at it
    go_on.set()
    assert run.result(20)["text"] == "AFTER"
    assert parts.SEEN == ["waiting", "after"]


def test_what_stops_a_run_in_its_thread_is_listed_and_stops_no_other(
    runtime: Runtime, tmp_path: Path
) -> None:
    installed(runtime, tmp_path, stopping=STOPPING)
    workflows = runtime.context("acme").workflows
    parts.TROUBLE["middle"] = KeyboardInterrupt("by mistake")
    runs = [workflows["stopping"].start(title="x") for _ in range(10)]
    until(lambda: parts.SEEN.count("middle") == 10)
    until(lambda: any("KeyboardInterrupt: by mistake" in one.message for one in runtime.diagnostics()))
    parts.TROUBLE.clear()
    assert [run.result(20)["text"] for run in runs] == ["LAST"] * 10


def test_closing_a_runtime_stops_its_runs_and_another_goes_on_with_them(tmp_path: Path) -> None:
    with Runtime.open(tmp_path / "home", facades=False) as first:
        first.contexts.create("acme")
        installed(first, tmp_path, patient=PATIENT)
        begun(first)
        run_id = first.context("acme").workflows["patient"].start(title="x").run_id
        assert parts.WAITING["begun"].wait(20)
    assert parts.SEEN == ["waiting"]
    parts.WAITING["go on"].set()
    with Runtime.open(tmp_path / "home", facades=False) as second:
        assert [one.run_id for one in second.context("acme").workflows.resume()] == [run_id]
        assert second.context("acme").workflows.run(run_id).result(20)["text"] == "AFTER"
    assert parts.SEEN == ["waiting", "waiting", "after"]


def test_of_two_that_resume_at_once_one_works_at_each_run(tmp_path: Path) -> None:
    with Runtime.open(tmp_path / "home", facades=False) as first:
        first.contexts.create("acme")
        installed(first, tmp_path, stopping=STOPPING)
        ids = sorted(interrupted(first) for _ in range(6))
    parts.SEEN.clear()
    at_once = threading.Barrier(2)
    taken: list[str] = []

    def resume() -> None:
        with Runtime.open(tmp_path / "home", facades=False) as runtime:
            context = runtime.context("acme")
            at_once.wait(20)
            found = context.workflows.resume()
            taken.extend(one.run_id for one in found)
            for run_id in ids:
                context.workflows.run(run_id).result(30)

    both = [threading.Thread(target=resume) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join(60)
    assert sorted(taken) == ids
    assert sorted(parts.SEEN) == ["last"] * 6 + ["middle"] * 6


def test_who_was_taken_for_dead_keeps_nothing_any_more(runtime: Runtime, tmp_path: Path) -> None:
    """As on a file system without locks: what is kept says who has taken it up last."""
    installed(runtime, tmp_path, patient=PATIENT)
    go_on = begun(runtime)
    run = runtime.context("acme").workflows["patient"].start(title="x")
    assert parts.WAITING["begun"].wait(20)
    with runtime.services.catalog.write() as writer:
        writer.put_run(run.state.model_copy(update={"taken": 2}))
    go_on.set()
    until(lambda: any(one.code == errors.RunHeld.code for one in runtime.diagnostics()))
    assert run.steps == ()
    assert run.result(20)["text"] == "AFTER"  # nobody works at it now


# ── who may, and where ───────────────────────────────────────────────────────────────────────────


def test_running_takes_a_writer_looking_a_reader(runtime: Runtime, tmp_path: Path) -> None:
    installed(runtime, tmp_path, stopping=STOPPING)
    run_id = interrupted(runtime)
    runtime.members.set("acme", "rita", Role.READER)
    reading = runtime.context("acme", "rita").workflows
    assert reading.run(run_id).status == "running"
    assert [one.run_id for one in reading.runs(unfinished=True)] == [run_id]
    for act in (
        lambda: reading["stopping"](title="x"),
        lambda: reading["stopping"].start(title="x"),
        lambda: reading.run(run_id).result(),
        lambda: reading.run(run_id).cancel(),
        reading.resume,
    ):
        with pytest.raises(errors.RoleTooLow):
            act()


def test_a_run_goes_on_for_who_began_it(runtime: Runtime, tmp_path: Path) -> None:
    installed(runtime, tmp_path, stopping=STOPPING)
    runtime.members.set("acme", "walt", Role.WRITER)
    parts.TROUBLE["middle"] = KeyboardInterrupt()
    with pytest.raises(KeyboardInterrupt):
        runtime.context("acme", "walt").workflows["stopping"](title="x")
    parts.TROUBLE.clear()
    [run] = runtime.context("acme").workflows.runs()
    runtime.members.set("acme", "walt", Role.READER)
    with pytest.raises(errors.RoleTooLow, match="walt"):
        run.result()
    runtime.members.set("acme", "walt", Role.WRITER)
    assert run.result()["text"] == "LAST"
    assert run.state.actor == "walt"


def test_a_run_is_of_its_context_and_of_its_device(group: Group, tmp_path: Path) -> None:
    with group.open("desk") as desk, group.open("lap") as lap:
        desk.contexts.create("acme")
        desk.contexts.create("globex")
        installed(desk, tmp_path, stopping=STOPPING)
        desk.promote("notes", "1.0.0", "stable", "acme")
        run_id = interrupted(desk)
        with pytest.raises(errors.UnknownRun):
            desk.context("globex").workflows.run(run_id)
        until(lambda: lap.context("acme").workflows.run(run_id).status == "running")
        seen = lap.context("acme").workflows.run(run_id)
        assert lap.resume() == []
        with pytest.raises(TimeoutError):
            seen.result(0.05)
        with pytest.raises(errors.RunsUnfinished):
            lap.uninstall("notes", "acme")
        assert desk.context("acme").workflows.run(run_id).result()["text"] == "LAST"
        assert seen.output["text"] == "LAST"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE runs SET snapshot_digest = ? WHERE status = 'running'",
        "UPDATE runs SET actor = ? WHERE status = 'running'",
        "UPDATE run_steps SET output = ? WHERE path = 'made'",
        "UPDATE run_steps SET path = ? WHERE path = 'made'",
    ],
)
def test_what_somebody_else_has_changed_is_not_gone_on_with(
    group: Group, tmp_path: Path, statement: str
) -> None:
    with group.open("desk") as desk:
        desk.contexts.create("acme")
        installed(desk, tmp_path, stopping=STOPPING)
        run_id = interrupted(desk)
        group.change(statement, '"x"')
        assert desk.resume() == []
        assert [one.code for one in desk.diagnostics()] == [errors.SignatureInvalid.code]
        run = desk.context("acme").workflows.run(run_id)
        with pytest.raises(errors.SignatureInvalid):
            run.result()
        run.cancel()
    assert parts.SEEN == ["first", "middle"]
