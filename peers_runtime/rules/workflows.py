"""What comes next in a run of a workflow, by its data and what is kept of the run, with the reason.

What has ended never comes again, and every answer that is acted upon is kept before the next is asked for: so
a run that is taken up anew goes on where it stopped.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from peers_runtime.base import errors
from peers_runtime.model.workflows import FROM, Fault, StepData, StepState, WorkflowData


@dataclass(frozen=True, slots=True)
class Scope:
    """What a step's arguments may refer to: what is known before it."""

    input: Any
    steps: Mapping[str, Any]  # the outputs of those before it
    fault: Fault | None = None  # of the step that it runs instead of


@dataclass(frozen=True, slots=True)
class Do:
    """Call a tool, or ask an assistant, and keep how it ended."""

    path: str
    step: StepData
    attempt: int
    scope: Scope
    reason: str


@dataclass(frozen=True, slots=True)
class Begin:
    """Begin a workflow as a step of another: check its input, and keep that."""

    path: str
    step: StepData
    scope: Scope
    reason: str


@dataclass(frozen=True, slots=True)
class End:
    """The steps of such a workflow have ended: keep what comes of them."""

    path: str
    step: StepData
    input: Any
    output: Any
    fault: Fault | None
    reason: str


@dataclass(frozen=True, slots=True)
class Finished:
    """The run has this output."""

    output: Any
    reason: str


@dataclass(frozen=True, slots=True)
class Failed:
    """The run ends with the error of the step at `path`."""

    path: str
    fault: Fault
    reason: str


Next = Do | Begin | End | Finished | Failed


@dataclass(frozen=True, slots=True)
class _Output:
    value: Any


def following(
    workflow: WorkflowData,
    known: Mapping[str, WorkflowData],
    given: Any,
    kept: Mapping[str, StepState],
) -> Next:
    """What comes next. `known` are the package's workflows by id, `given` is the input, `kept` is by path.

    Raises `CircularWorkflow` or `UnknownReference` for data that no definition gives.
    """
    return _within(workflow, known, given, kept, "", ())


def resolved(value: Any, scope: Scope) -> Any:
    """Data with what its references stand for. Raises `NothingThere`."""
    if isinstance(value, Mapping):
        if set(value) == {FROM}:
            return _found(str(value[FROM]), scope)
        return {name: resolved(one, scope) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [resolved(one, scope) for one in value]
    return value


def fault_of(error: errors.PeersError) -> Fault:
    """An error as it is kept."""
    return Fault(code=error.code, message=error.message, hint=error.hint)


def _within(
    workflow: WorkflowData,
    known: Mapping[str, WorkflowData],
    given: Any,
    kept: Mapping[str, StepState],
    before: str,
    around: tuple[str, ...],
) -> Next:
    if workflow.workflow_id in around:
        raise errors.CircularWorkflow(
            f"the workflow {workflow.name!r} runs itself", hint="mend the package", workflow=workflow.name
        )
    around = (*around, workflow.workflow_id)
    outputs: dict[str, Any] = {}
    reason = "it is the first step"
    last: Any = None
    for step in workflow.steps:
        found = _judged(step, Scope(given, outputs), known, kept, before, around, reason)
        if not isinstance(found, _Output):
            return found
        last = outputs[step.name] = found.value
        reason = f"{before}{step.name} has ended"
    if workflow.output is None:
        return Finished(last, reason)
    try:
        return Finished(resolved(workflow.output, Scope(given, outputs)), reason)
    except errors.NothingThere as error:
        return Failed(before.rstrip("/"), fault_of(error), "its output refers to nothing")


def _judged(
    step: StepData,
    scope: Scope,
    known: Mapping[str, WorkflowData],
    kept: Mapping[str, StepState],
    before: str,
    around: tuple[str, ...],
    reason: str,
) -> Next | _Output:
    path = before + step.name
    state = kept.get(path)
    if state is None:
        if step.kind == "workflow":
            return Begin(path, step, scope, reason)
        return Do(path, step, 1, scope, reason)
    if state.status == "done":
        return _Output(state.output)
    if state.status == "begun":
        inner = known.get(step.workflow_id or "")
        if inner is None:
            raise errors.UnknownReference(
                f"the step {path} runs a workflow {step.workflow_id} that is not there", step=path
            )
        found = _within(inner, known, state.input, kept, f"{path}/", around)
        if isinstance(found, Finished):
            return End(path, step, state.input, found.output, None, found.reason)
        if isinstance(found, Failed):
            return End(path, step, state.input, None, found.fault, found.reason)
        return found
    fault = state.fault or Fault(code=errors.PeersError.code, message="it failed")
    if state.attempt <= step.retries:
        return Do(
            path, step, state.attempt + 1, scope, f"{path} failed, and has {step.retries} further attempts"
        )
    if step.on_error == "fail":
        return Failed(path, fault, f"{path} failed, and on_error says so")
    if step.on_error == "continue":
        return _Output(None)
    instead = Scope(scope.input, scope.steps, fault)
    return _judged(
        step.on_error, instead, known, kept, before, around, f"{path} failed, and this runs instead"
    )


def _found(path: str, scope: Scope) -> Any:
    root, *parts = path.split(".")
    if root == "error":
        value: Any = None if scope.fault is None else scope.fault.wire()
    else:
        value = scope.input if root == "input" else scope.steps
    for number, part in enumerate(parts):
        if value is None:
            return None  # a step without an output has no fields either
        try:
            value = value[int(part)] if isinstance(value, list) else value[part]
        except (LookupError, TypeError, ValueError):
            reached = ".".join([root, *parts[:number]])
            there = ", ".join(sorted(value)) if isinstance(value, Mapping) else ""
            raise errors.NothingThere(
                f"there is no {path!r}: {reached} has no {part!r}",
                hint=f"{reached} has: {there or 'no fields'}",
                path=path,
            ) from None
    return value
