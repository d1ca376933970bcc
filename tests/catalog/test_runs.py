"""Rows of runs and of their steps."""

from __future__ import annotations

from typing import Any

import pytest

from peers_runtime.base import errors
from peers_runtime.catalog.store import Catalog
from peers_runtime.model.workflows import Fault, RunState, StepState
from tests.catalog import records


def run(number: int = 1, **more: Any) -> RunState:
    given = {
        "run_id": records.an_id(100 + number),
        "context_id": "personal",
        "device_id": "desk",
        "package_id": records.package(1, "personal").package_id,
        "package": "notes",
        "version": "1.0.0",
        "snapshot_digest": records.manifest().id,
        "workflow_id": "w",
        "workflow": "plan",
        "actor": "ada",
        "input": {"title": "é\0", "many": [1, 2.5, None]},
        "started_at": f"2026-01-0{number}T00:00:00.000+00:00",
    }
    return RunState(**(given | more))


def installed(catalog: Catalog) -> None:
    with catalog.write() as writer:
        records.install(writer, context_id="personal")


STEP = StepState(path="a", kind="tool", status="failed", fault=Fault(code="P0505", message="no"), at="then")


@records.EVERYWHERE
def test_a_run_and_its_steps_come_back_as_they_were_kept(catalog: Catalog) -> None:
    installed(catalog)
    with catalog.write() as writer:
        writer.put_run(run())
        writer.put_step(run().run_id, STEP, 0)
        writer.put_step(run().run_id, STEP.model_copy(update={"path": "0"}), 1)
    later = STEP.model_copy(update={"status": "done", "attempt": 2, "output": ["x"], "fault": None})
    ended = run(status="done", output={"a": None}, taken=2, ended_at="now")
    with catalog.write() as writer:
        writer.put_step(run().run_id, later, None)
        writer.put_run(ended)
    with catalog.read() as reader:
        found = reader.run(run().run_id)
        assert reader.run("none") is None
        assert reader.runs("personal") == [ended]
    assert found == ended.model_copy(update={"steps": (later, STEP.model_copy(update={"path": "0"}))})


def test_a_run_changes_nothing_that_others_wait_for(catalog: Catalog) -> None:
    installed(catalog)
    with catalog.read() as reader:
        before = reader.sequence()
    with catalog.write() as writer:
        writer.put_run(run())
        assert not writer.has_changed
    with catalog.read() as reader:
        assert reader.sequence() == before


def test_runs_are_listed_by_what_is_asked_for(catalog: Catalog) -> None:
    installed(catalog)
    first, second, third = run(1), run(2, device_id="lap"), run(3, status="failed")
    with catalog.write() as writer:
        for one in (third, first, second):
            writer.put_run(one)
    with catalog.read() as reader:
        assert reader.runs() == [first, second, third]
        assert reader.runs("personal", limit=2) == [second, third]
        assert reader.runs(unfinished=True) == [first, second]
        assert reader.runs(device_id="lap", unfinished=True) == [second]
        assert reader.runs("acme") == reader.runs(package_id="other") == []


def test_a_run_of_a_package_that_is_not_there_is_refused(catalog: Catalog) -> None:
    with pytest.raises(errors.UnknownPackage), catalog.write() as writer:
        writer.put_run(run())


def test_what_an_unfinished_run_began_with_is_in_use(catalog: Catalog) -> None:
    installed(catalog)
    other = records.manifest(1, "0.9.0")
    with catalog.write() as writer:
        writer.put_snapshot(other)
        writer.put_run(run(snapshot_digest=other.id))
        assert writer.unused_snapshots() == []
        writer.put_run(run(snapshot_digest=other.id, status="cancelled"))
        assert [one.digest for one in writer.unused_snapshots()] == [other.id]
