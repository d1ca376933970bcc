"""The runs of workflows and their steps, as rows of a catalog. None of it is noted in the feed of changes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Select, bindparam, insert, select, update

from peers_runtime.catalog import schema
from peers_runtime.model.workflows import RunState, RunStatus, StepState

_runs, _steps = schema.runs, schema.run_steps
# made once, for what every step of every run asks
_insert_step = insert(_steps)
_standing = select(_runs.c.taken, _runs.c.status).where(_runs.c.run_id == bindparam("run"))


def find(connection: Connection, run_id: str, *, with_steps: bool = True) -> RunState | None:
    """One run, its steps in the order in which they began."""
    row = connection.execute(select(_runs).where(_runs.c.run_id == run_id)).mappings().first()
    if row is None:
        return None
    return _run(row, _steps_of(connection, run_id) if with_steps else ())


def listed(
    connection: Connection,
    *,
    context_id: str | None = None,
    package_id: str | None = None,
    device_id: str | None = None,
    unfinished: bool = False,
    limit: int | None = None,
) -> list[RunState]:
    """Runs without their steps, the newest last; with a `limit` only the newest."""
    chosen: Select[Any] = select(_runs).order_by(_runs.c.started_at.desc(), _runs.c.run_id.desc())
    for column, value in (
        (_runs.c.context_id, context_id), (_runs.c.package_id, package_id), (_runs.c.device_id, device_id),
    ):  # fmt: skip
        if value is not None:
            chosen = chosen.where(column == value)
    if unfinished:
        chosen = chosen.where(_runs.c.status == "running")
    rows = connection.execute(chosen if limit is None else chosen.limit(limit)).mappings()
    return [_run(row, ()) for row in reversed(rows.all())]


def put(connection: Connection, run: RunState) -> None:
    """The run itself, made or replaced; its steps are put one by one."""
    row = run.model_dump(mode="json", exclude={"steps"})
    changed = connection.execute(update(_runs).where(_runs.c.run_id == run.run_id).values(row))
    if not changed.rowcount:
        connection.execute(insert(_runs).values(row))


def put_step(connection: Connection, run_id: str, step: StepState, position: int | None) -> None:
    """One step: a new one with its place among the others, else in the place that it has."""
    row = step.model_dump(mode="json")
    if position is None:
        is_it = _steps.c.run_id == run_id, _steps.c.path == step.path
        connection.execute(update(_steps).where(*is_it).values(row))
    else:
        connection.execute(_insert_step, {**row, "run_id": run_id, "position": position})


def standing(connection: Connection, run_id: str) -> tuple[int, RunStatus] | None:
    """How often a run was taken up, and its status."""
    row = connection.execute(_standing, {"run": run_id}).first()
    return None if row is None else (row.taken, row.status)


def _steps_of(connection: Connection, run_id: str) -> tuple[StepState, ...]:
    columns = [column for column in _steps.c if column.name not in ("run_id", "position")]
    chosen = select(*columns).where(_steps.c.run_id == run_id).order_by(_steps.c.position)
    return tuple(StepState(**row) for row in connection.execute(chosen).mappings())


def _run(row: Mapping[Any, Any], steps: tuple[StepState, ...]) -> RunState:
    return RunState(**row, steps=steps)
