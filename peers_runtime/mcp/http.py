"""Any number of clients over HTTP, for whoever has found out who asks, and in which context."""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Callable, Mapping, MutableMapping
from contextlib import ExitStack, suppress
from typing import Any, Final

import anyio.lowlevel
from mcp.server.streamable_http import MCP_SESSION_ID_HEADER
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager

from peers_runtime import Runtime
from peers_runtime.base import errors
from peers_runtime.mcp.announcing import Streams
from peers_runtime.mcp.server import ToolServer

_LOOK_S: Final = 0.5  # between two looks at whether the server that we are mounted in ends
_SESSIONS: Final = 100  # at once, of one actor in one context
_OK: Final = 200

_Scope = MutableMapping[str, Any]


class Endpoints:
    """An ASGI application for each context and actor: the sessions of one are unknown to every other.

    They are made when they are first asked for, in the event loop that asks, and end with `close`, or once
    `is_ending` says that their server does.
    """

    def __init__(self, runtime: Runtime, is_ending: Callable[[], bool]) -> None:
        self._runtime = runtime
        self._is_ending = is_ending
        self._open: dict[asyncio.AbstractEventLoop, dict[tuple[str, str], _Endpoint]] = {}
        self._closed = False

    async def of(self, context_id: str, actor: str) -> Callable[..., Any]:
        """For somebody who may read the context; each of their requests asks that anew.

        Raises `RuntimeClosed` at the end.
        """
        self._open = {loop: these for loop, these in self._open.items() if not loop.is_closed()}
        endpoints = self._open.setdefault(asyncio.get_running_loop(), {})
        found = endpoints.get((context_id, actor))
        if found is None or found.is_over:
            if self._closed or self._is_ending():
                raise errors.RuntimeClosed(
                    "this server ends", hint="come again when it has been started anew"
                )
            streams = Streams()
            server = ToolServer(self._runtime, context_id, actor, streams)
            found = endpoints[context_id, actor] = _Endpoint(server, streams, self._is_ending)
        await found.begun()
        return found.answer

    def close(self) -> None:
        """End every session and subscription. Idempotent, and from any thread."""
        self._closed = True
        for loop, endpoints in list(self._open.items()):
            for endpoint in list(endpoints.values()):
                with suppress(RuntimeError):  # the loop has ended, and everything in it
                    loop.call_soon_threadsafe(endpoint.end)


class _Endpoint:
    """Belongs to the event loop that it is made in."""

    def __init__(self, server: ToolServer, streams: Streams, is_ending: Callable[[], bool]) -> None:
        self.manager = StreamableHTTPSessionManager(server, max_sessions=_SESSIONS)
        self._server = server
        self._streams = streams
        self._is_ending = is_ending
        self._ready = asyncio.Event()
        self._told_to_end = asyncio.Event()
        # nothing of the request that happens to come first is theirs
        self._task = asyncio.get_running_loop().create_task(self._run(), context=contextvars.Context())

    @property
    def is_over(self) -> bool:
        return self._task.done() or self._told_to_end.is_set()

    def end(self) -> None:
        self._told_to_end.set()

    async def begun(self) -> None:
        """Raises what it could not begin for."""
        ready = asyncio.ensure_future(self._ready.wait())
        await asyncio.wait({ready, self._task}, return_when=asyncio.FIRST_COMPLETED)
        if not self._ready.is_set():
            ready.cancel()
            await self._task

    async def answer(self, scope: _Scope, receive: Callable[..., Any], send: Callable[..., Any]) -> None:
        """One request. Whoever opens a session's stream is told what has changed since the session began."""
        header = MCP_SESSION_ID_HEADER.encode()
        session = next((value.decode("latin-1") for name, value in scope["headers"] if name == header), None)
        if scope["method"] != "GET" or session is None:
            await self.manager.handle_request(scope, receive, send)
            return
        with ExitStack() as hearing:

            async def sent(message: Mapping[str, Any]) -> None:
                await send(message)
                if message["type"] == "http.response.start" and message["status"] == _OK:
                    await anyio.lowlevel.checkpoint()  # in which the SDK begins to read what is told
                    hearing.enter_context(self._streams.opened(session))

            await self.manager.handle_request(scope, receive, sent)

    async def _run(self) -> None:
        async with self._server.announced(), self.manager.run():
            self._ready.set()
            while not (self._told_to_end.is_set() or self._is_ending()):
                with suppress(TimeoutError):
                    async with asyncio.timeout(_LOOK_S):
                        await self._told_to_end.wait()
            self._told_to_end.set()
