"""One client, through two pipes: it starts us as a process, and ends us by closing what we read."""

from __future__ import annotations

from io import TextIOWrapper
from typing import Any, BinaryIO, Self, cast

import anyio
import anyio.to_thread
from mcp.server.stdio import stdio_server

from peers_runtime import Runtime
from peers_runtime.mcp.server import ToolServer


def serve(runtime: Runtime, context_id: str, asked: BinaryIO, answered: BinaryIO) -> None:
    """Serve the client until it leaves; nobody else may read the one or write to the other.

    Raises `UnknownContext` or `RoleTooLow`.
    """
    runtime.context(context_id)
    try:
        anyio.run(_serve, ToolServer(runtime, context_id, runtime.actor), asked, answered)
    except* BrokenPipeError:
        pass  # it has left without closing what we read


async def _serve(server: ToolServer, asked: BinaryIO, answered: BinaryIO) -> None:
    lines = cast("Any", _Lines(asked))  # the SDK asks for a file, and iterates over it
    written = anyio.wrap_file(TextIOWrapper(answered, encoding="utf-8", write_through=True))
    async with server.announced(), stdio_server(lines, written) as (received, sent):
        await server.run(received, sent, server.create_initialization_options())


class _Lines:
    """The lines of a stream; a signal ends the process although the client goes on saying nothing."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> str:
        line = await anyio.to_thread.run_sync(self._stream.readline, abandon_on_cancel=True)
        if not line:
            raise StopAsyncIteration
        return line.decode(errors="replace")
