"""One client, through two pipes: it starts us as a process, and ends us by closing what we read."""

from __future__ import annotations

import asyncio
import json
import signal
from collections.abc import AsyncIterator
from functools import partial
from io import FileIO
from typing import Any, BinaryIO, Final, Self, cast

import anyio
from mcp.server.stdio import stdio_server
from mcp_types import PARSE_ERROR

from peers_runtime import Runtime
from peers_runtime.mcp import threads
from peers_runtime.mcp.server import ToolServer


def serve(runtime: Runtime, context_id: str, asked: BinaryIO, answered: FileIO) -> int | None:
    """Serve the client until it leaves; nobody else may read the one or write to the other.

    Ends by a signal, too, and then answers with its number. Raises `UnknownContext` or `RoleTooLow`.
    """
    runtime.context(context_id)
    server = ToolServer(runtime, context_id, runtime.actor)
    number: int | None = None
    try:
        number = anyio.run(_serve, server, asked, answered)
    except* BrokenPipeError:
        pass  # it has left without closing what we read
    return number


async def _serve(server: ToolServer, asked: BinaryIO, answered: FileIO) -> int | None:
    # the SDK asks for two files, iterates over the one, and writes to the other
    out = _Written(answered)
    lines, written = cast("Any", _Lines(asked, out)), cast("Any", out)
    heeded = [number for number in _SIGNALS if signal.getsignal(number) is not signal.SIG_IGN]
    came: list[int] = []

    async def heed(signals: AsyncIterator[int]) -> None:
        async for number in signals:
            came.append(number)
            group.cancel_scope.cancel()

    with anyio.open_signal_receiver(*heeded) as signals:
        async with anyio.create_task_group() as group:
            group.start_soon(heed, signals)
            async with server.announced(), stdio_server(lines, written) as (received, sent):
                await server.run(received, sent, server.create_initialization_options())
            group.cancel_scope.cancel()
    return came[0] if came else None


_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_LONGEST: Final = 4_000_000  # bytes of a line, so that none takes all memory
_TOO_LONG: Final = (
    json.dumps(
        {
            "jsonrpc": "2.0",
            "id": None,
            "error": {"code": PARSE_ERROR, "message": f"a message has at most {_LONGEST:,} bytes"},
        }
    )
    + "\n"
)


class _Written:
    """Writes to a pipe, of which nothing is kept back; the loop goes on while the client does not read."""

    def __init__(self, pipe: FileIO) -> None:
        self._pipe = pipe
        self._turn = asyncio.Lock()

    async def write(self, text: str) -> None:
        async with self._turn:
            await threads.run(partial(self._write, text.encode(errors="backslashreplace")))

    async def flush(self) -> None:
        pass

    def _write(self, data: bytes) -> None:
        left = memoryview(data)
        while left:
            left = left[self._pipe.write(left) or 0 :]


class _Lines:
    """The lines of a pipe; a signal ends the process although the client goes on saying nothing.

    One that is too long is not kept, and answered to with the protocol's error.
    """

    def __init__(self, pipe: BinaryIO, out: _Written) -> None:
        self._pipe = pipe
        self._out = out

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> str:
        while (line := await threads.run(self._next)) is None:
            await self._out.write(_TOO_LONG)
        if not line:
            raise StopAsyncIteration
        return line.decode(errors="replace")

    def _next(self) -> bytes | None:
        line = self._pipe.readline(_LONGEST)
        if len(line) < _LONGEST or line.endswith(b"\n"):
            return line
        while rest := self._pipe.readline(_LONGEST):
            if rest.endswith(b"\n"):
                break
        return None
