"""The runs of workflows and their steps, as rows of a catalog. None of it is noted in the feed of changes.

A home that shares its catalog goes on with what it has begun and kept itself, which a seal shows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Connection, Select, bindparam, insert, select, update

from peers_runtime.catalog import schema
from peers_runtime.model.workflows import RunState, RunStatus, StepState

Seal = Callable[..., str]
"""Of JSON data, see `Beliefs.seal_of`."""

_STAYING = {
    "run_id", "context_id", "device_id", "package_id", "package", "version", "snapshot_digest", "workflow_id",
    "workflow", "actor", "input", "started_at",
}  # fmt: skip
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


def is_own(connection: Connection, run: RunState, seal: Seal) -> bool:
    """Whether this home has begun the run, and kept how its steps ended."""
    steps = select(_steps.c.path, _steps.c.seal).where(_steps.c.run_id == run.run_id)
    found = {row.path: row.seal for row in connection.execute(steps)}
    if found != {one.path: seal(run.run_id, one.wire()) for one in run.steps}:
        return False
    sealed = connection.execute(select(_runs.c.seal).where(_runs.c.run_id == run.run_id)).scalar()
    return sealed == seal(_begun(run))


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


def put(connection: Connection, run: RunState, seal: Seal | None) -> None:
    """The run itself, made with a seal, or replaced; its steps are put one by one."""
    row = run.model_dump(mode="json", exclude={"steps"})
    if seal is not None:
        connection.execute(insert(_runs).values({**row, "seal": seal(_begun(run))}))
        return
    connection.execute(update(_runs).where(_runs.c.run_id == run.run_id).values(row))


def put_step(connection: Connection, run_id: str, step: StepState, position: int | None, seal: Seal) -> None:
    """One step: a new one with its place among the others, else in the place that it has."""
    row = {**step.model_dump(mode="json"), "seal": seal(run_id, step.wire())}
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
    columns = [column for column in _steps.c if column.name not in ("run_id", "position", "seal")]
    chosen = select(*columns).where(_steps.c.run_id == run_id).order_by(_steps.c.position)
    return tuple(StepState(**row) for row in connection.execute(chosen).mappings())


def _run(row: Mapping[Any, Any], steps: tuple[StepState, ...]) -> RunState:
    fields = {str(name): value for name, value in row.items() if name != "seal"}
    return RunState(**fields, steps=steps)


def _begun(run: RunState) -> Any:
    """What stays as it is from a run's beginning to its end."""
    return run.model_dump(mode="json", include=_STAYING)
