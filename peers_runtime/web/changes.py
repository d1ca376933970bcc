"""Telling pages that something has changed: server-sent events, which never keep a server from ending."""

from __future__ import annotations

import asyncio
import secrets
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from typing import Final

from peers_runtime import Runtime
from peers_runtime.base import errors
from peers_runtime.operations import inspect

_TURN_S: Final = 0.5  # between two looks at whether the server ends
_SIGN_OF_LIFE_S: Final = 15.0  # so that whoever is in between keeps the stream open
LONGEST_S: Final = 300.0  # a stream; the browser then opens another one


class Changes:
    """Counts what changes in a runtime. `state` names how it is now, in this process."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._listed: object = None  # the diagnostics that were there at the last look
        self._start = secrets.token_hex(4)
        self._number = 0
        self._waiting: set[Callable[[], object]] = set()
        self._undo = runtime.on_change(self._changed)
        self.closed = False

    @property
    def state(self) -> str:
        if not self.closed:
            try:
                listed = inspect.diagnostics_stamp(self._runtime.services)
            except errors.RuntimeClosed:
                self.close()
                listed = self._listed
            if listed != self._listed:
                self._listed = listed
                self._number += 1
        return f"{self._start}-{self._number}"

    @property
    def is_ending(self) -> bool:
        """Whether streams have to end: the console is closed, or its server was told to end."""
        return self.closed or _server_is_ending()

    def close(self) -> None:
        """End every stream. Idempotent."""
        self.closed = True
        self._undo()
        self._wake()

    async def stream(self, still_may: Callable[[], object]) -> AsyncIterator[bytes]:
        """What a browser's EventSource reads; `still_may` raises when the reader may no longer know."""
        loop = asyncio.get_running_loop()
        woken = asyncio.Event()

        def wake() -> None:
            with suppress(RuntimeError):  # the loop has ended, and nobody reads any more
                loop.call_soon_threadsafe(woken.set)

        self._waiting.add(wake)
        try:
            told, quiet_s, lasted_s = "", 0.0, 0.0
            while lasted_s < LONGEST_S and not self.is_ending:
                state = self.state
                if told != state:
                    try:
                        await asyncio.to_thread(still_may)
                    except errors.PeersError:
                        yield b"event: ended\ndata:\n\n"
                        return
                    told, quiet_s = state, 0.0
                    yield f"event: state\ndata: {told}\n\n".encode()
                woken.clear()
                if told != self.state:
                    continue
                with suppress(TimeoutError):
                    async with asyncio.timeout(_TURN_S):
                        await woken.wait()
                    continue
                quiet_s, lasted_s = quiet_s + _TURN_S, lasted_s + _TURN_S
                if quiet_s >= _SIGN_OF_LIFE_S:
                    quiet_s = 0.0
                    yield b": still here\n\n"
        finally:
            self._waiting.discard(wake)

    def _changed(self) -> None:
        self._number += 1
        self._wake()

    def _wake(self) -> None:
        for wake in tuple(self._waiting):
            wake()


def _server_is_ending() -> bool:
    """Whether the server that we are mounted in was told to end: uvicorn waits for streams without telling.

    Its handler of signals is a method of the server, which says so.
    """
    for number in (signal.SIGTERM, signal.SIGINT):
        server = getattr(signal.getsignal(number), "__self__", None)
        if getattr(server, "should_exit", False) is True:
            return True
    return False
