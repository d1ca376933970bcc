"""One tool of one version: its data, its author's object, and what can be wrong with it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

from pydantic import BaseModel

from peers_runtime.authoring.tools import Tool
from peers_runtime.base import errors
from peers_runtime.contributions import interrupts, loading, models
from peers_runtime.contributions.ports import Contributor, package_of, version_of
from peers_runtime.contributions.tool_context import ToolLogger
from peers_runtime.model.manifest import ToolData

PLATFORM = "peers"  # the reserved package: what the host itself contributes


class OwnedTool(ToolData):
    """A tool as data, with the package version that it belongs to."""

    package: str
    version: str


class Ready(NamedTuple):
    """An imported tool, and its models as functions that judge by them."""

    function: Callable[..., Any]
    take: Callable[[object], Any]
    """The arguments as its input model; undeclared ones are errors. Raises `InvalidInput`."""
    give: Callable[[object], Any]
    """What it has returned as its output model. Raises `InvalidOutput`."""
    output_model: type[BaseModel] | None


class LoadedTool:
    """One tool of one version; its module is imported when it is first called."""

    __slots__ = ("_logger", "_owned", "_ready", "contributor", "data", "invalid_input", "invalid_output")

    def __init__(self, contributor: Contributor, data: ToolData) -> None:
        self.contributor = contributor
        self.data = data
        self._logger: ToolLogger | None = None
        self._owned: OwnedTool | None = None
        self.invalid_input = partial(_misfit, self, errors.InvalidInput, "the arguments do not fit")
        self.invalid_output = partial(_misfit, self, errors.InvalidOutput, "what was returned does not fit")
        self._ready: Ready | None = None

    @property
    def owned(self) -> OwnedTool:
        """The tool as data, with its owner."""
        if self._owned is None:
            package, version = package_of(self.contributor), version_of(self.contributor)
            self._owned = OwnedTool(**dict(self.data), package=package, version=version)
        return self._owned

    @property
    def logger(self) -> ToolLogger:
        if self._logger is None:
            self._logger = ToolLogger(self.contributor.label, f"tool.{self.data.name}")
        return self._logger

    @property
    def ready(self) -> Ready:
        """The author's own function. Raises `ToolFailed` when its module cannot be imported."""
        if self._ready is None:
            try:
                tool = self._load()
            except errors.PeersError:
                raise
            except BaseException as error:
                if interrupts.is_interrupt(error):
                    raise
                raise self.failed("could not be imported", error) from error
            self._ready = Ready(
                tool.function,
                models.judge(tool.input_model, self.invalid_input, "forbid"),
                partial(_nothing, self)
                if tool.output_model is None
                else models.judge(tool.output_model, self.invalid_output),
                tool.output_model,
            )
        return self._ready

    def refuses(self, error: BaseException) -> bool:
        """Whether the platform's own tool says no: that is an answer, and no failure of the tool."""
        return isinstance(error, errors.PeersError) and package_of(self.contributor) == PLATFORM

    def failed(self, what: str, error: BaseException) -> errors.ToolFailed:
        label = self.contributor.label
        said = self.contributor.logical(f"{type(error).__name__}: {error}")
        return errors.ToolFailed(
            f"the tool {self.data.name!r} of {label} {what}: {said}",
            hint="the error is the tool's own, and the cause of this one",
            tool=self.data.name,
            package=self.owned.package,
            version=self.owned.version,
        )

    def _load(self) -> Tool[..., Any]:
        return loading.load(
            self.contributor,
            self.data.reference,
            lambda package: package.tools,
            lambda one: one.tool_id == self.data.tool_id,
            Tool,
        )


def _nothing(loaded: LoadedTool, answer: object) -> None:
    if answer is not None:
        raise loaded.invalid_output(f"it is declared to return nothing, and returned {answer!r}", [])


def _misfit(
    loaded: LoadedTool, kind: Callable[..., errors.PeersError], what: str, line: str, faults: models.Faults
) -> errors.PeersError:
    return kind(
        loaded.contributor.logical(
            f"{what} the tool {loaded.data.name!r} of {loaded.contributor.label}: {line}"
        ),
        hint=f"see its models with: peers tools show {loaded.owned.package}:{loaded.data.name}",
        tool=loaded.data.name,
        package=loaded.owned.package,
        version=loaded.owned.version,
        faults=faults,
    )
