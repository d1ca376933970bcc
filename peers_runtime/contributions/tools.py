"""The tools of one set of active versions, and calling them in a context.

`names` belong to the set and keep what has been loaded; `Tools` is one context's view of them, made at no
cost for each request.
"""

from __future__ import annotations

from collections.abc import Awaitable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from peers_runtime.base import errors
from peers_runtime.contributions import interrupts, loops, stopping
from peers_runtime.contributions.loaded_tools import LoadedTool, OwnedTool, Ready
from peers_runtime.contributions.names import Named, Names
from peers_runtime.contributions.ports import Contributor, View, package_of
from peers_runtime.contributions.stopping import Cancel, Stop
from peers_runtime.contributions.tool_context import Progress, ToolContext

if TYPE_CHECKING:
    from concurrent.futures import Executor, Future


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

    `tools["add_note"](title="x")` validates, calls and validates; see `BoundTool`. `view` is what the code
    that calls them sees. With an executor every call goes through it; what a tool calls itself runs where the
    tool does.
    """

    __slots__ = ("executor", "view", "within")

    def __init__(self, found: Names[LoadedTool], view: View, executor: Executor | None = None) -> None:
        super().__init__(found)
        self.view = view
        self.within = view.within
        self.executor = executor

    def call(self, name: str, /, **arguments: Any) -> Any:
        return self[name](**arguments)

    async def acall(self, name: str, /, **arguments: Any) -> Any:
        """`call` in a running event loop; an async tool is awaited, any other is called as it is."""
        return await self[name].acall(**arguments)

    def through(self, executor: Executor | None) -> Tools:
        """The same tools, called through an executor: of threads, processes or Dask; None: where they are."""
        return Tools(self._names, self.view, executor)

    @property
    def inline(self) -> Tools:
        """The same tools, called where they are."""
        return self if self.executor is None else self.through(None)

    def list(self) -> Sequence[OwnedTool]:
        """Every tool as data, by package and then in its author's order."""
        return [found.owned for found in self._names.values()]

    def _bind(self, item: LoadedTool) -> BoundTool:
        return BoundTool(self, item)


class BoundTool:
    """A tool, ready to be called in one context.

    Raises `InvalidInput` (undeclared arguments are errors at any depth), `InvalidOutput`, `ToolFailed`
    with the tool's own error as `__cause__`, and for an async tool in a thread whose event loop runs
    `LoopRunning`.
    """

    __slots__ = ("_loaded", "_tools")

    def __init__(self, tools: Tools, loaded: LoadedTool) -> None:
        self._tools = tools
        self._loaded = loaded

    @property
    def data(self) -> OwnedTool:
        return self._loaded.owned

    def __call__(self, /, **arguments: Any) -> Any:
        """Call the tool with the fields of its input model; answers with its output model."""
        if self._tools.executor is None:
            return self.run(arguments)
        return self.invoke(arguments)

    async def acall(self, /, **arguments: Any) -> Any:
        return await self.ainvoke(arguments)

    def invoke(
        self,
        arguments: Mapping[str, Any],
        *,
        cancel: Cancel | None = None,
        progress: Progress | None = None,
        timeout_s: float | None = None,
        run_key: str = "",
    ) -> Any:
        """Call it with arguments as data; the tool sees `cancel`, or its time being over, as `ctx.cancelled`.

        Raises `ToolCancelled` when it was told so and stopped, and `ToolTimedOut` when it was not done in
        time. An async tool is cancelled. Any other cannot be interrupted: in this thread the call lasts until
        it returns; through an executor `ToolTimedOut` comes in time, and the tool occupies its worker until
        it stops.
        """
        if self._tools.executor is not None:
            future = self.submit(arguments, cancel=cancel, progress=progress, timeout_s=timeout_s)
            try:
                return future.result()
            except BaseException:
                future.cancel()  # of a caller that was interrupted
                raise
        return self.run(arguments, stopping.stop(cancel, timeout_s), progress, run_key)

    async def ainvoke(
        self,
        arguments: Mapping[str, Any],
        *,
        cancel: Cancel | None = None,
        progress: Progress | None = None,
        timeout_s: float | None = None,
    ) -> Any:
        """`invoke` in a running event loop; a tool that is not async is called as it is.

        Through an executor the loop goes on meanwhile, and cancelling the task cancels the tool.
        """
        if self._tools.executor is not None:
            import asyncio

            return await asyncio.wrap_future(
                self.submit(arguments, cancel=cancel, progress=progress, timeout_s=timeout_s)
            )
        stop = stopping.stop(cancel, timeout_s)
        loaded = self._loaded
        with self._tools.within:
            tool = loaded.ready
            try:
                answer = self._call(tool, arguments, stop, progress)
                if type(answer) is not tool.output_model and isinstance(answer, Awaitable):
                    try:
                        answer = await (answer if stop is None else stopping.supervised(answer, stop))
                    except GeneratorExit:
                        raise  # whoever awaited this has given up
                    except BaseException as error:
                        if interrupts.is_interrupt(error):
                            raise
                        raise loaded.failed("failed", error) from error
            except errors.ToolFailed as error:
                stopping.refuse(loaded, stop, error)
                raise
            if stop is not None:
                stopping.refuse(loaded, stop)
            return tool.give(answer)

    def submit(
        self,
        arguments: Mapping[str, Any],
        *,
        cancel: Cancel | None = None,
        progress: Progress | None = None,
        timeout_s: float | None = None,
    ) -> Future[Any]:
        """Call it through the executor of these tools (`ctx.tools.through(executor)`) when it has room.

        The call is pinned to the versions that are active now. To another process goes a reference to them,
        and the arguments as JSON; it loads them by digest from the home, which it must see at the same
        path. `timeout_s` counts from now. `cancel()` of the future keeps a call from starting, or tells the
        tool to stop. `progress` is called in a thread of the runtime, or that of the tool; what it raises
        stops the call. Raises `NoExecutor`, `InvalidInput` for what is no JSON, `VersionNotKept`, or
        `HomeNotWritable`.
        """
        from peers_runtime.contributions import calls

        return calls.submit(self, self._tools, arguments, cancel, progress, timeout_s)

    def run(
        self,
        arguments: Mapping[str, Any] | bytes,
        stop: Stop | None = None,
        progress: Progress | None = None,
        run_key: str = "",
    ) -> Any:
        """Call it here, whatever executor there is; bytes are JSON, `run_key` is what it sees as that."""
        loaded = self._loaded
        with self._tools.within:
            tool = loaded.ready
            try:
                answer = self._call(tool, arguments, stop, progress, run_key)
                if type(answer) is not tool.output_model and isinstance(answer, Awaitable):
                    name = loaded.data.name
                    loops.refuse_running(
                        answer, f"the tool {name!r} is async", f"await ctx.tools.acall({name!r}, …)"
                    )
                    try:
                        answer = loops.run(answer if stop is None else stopping.supervised(answer, stop))
                    except BaseException as error:
                        if interrupts.is_interrupt(error):
                            raise
                        raise loaded.failed("failed", error) from error
            except errors.ToolFailed as error:
                stopping.refuse(loaded, stop, error)
                raise
            if stop is not None:
                stopping.refuse(loaded, stop)
            return tool.give(answer)

    def received(self, output: bytes | None) -> Any:
        """What the tool answered in another process, as JSON, as its output model here."""
        loaded = self._loaded
        with self._tools.within:
            return loaded.ready.give(output)

    @property
    def loaded(self) -> LoadedTool:
        return self._loaded

    def _call(
        self,
        tool: Ready,
        arguments: Mapping[str, Any] | bytes,
        stop: Stop | None,
        progress: Progress | None,
        run_key: str = "",
    ) -> Any:
        loaded, tools = self._loaded, self._tools
        given = tool.take(arguments)
        inner = tools if tools.executor is None else tools.inline
        ctx = ToolContext(inner, loaded.contributor, loaded.logger, stop, progress, run_key)
        try:
            return tool.function(given, ctx)
        except BaseException as error:
            if interrupts.is_interrupt(error) or loaded.refuses(error):
                raise
            raise loaded.failed("failed", error) from error

    def __repr__(self) -> str:
        return f"<tool {self._loaded.data.name} of {self._loaded.contributor.label}>"
