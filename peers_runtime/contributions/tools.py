"""The tools of one set of active versions, and calling them in a context.

`names` belong to the set and keep what has been loaded; `Tools` is one context's view of them, made at no
cost for each request.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from peers_runtime.authoring.package import PackageDefinition
from peers_runtime.authoring.tools import Tool
from peers_runtime.base import errors
from peers_runtime.contributions import interrupts, loops, models
from peers_runtime.contributions.names import Named, Names
from peers_runtime.contributions.ports import Contributor, Enter, View, package_of, version_of
from peers_runtime.contributions.tool_context import Progress, ToolContext, ToolLogger
from peers_runtime.model.manifest import ToolData

if TYPE_CHECKING:
    import threading

    from peers_runtime.contributions.tables import Tables


PLATFORM = "peers"  # the reserved package: what the host itself contributes


class OwnedTool(ToolData):
    """A tool as data, with the package version that it belongs to."""

    package: str
    version: str


class LoadedTool:
    """One tool of one version; its module is imported when it is first called."""

    __slots__ = ("_logger", "_owned", "_tool", "contributor", "data", "invalid_input", "invalid_output")

    def __init__(self, contributor: Contributor, data: ToolData) -> None:
        self.contributor = contributor
        self.data = data
        self._logger: ToolLogger | None = None
        self._owned: OwnedTool | None = None
        self.invalid_input = partial(_misfit, self, errors.InvalidInput, "the arguments do not fit")
        self.invalid_output = partial(_misfit, self, errors.InvalidOutput, "what was returned does not fit")
        self._tool: Tool[..., Any] | None = None

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
    def tool(self) -> Tool[..., Any]:
        """The author's own object. Raises `ToolFailed` when its module cannot be imported."""
        if self._tool is None:
            try:
                self._tool = self._load()
            except errors.PeersError:
                raise
            except BaseException as error:
                if interrupts.is_interrupt(error):
                    raise
                raise self.failed("could not be imported", error) from error
        return self._tool

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
        contributor, data = self.contributor, self.data
        if data.reference is not None:
            found = contributor.load(data.reference)
            if isinstance(found, Tool) and found.tool_id == data.tool_id:
                return found
        definition = contributor.load(contributor.definition.reference)
        if isinstance(definition, PackageDefinition):
            for tool in definition.evaluate(self.owned.package, self.owned.version).tools:
                if tool.tool_id == data.tool_id:
                    return tool
        raise LookupError(f"the definition no longer has the tool {data.tool_id} that it had when captured")


def names(versions: Iterable[Contributor]) -> Names[LoadedTool]:
    """Every tool of the versions, by id and name."""
    return Names(
        "tool",
        errors.UnknownTool,
        lambda: (
            (package_of(version), data.tool_id, data.name, LoadedTool(version, data))
            for version in versions
            for data in version.definition.tools
        ),
    )


class Tools(Named[LoadedTool, "BoundTool"]):
    """The tools of one context: by name, by id, or by `package:name`, which is what iteration gives.

    `tools["add_note"](title="x")` validates, calls and validates; see `BoundTool`. `enter(version)` makes
    the context current while the tool runs.
    """

    __slots__ = ("_enter", "actor", "context_id", "tables", "view_of")

    def __init__(
        self,
        found: Names[LoadedTool],
        context_id: str,
        tables: Tables,
        enter: Enter,
        actor: str = "",
        view_of: Callable[[Contributor], View] | None = None,
    ) -> None:
        super().__init__(found)
        self.view_of = view_of
        self._enter = enter
        self.actor = actor
        self.context_id = context_id
        self.tables = tables

    def call(self, name: str, /, **arguments: Any) -> Any:
        return self[name](**arguments)

    async def acall(self, name: str, /, **arguments: Any) -> Any:
        """`call` in a running event loop; an async tool is awaited, any other is called as it is."""
        return await self[name].acall(**arguments)

    def list(self) -> Sequence[OwnedTool]:
        """Every tool as data, by package and then in its author's order."""
        return [found.owned for found in self._names.values()]

    def _bind(self, item: LoadedTool) -> BoundTool:
        return BoundTool(self, item, self._enter)


class BoundTool:
    """A tool, ready to be called in one context.

    Raises `InvalidInput` (undeclared arguments are errors at any depth), `InvalidOutput`, `ToolFailed`
    with the tool's own error as `__cause__`, and for an async tool in a thread whose event loop runs
    `LoopRunning`.
    """

    __slots__ = ("_enter", "_loaded", "_tools")

    def __init__(self, tools: Tools, loaded: LoadedTool, enter: Enter) -> None:
        self._tools = tools
        self._loaded = loaded
        self._enter = enter

    @property
    def data(self) -> OwnedTool:
        return self._loaded.owned

    def __call__(self, /, **arguments: Any) -> Any:
        """Call the tool with the fields of its input model; answers with its output model."""
        return self.invoke(arguments)

    async def acall(self, /, **arguments: Any) -> Any:
        return await self.ainvoke(arguments)

    def invoke(
        self,
        arguments: Mapping[str, Any],
        *,
        cancel: threading.Event | None = None,
        progress: Progress | None = None,
    ) -> Any:
        """Call it with arguments as data; the tool sees `cancel` as `ctx.cancelled`."""
        loaded = self._loaded
        with self._enter(loaded.contributor):
            tool = loaded.tool
            answer = self._call(tool, arguments, cancel, progress)
            if type(answer) is not tool.output_model and isinstance(answer, Awaitable):
                name = loaded.data.name
                loops.refuse_running(
                    answer, f"the tool {name!r} is async", f"await ctx.tools.acall({name!r}, …)"
                )
                try:
                    answer = loops.run(answer)
                except BaseException as error:
                    if interrupts.is_interrupt(error):
                        raise
                    raise loaded.failed("failed", error) from error
            return _output(loaded, tool, answer)

    async def ainvoke(
        self,
        arguments: Mapping[str, Any],
        *,
        cancel: threading.Event | None = None,
        progress: Progress | None = None,
    ) -> Any:
        """`invoke` in a running event loop; a tool that is not async is called as it is."""
        loaded = self._loaded
        with self._enter(loaded.contributor):
            tool = loaded.tool
            answer = self._call(tool, arguments, cancel, progress)
            if type(answer) is not tool.output_model and isinstance(answer, Awaitable):
                try:
                    answer = await answer
                except GeneratorExit:
                    raise  # whoever awaited this has given up
                except BaseException as error:
                    if interrupts.is_interrupt(error):
                        raise
                    raise loaded.failed("failed", error) from error
            return _output(loaded, tool, answer)

    def _call(
        self,
        tool: Tool[..., Any],
        arguments: Mapping[str, Any],
        cancel: threading.Event | None,
        progress: Progress | None,
    ) -> Any:
        given = models.validated(tool.input_model, arguments, self._loaded.invalid_input, "forbid")
        try:
            return tool.function(given, self._context(cancel, progress))
        except BaseException as error:
            if interrupts.is_interrupt(error) or self._loaded.refuses(error):
                raise
            raise self._loaded.failed("failed", error) from error

    def _context(self, cancel: threading.Event | None, progress: Progress | None) -> ToolContext:
        tools, loaded = self._tools, self._loaded
        view = None if tools.view_of is None else tools.view_of(loaded.contributor)
        return ToolContext(
            tools.context_id,
            tools,
            tools.tables,
            loaded.logger,
            cancel,
            progress,
            actor=tools.actor,
            view=view,
        )

    def __repr__(self) -> str:
        return f"<tool {self._loaded.data.name} of {self._loaded.contributor.label}>"


def _output(loaded: LoadedTool, tool: Tool[..., Any], answer: Any) -> Any:
    if tool.output_model is not None:
        return models.validated(tool.output_model, answer, loaded.invalid_output)
    if answer is not None:
        raise loaded.invalid_output(f"it is declared to return nothing, and returned {answer!r}", [])
    return None


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
