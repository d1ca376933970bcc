"""What the SDK serves, for one context and one actor."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any, Final

import anyio
import mcp_types as types
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel import NotificationOptions, Server
from mcp.server.models import InitializationOptions
from mcp.server.session import ServerSession
from mcp.server.streamable_http import MCP_SESSION_ID_HEADER
from mcp.server.subscriptions import ListenHandler
from mcp.shared.exceptions import MCPError

import peers_runtime
from peers_runtime import Runtime
from peers_runtime.base import errors
from peers_runtime.mcp import threads, tools
from peers_runtime.mcp.announcing import Announcing, Streams

_AT_ONCE: Final = 32  # calls; those above wait for one to end

Asked = ServerRequestContext[Any, Any]


class ToolServer(Server[Any]):
    """Lists and calls tools as one actor in one context. Serve it inside of `announced`.

    `streams` are those of its sessions over HTTP.
    """

    def __init__(self, runtime: Runtime, context_id: str, actor: str, streams: Streams | None = None) -> None:
        self._runtime = runtime
        self._context_id = context_id
        self._actor = actor
        self._streams = streams
        self._announcing = Announcing(runtime, context_id, actor)
        self._listening = ListenHandler(self._announcing.bus)
        self._under_way: set[threading.Event] = set()  # with each of which one call is told to stop
        self._room = asyncio.Semaphore(_AT_ONCE)
        super().__init__(
            "peers",
            version=peers_runtime.__version__,
            title="Peers",
            instructions=f"The tools of the packages that are active in the data context {context_id!r}. "
            "list-package-versions tells what there is. promote-package-version, set-active-package-version "
            "and roll-back-package change what is active: "
            "call them with dry_run first, and show what they would change.",
            get_tool_input_schema=lambda _: None,  # no header has a part of the arguments
            on_list_tools=self._list,
            on_call_tool=self._call,
            on_subscriptions_listen=self._listening,
        )
        self.add_notification_handler(
            "notifications/initialized", types.NotificationParams, self._tell_session
        )

    def create_initialization_options(
        self,
        notification_options: NotificationOptions | None = None,
        experimental_capabilities: dict[str, dict[str, Any]] | None = None,
        extensions: dict[str, dict[str, Any]] | None = None,
    ) -> InitializationOptions:
        """The same, with the promise that sessions are told when their tools have changed."""
        promised = notification_options or NotificationOptions(tools_changed=True)
        return super().create_initialization_options(promised, experimental_capabilities, extensions)

    @asynccontextmanager
    async def announced(self) -> AsyncGenerator[None]:
        """Until the end, clients are told of changes; then subscriptions end, and calls under way stop."""
        async with anyio.create_task_group() as group:
            ready = anyio.Event()
            group.start_soon(self._announcing.run, ready.set)
            await ready.wait()
            try:
                yield
            finally:
                self._listening.close()
                for cancel in tuple(self._under_way):
                    cancel.set()
                group.cancel_scope.cancel()

    async def _list(self, _: Asked, __: types.PaginatedRequestParams | None) -> types.ListToolsResult:
        try:
            seen = await asyncio.to_thread(tools.visible, self._runtime, self._context_id, self._actor)
        except errors.PeersError as error:
            raise _refused(error) from error
        return types.ListToolsResult(tools=seen)

    async def _call(self, asked: Asked, given: types.CallToolRequestParams) -> types.CallToolResult:
        """In a thread of its own: others go on meanwhile, and whoever gives up tells the tool to stop."""
        cancel = threading.Event()
        work = partial(
            tools.call,
            self._runtime,
            self._context_id,
            self._actor,
            given.name,
            given.arguments or {},
            cancel,
            _progress(asked.session, cancel),
        )
        await self._room.acquire()
        self._under_way.add(cancel)
        try:
            answer = await threads.run(work, self._room.release)
        except errors.PeersError as error:
            raise _refused(error) from error
        finally:
            self._under_way.discard(cancel)
            cancel.set()
        if answer is None:
            raise MCPError(
                types.INVALID_PARAMS,
                f"no active version in context {self._context_id!r} has a tool {given.name!r}; "
                "list the tools again",
            )
        return answer

    async def _tell_session(self, asked: Asked, _: types.NotificationParams) -> None:
        """For a session's whole life; those that begin without a handshake subscribe instead.

        What changes while the client hears nothing is told once, as soon as it does.
        """
        news = asyncio.Event()
        undo = self._announcing.bus.subscribe(lambda _: news.set())
        try:
            while True:
                await news.wait()
                if self._streams is not None and asked.request is not None:
                    await self._streams.until_open(asked.request.headers[MCP_SESSION_ID_HEADER])
                news.clear()  # it will look at the newest list
                await asked.session.send_tool_list_changed()
        finally:
            undo()


def _progress(session: ServerSession, cancel: threading.Event) -> tools.Progress:
    """Waits in the tool's thread until it is sent, so that no tool runs ahead of its client."""
    loop = asyncio.get_running_loop()

    def tell(done: float, total: float | None, message: str) -> None:
        if not cancel.is_set():
            sent = session.report_progress(done, total, message or None)
            asyncio.run_coroutine_threadsafe(sent, loop).result()

    return tell


def _refused(error: errors.PeersError) -> MCPError:
    """What the whole request is refused with, as the protocol's own error."""
    return MCPError(
        types.INVALID_REQUEST,
        f"error[{error.code}]: {error.message}",
        {"code": error.code, "message": error.message, "hint": error.hint},
    )
