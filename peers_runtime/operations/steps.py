"""One step of a run: which versions it runs on, what it is given, and how it ended."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from peers_runtime.activation.binding import Binding, Entered
from peers_runtime.activation.view import View
from peers_runtime.base import errors
from peers_runtime.contracts import payloads
from peers_runtime.contributions import assistants
from peers_runtime.model.active import ActivePackage
from peers_runtime.model.workflows import RunState, StepState
from peers_runtime.rules import workflows
from peers_runtime.rules.workflows import Begin, Do, End

if TYPE_CHECKING:
    from peers_runtime.contributions.stopping import Cancel
    from peers_runtime.model.workflows import ToolReference
    from peers_runtime.operations.services import Services

_STOPPED: Final = (errors.RuntimeClosed, errors.StorageError, errors.ToolCancelled)


class Footing:
    """The generation that a run's next step runs in: what the context has, with the run's own version.

    What a package does goes on in the version in which it began, whatever is active by then. What it reaches
    through contracts comes from whoever provides them now.
    """

    def __init__(self, services: Services, run: RunState) -> None:
        self.run = run
        self._services = services
        self._base: Binding | None = None  # of the context
        self._binding: Binding | None = None
        self._references: tuple[tuple[str, str, str, str, str | None], ...] = ()

    @property
    def binding(self) -> Binding:
        """Raises `NoActiveVersion` while no version of its package is active, and `RuntimeClosed`."""
        base = self._services.engine.binding(self.run.context_id)
        if self._binding is None or base is not self._base:
            self.close()
            self._base, self._binding = base, self._found(base)
        return self._binding

    def close(self) -> None:
        references, self._references = self._references, ()
        self._base = self._binding = None
        if references:
            self._services.generations.leave(self.run.context_id, references)

    def _found(self, base: Binding) -> Binding:
        run = self.run
        active = {one.package_id: one for one in base.active.packages}
        here = active.get(run.package_id)
        if here is None:
            raise errors.NoActiveVersion(
                f"the run {run.run_id} of {run.label} waits: no version of {run.package} is active in context"
                f" {run.context_id!r}",
                hint=f"peers activate {run.package} VERSION --context {run.context_id}; or:"
                f" peers workflows cancel {run.run_id} --context {run.context_id}",
                package=run.package,
                context=run.context_id,
                run=run.run_id,
            )
        if here.digest == run.snapshot_digest:
            return base
        active[run.package_id] = ActivePackage(
            run.package, run.package_id, run.version, run.snapshot_digest, (), ()
        )
        self._references = tuple(
            (one.name, one.package_id, one.version, one.digest, one.origin)
            for one in sorted(active.values(), key=lambda one: one.name)
        )
        return self._services.generations.enter(run.context_id, self._references)


def perform(
    services: Services, footing: Footing, following: Do | Begin | End, cancel: Cancel
) -> tuple[StepState, BaseException | None]:
    """What is to be kept of a step that is done here, and the error that it failed with.

    What is no fault of the step is raised: that the runtime was closed, the disk is full, or it was stopped.
    """
    step, path = following.step, following.path
    state = StepState(path=path, kind=step.kind, status="done", at="")
    try:
        if isinstance(following, End):
            changes: dict[str, Any] = {"input": following.input, "output": following.output}
            if following.fault is not None:
                changes |= {"status": "failed", "fault": following.fault}
        elif isinstance(following, Begin):
            changes = {"status": "begun", "input": _begun(footing, following)}
        else:
            state = state.model_copy(update={"attempt": following.attempt})
            changes = {
                "output": payloads.answered(
                    _done(footing, following, cancel), "what the step {!r} answered with", path
                )
            }
    except errors.PeersError as error:
        if isinstance(error, _STOPPED) or isinstance(error.__cause__, errors.RuntimeClosed):
            raise
        if isinstance(error, errors.NoActiveVersion) and error.facts.get("run") == footing.run.run_id:
            raise  # it waits
        changes = {"status": "failed", "fault": workflows.fault_of(error), "at": services.timestamp()}
        return state.model_copy(update=changes), error
    return state.model_copy(update={**changes, "at": services.timestamp()}), None


def _begun(footing: Footing, begin: Begin) -> Any:
    """The input of a workflow that begins as a step, as its own model has it."""
    arguments = workflows.resolved(begin.step.arguments, begin.scope)
    binding = footing.binding
    loaded = binding.active.workflows.find(begin.step.workflow_id or "")
    with Entered(binding):
        return loaded.given(arguments)


def _done(footing: Footing, do: Do, cancel: Cancel) -> Any:
    arguments = workflows.resolved(do.step.arguments, do.scope)
    binding, run = footing.binding, footing.run
    view = View(binding, run.actor, binding.versions[run.package])
    key = f"{run.run_id}/{do.path}"
    if do.step.assistant_id is not None:
        asked = workflows.resolved(do.step.text, do.scope)
        assistant = binding.active.assistants.find(do.step.assistant_id)
        tool, arguments = assistants.asked(assistant.data, str(asked), arguments, view)
    else:
        assert do.step.tool is not None  # or it would be a workflow, which begins and ends
        tool = do.step.tool
    with Entered(binding):
        return _called(view, tool, arguments, cancel, key)


def _called(view: View, tool: ToolReference, arguments: dict[str, Any], cancel: Cancel, key: str) -> Any:
    return assistants.tool_of(view, tool).invoke(arguments, cancel=cancel, run_key=key)
