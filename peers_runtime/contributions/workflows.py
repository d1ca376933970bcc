"""The workflows of one set of active versions, and running them in a context.

`names` belong to the set; `Workflows` is one context's view of them, for whoever acts there. Their runs are
kept by the room above, step by step.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel
from pydantic_core import from_json, to_json

from peers_runtime.authoring.workflows import Workflow
from peers_runtime.base import errors
from peers_runtime.contributions import interrupts, loading, models
from peers_runtime.contributions.names import Named, Names
from peers_runtime.contributions.ports import Contributor, KeptRuns, Within, package_of, version_of
from peers_runtime.contributions.runs import Run
from peers_runtime.model.workflows import WorkflowData

if TYPE_CHECKING:
    from peers_runtime.model.active import ActivePackage


class OwnedWorkflow(WorkflowData):
    """A workflow as data, with the package version that it belongs to."""

    package: str
    version: str


class LoadedWorkflow:
    """One workflow of one version; its input model is imported when it is first run."""

    __slots__ = ("_model", "contributor", "data")

    def __init__(self, contributor: Contributor, data: WorkflowData) -> None:
        self.contributor = contributor
        self.data = data
        self._model: type[BaseModel] | None = None

    @property
    def owned(self) -> OwnedWorkflow:
        contributor = self.contributor
        return OwnedWorkflow(
            **dict(self.data), package=package_of(contributor), version=version_of(contributor)
        )

    def given(self, arguments: Mapping[str, Any]) -> Any:
        """An input as data, as the author's model has it. The context is current. Raises `InvalidInput`."""
        valid = models.validated(self.model, dict(arguments), self._misfit, "forbid")
        return from_json(to_json(valid, by_alias=True))

    @property
    def model(self) -> type[BaseModel]:
        """The author's own. Raises `WorkflowFailed` when its module cannot be imported."""
        if self._model is None:
            try:
                self._model = self._load().input_model
            except errors.PeersError:
                raise
            except BaseException as error:
                if interrupts.is_interrupt(error):
                    raise
                said = self.contributor.logical(f"{type(error).__name__}: {error}")
                raise errors.WorkflowFailed(
                    f"the workflow {self.data.name!r} of {self.contributor.label} could not be"
                    f" imported: {said}",
                    hint="the error is the package's own, and the cause of this one",
                    workflow=self.data.name,
                ) from error
        return self._model

    def _load(self) -> Workflow:
        return loading.load(
            self.contributor,
            self.data.reference,
            lambda package: package.workflows,
            lambda one: one.workflow_id == self.data.workflow_id,
            Workflow,
        )

    def _misfit(self, line: str, faults: models.Faults) -> errors.PeersError:
        contributor, name = self.contributor, self.data.name
        return errors.InvalidInput(
            contributor.logical(
                f"the input does not fit the workflow {name!r} of {contributor.label}: {line}"
            ),
            hint=f"see what it takes with: peers workflows show {package_of(contributor)}:{name}",
            workflow=name,
            package=package_of(contributor),
            version=version_of(contributor),
            faults=faults,
        )


def names(versions: Iterable[Contributor]) -> Names[LoadedWorkflow]:
    """Every workflow of the versions, by id and name."""
    return Names(
        "workflow",
        errors.UnknownWorkflow,
        lambda: (
            (package_of(version), data.workflow_id, data.name, LoadedWorkflow(version, data))
            for version in versions
            for data in version.definition.workflows
        ),
    )


class Workflows(Named[LoadedWorkflow, "BoundWorkflow"]):
    """The workflows of one context: by name, by id, or by `package:name`, which is what iteration gives.

    `ctx.workflows["plan_week"](title="x")` runs one to its end. `within` makes the context current;
    `package(version)` is what a run of it is pinned to.
    """

    __slots__ = ("_kept", "_package", "_within")

    def __init__(
        self,
        found: Names[LoadedWorkflow],
        kept: KeptRuns,
        within: Within,
        package: Callable[[Contributor], ActivePackage],
    ) -> None:
        super().__init__(found)
        self._kept = kept
        self._within = within
        self._package = package

    def list(self) -> Sequence[OwnedWorkflow]:
        """Every workflow as data, by package and then in its author's order."""
        return [found.owned for found in self._names.values()]

    def runs(self, *, unfinished: bool = False, limit: int | None = None) -> Sequence[Run]:
        """The context's runs, of whatever package and whoever began them, the newest last."""
        return [Run(self._kept, one.run_id) for one in self._kept.listed(unfinished=unfinished, limit=limit)]

    def run(self, run_id: str) -> Run:
        """One run by its id. Raises `UnknownRun`."""
        return Run(self._kept, self._kept.look(run_id).run_id)

    def resume(self) -> Sequence[Run]:
        """Take up the context's unfinished runs of this device at which nobody works, each in a thread.

        They go on with the step that had not finished, which runs again. Takes a Writer.
        """
        return [Run(self._kept, run_id) for run_id in self._kept.resume()]

    def _bind(self, item: LoadedWorkflow) -> BoundWorkflow:
        return BoundWorkflow(item, self._kept, self._within, self._package)


class BoundWorkflow:
    """A workflow, ready to be run in one context, for whoever acts there. Takes a Writer.

    A run is kept: its input before the first step, and how each step ended before the next. When its process
    ends at whatever moment, the run can be taken up again, in the version in which it began; a step that had
    finished never runs again, and one that was under way runs again from its beginning, because nobody knows
    how far it came: that is "at least once". A tool makes that once by `ctx.run_key`.
    """

    __slots__ = ("_kept", "_loaded", "_package", "_within")

    def __init__(
        self,
        loaded: LoadedWorkflow,
        kept: KeptRuns,
        within: Within,
        package: Callable[[Contributor], ActivePackage],
    ) -> None:
        self._loaded = loaded
        self._kept = kept
        self._within = within
        self._package = package

    @property
    def data(self) -> OwnedWorkflow:
        return self._loaded.owned

    def __call__(self, /, **given: Any) -> Any:
        """Run it to its end in this thread; answers with its output, as data.

        Raises `InvalidInput`, `RoleTooLow`, `WorkflowFailed` with the step's error as its cause, and
        `RunEnded` when it was cancelled meanwhile. What stops it otherwise, as Ctrl-C or a full disk does,
        comes through, and the run can be resumed.
        """
        return self.invoke(given)

    def invoke(self, given: Mapping[str, Any]) -> Any:
        """The same with its input as data."""
        return self._kept.run(self._pinned, self._loaded.data, self._given(given))

    async def arun(self, /, **given: Any) -> Any:
        """Run it in a thread of its own, while the event loop goes on.

        Cancelling the task does not stop it; `start` gives a run that can be cancelled.
        """
        import asyncio

        return await asyncio.to_thread(self.invoke, given)

    def start(self, /, **given: Any) -> Run:
        """Begin a run, which goes on in a thread of its own until it ends or the runtime is closed."""
        return self.begin(given)

    def begin(self, given: Mapping[str, Any]) -> Run:
        """The same with its input as data."""
        return Run(self._kept, self._kept.start(self._pinned, self._loaded.data, self._given(given)))

    @property
    def _pinned(self) -> ActivePackage:
        return self._package(self._loaded.contributor)

    def _given(self, arguments: Mapping[str, Any]) -> Any:
        with self._within:
            return self._loaded.given(arguments)

    def __repr__(self) -> str:
        return f"<workflow {self._loaded.data.name} of {self._loaded.contributor.label}>"
