"""Runs of workflows: beginning one, taking one up, carrying it on, and looking.

A step's row is on the disk before the next step begins, so whoever takes a run up after a crash goes on with
the step that had not finished. That one runs again: it may have had its effects (see `ctx.run_key`). One
thread of one process works at a run at a time, which a file lock of the home sees to; and what is kept says
how often somebody has taken it up, so that one who was taken for dead keeps nothing any more.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from peers_runtime.base import errors
from peers_runtime.model.workflows import Fault, RunState, RunStatus, StepState
from peers_runtime.operations import access, closure, steps
from peers_runtime.operations.steps import Footing
from peers_runtime.rules import workflows
from peers_runtime.rules.permissions import Act

if TYPE_CHECKING:
    from peers_runtime.catalog.store import Reader, Writer
    from peers_runtime.contributions.stopping import Cancel
    from peers_runtime.model.active import ActivePackage
    from peers_runtime.model.workflows import WorkflowData
    from peers_runtime.operations.services import Services


@dataclass(frozen=True)
class Held:
    """A run that this process works at, as it was when it was taken up; `give_back` lets others have it."""

    run: RunState
    give_back: Callable[[], None]


def begin(
    services: Services,
    context_id: str,
    actor: str,
    package: ActivePackage,
    workflow: WorkflowData,
    given: Any,
) -> Held:
    """Keep a new run of a workflow of this version, with its input as data, and hold it.

    Raises `UnknownContext`, `RoleTooLow`, `UnknownPackage`, `VersionNotKept` or `HomeNotWritable`.
    """
    services.engine.require_open()
    closure.require_kept(services, [package])
    run = RunState(
        run_id=services.new_id(),
        context_id=context_id,
        device_id=services.device,
        package_id=package.package_id,
        package=package.name,
        version=package.version,
        snapshot_digest=package.digest,
        workflow_id=workflow.workflow_id,
        workflow=workflow.name,
        actor=actor,
        input=given,
        started_at=services.timestamp(),
    )
    give_back = services.run_locks.take(run.run_id)
    assert give_back is not None  # nobody else knows its id
    try:
        with services.catalog.write() as writer:
            access.authorise(writer, context_id, actor, Act.RUN)
            writer.put_run(run)
    except BaseException:
        give_back()
        raise
    return Held(run, give_back)


def authorise(services: Services, context_id: str, actor: str) -> None:
    """Raises `UnknownContext`, or `RoleTooLow` for who may run no workflows there."""
    with services.catalog.read() as reader:
        access.authorise(reader, context_id, actor, Act.RUN)


def take(services: Services, run_id: str, context_id: str) -> Held:
    """Take an unfinished run up, for who began it.

    Raises `UnknownRun`, `RoleTooLow` when that one may not any more, `RunEnded`, `SignatureInvalid` for what
    this home has not kept, and `RunHeld` while somebody works at it, or when it is another device's.
    """
    services.engine.require_open()
    with services.catalog.read() as reader:
        _refuse_other_device(services, found(reader, run_id, context_id))
    give_back = services.run_locks.take(run_id)
    if give_back is None:
        raise _held(run_id, "somebody works at it")
    try:
        with services.catalog.write() as writer:
            run = found(writer, run_id, context_id)
            _refuse_ended(run)
            _refuse_changed(writer, run)
            access.authorise(writer, context_id, run.actor, Act.RUN)
            taken = run.model_copy(update={"taken": run.taken + 1})
            writer.put_run(taken)
    except BaseException:
        give_back()
        raise
    return Held(taken, give_back)


def carry_on(services: Services, held: Held, cancel: Cancel) -> RunState:
    """Work at a run to its end, and give it back. `cancel` stops it between two steps, and it can be resumed.

    Raises `WorkflowFailed` with the step's own error as its cause when there is one in this process;
    `RunEnded` when it was cancelled meanwhile; `RunHeld` when another process has taken it up. What is no
    fault of a step comes as it is, such as `HomeNotWritable`, `NoActiveVersion` while no version of its
    package is active, or `ToolCancelled` and `RuntimeClosed` when it was stopped: then it can be resumed.
    """
    run = held.run
    kept = {one.path: one for one in run.steps}
    cause: BaseException | None = None
    footing = Footing(services, run)
    try:
        definition = services.snapshots.manifest(run.snapshot_digest).definition
        known = {one.workflow_id: one for one in definition.workflows}
        while True:
            following = workflows.following(known[run.workflow_id], known, run.input, kept)
            if isinstance(following, workflows.Finished):
                return _end(services, run, "done", output=following.output)
            if isinstance(following, workflows.Failed):
                ended = _end(services, run, "failed", fault=following.fault)
                raise failed(ended.model_copy(update={"steps": tuple(kept.values())})) from cause
            if cancel.is_set():
                raise errors.ToolCancelled(
                    f"the run {run.run_id} of {run.label} was stopped between two steps",
                    hint=f"it goes on with: peers workflows resume {run.run_id}",
                    run=run.run_id,
                )
            try:
                state, error = steps.perform(services, footing, following, cancel)
            except errors.ToolCancelled:
                _refuse_ended(look(services, run.run_id, run.context_id, run.actor))
                raise
            cause = error or cause
            _keep(services, run, state, None if state.path in kept else len(kept))
            kept[state.path] = state
    finally:
        footing.close()
        held.give_back()


def cancel(
    services: Services, run_id: str, context_id: str, actor: str, *, dry_run: bool = False
) -> RunState:
    """Let a run not go on; a step that is under way ends first.

    Raises `UnknownRun`, `RunEnded` or `RoleTooLow`.
    """
    services.engine.require_open()
    with services.catalog.read() as reader:
        access.authorise(reader, context_id, actor, Act.RUN)
        run = found(reader, run_id, context_id)
        _refuse_ended(run)
    if dry_run:
        return run
    with services.catalog.write() as writer:
        access.authorise(writer, context_id, actor, Act.RUN)
        run = found(writer, run_id, context_id)
        _refuse_ended(run)
        cancelled = run.model_copy(update={"status": "cancelled", "ended_at": services.timestamp()})
        writer.put_run(cancelled)
    return cancelled


def look(services: Services, run_id: str, context_id: str, actor: str) -> RunState:
    """A run with its steps. Raises `UnknownRun` or `RoleTooLow`."""
    with services.catalog.read() as reader:
        access.authorise(reader, context_id, actor, Act.READ)
        return found(reader, run_id, context_id)


def listed(
    services: Services, context_id: str, actor: str, *, unfinished: bool = False, limit: int | None = None
) -> Sequence[RunState]:
    """The runs of a context without their steps, the newest last."""
    with services.catalog.read() as reader:
        access.authorise(reader, context_id, actor, Act.READ)
        return reader.runs(context_id, unfinished=unfinished, limit=limit)


def interrupted(services: Services, context_id: str | None = None) -> Sequence[RunState]:
    """The unfinished runs of this device, whoever works at them, the oldest first."""
    with services.catalog.read() as reader:
        return reader.runs(context_id, device_id=services.device, unfinished=True)


def is_running(services: Services, run_id: str) -> bool:
    """Whether nobody has cancelled it, and it has not ended."""
    with services.catalog.read() as reader:
        found = reader.standing(run_id)
    return found is not None and found[1] == "running"


def refuse_unfinished(reader: Reader, context_id: str, package_id: str) -> None:
    """Raises `RunsUnfinished` while a package has runs that are not at their end, on whichever device."""
    runs = reader.runs(context_id, package_id, unfinished=True)
    if runs:
        ids = [one.run_id for one in runs]
        raise errors.RunsUnfinished(
            f"{runs[0].package} has {len(runs)} unfinished {'run' if len(runs) == 1 else 'runs'} in context"
            f" {context_id!r}: {', '.join(f'{one.workflow} {one.run_id}' for one in runs[:3])}",
            hint=f"let them end: peers workflows resume --context {context_id}; or:"
            f" peers workflows cancel {ids[0]} --context {context_id}",
            package=runs[0].package,
            context=context_id,
            runs=ids,
        )


def failed(run: RunState) -> errors.WorkflowFailed:
    """The error of a run that has failed."""
    fault = run.fault or Fault(code=errors.PeersError.code, message="it failed")
    path = next((one.path for one in reversed(run.steps) if one.fault == fault), "")
    at = f" at the step {path!r}" if path else ""
    return errors.WorkflowFailed(
        f"the workflow {run.workflow!r} of {run.package}@{run.version} failed{at}: {fault.message}",
        hint=f"see its steps: peers workflows show {run.run_id} --context {run.context_id}",
        run=run.run_id,
        workflow=run.workflow,
        step=path,
        fault=fault.wire(),
    )


def found(reader: Reader, run_id: str, context_id: str) -> RunState:
    """Raises `UnknownRun`."""
    run = reader.run(run_id) if access.is_name(run_id) else None
    if run is None or run.context_id != context_id:
        raise errors.UnknownRun(
            f"context {context_id!r} has no run {run_id!r}",
            hint=f"see which there are: peers workflows runs --context {context_id}",
            run=str(run_id),
            context=context_id,
        )
    return run


def _keep(services: Services, run: RunState, state: StepState, position: int | None) -> None:
    """Put a step on the disk, unless the run is not ours any more; then say so."""
    services.engine.require_open()
    with services.catalog.write() as writer:
        status = _ours(writer, run)
        writer.put_step(run.run_id, state, position)
    _refuse_ended(run, status)


def _end(
    services: Services, run: RunState, status: str, *, output: Any = None, fault: Fault | None = None
) -> RunState:
    services.engine.require_open()
    change = {"status": status, "output": output, "fault": fault, "ended_at": services.timestamp()}
    with services.catalog.write() as writer:
        _refuse_ended(run, _ours(writer, run))
        ended = run.model_copy(update=change)
        writer.put_run(ended)
    return ended


def _ours(writer: Writer, run: RunState) -> RunStatus:
    found = writer.standing(run.run_id)
    if found is None or found[0] != run.taken:
        raise _held(run.run_id, "somebody else has taken it up, who took this process for dead")
    return found[1]


def refuse_cancelled(run: RunState) -> None:
    """Raises `RunEnded` for a run that has no output, because it was cancelled."""
    if run.status == "cancelled":
        _refuse_ended(run)


def _refuse_ended(run: RunState, status: RunStatus | None = None) -> None:
    status = status or run.status
    if status != "running":
        what = "was cancelled" if status == "cancelled" else "has ended"
        raise errors.RunEnded(
            f"the run {run.run_id} of {run.label} {what}",
            hint=f"begin another one: peers workflows run {run.label} --context {run.context_id}",
            run=run.run_id,
            status=status,
        )


def _refuse_changed(reader: Reader, run: RunState) -> None:
    """What a run goes on with is what this home has kept, whoever else may write the catalog."""
    if not reader.began_here(run):
        raise errors.SignatureInvalid(
            f"what is kept of the run {run.run_id} of {run.label} was changed by somebody else",
            hint=f"peers workflows cancel {run.run_id} --context {run.context_id}; then begin another one",
            run=run.run_id,
            context=run.context_id,
        )


def _refuse_other_device(services: Services, run: RunState) -> None:
    if run.device_id != services.device:
        raise _held(run.run_id, f"it began on the device {run.device_id}, which goes on with it")


def _held(run_id: str, why: str) -> errors.RunHeld:
    return errors.RunHeld(
        f"the run {run_id} cannot be taken up here: {why}",
        hint=f"see how far it is: peers workflows show {run_id}",
        run=run_id,
    )
