"""Telling pages that something has changed: server-sent events, which never keep a server from ending."""

from __future__ import annotations

import asyncio
import secrets
import signal
from collections.abc import AsyncGenerator, Callable
from contextlib import suppress
from typing import Final

from peers_runtime import Runtime
from peers_runtime.base import errors
from peers_runtime.operations import inspect
from peers_runtime.web.hearing import Hearing

_TURN_S: Final = 0.5  # between two looks at whether the server ends
_SIGN_OF_LIFE_S: Final = 15.0  # so that whoever is in between keeps the stream open
LONGEST_S: Final = 60.0  # a stream, which some servers wait for when they end
_HANDOVER_S: Final = 5.0  # before that, in which a page opens another one without missing anything


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

    def hear(self, callback: Callable[[], object]) -> Callable[[], None]:
        """Call it after each change, in the thread that made it; answers with the undo."""
        self._waiting.add(callback)
        return lambda: self._waiting.discard(callback)

    async def stream(
        self, still_may: Callable[[], object], hearing: Hearing | None = None
    ) -> AsyncGenerator[bytes]:
        """What a browser's EventSource reads; `still_may` raises when the reader may no longer know.

        Without a state that is new, what is heard of contracts is told to whoever still may know, too.
        """
        loop = asyncio.get_running_loop()
        woken = asyncio.Event()

        def wake() -> None:
            with suppress(RuntimeError):  # the loop has ended, and nobody reads any more
                loop.call_soon_threadsafe(woken.set)

        self._waiting.add(wake)
        try:
            if hearing is not None:
                await asyncio.to_thread(hearing.begin, wake)
            told, quiet_s, until = "", 0.0, loop.time() + LONGEST_S
            is_followed = False
            while loop.time() < until and not self.is_ending:
                if not is_followed and loop.time() > until - _HANDOVER_S:
                    is_followed = True
                    yield b"event: again\ndata:\n\n"
                woken.clear()
                state, heard = self.state, () if hearing is None else hearing.take()
                if told != state or heard:
                    try:
                        await asyncio.to_thread(still_may)
                    except errors.PeersError:
                        yield b"event: ended\ndata:\n\n"
                        return
                    if told != state:
                        told = state
                        yield f"event: state\ndata: {told}\n\n".encode()
                    for one in heard:
                        yield one
                    quiet_s = 0.0
                    continue
                if hearing is not None and hearing.is_behind:
                    return  # the browser opens another one, which begins with what is so now
                with suppress(TimeoutError):
                    async with asyncio.timeout(_TURN_S):
                        await woken.wait()
                    continue
                quiet_s += _TURN_S
                if quiet_s >= _SIGN_OF_LIFE_S:
                    quiet_s = 0.0
                    yield b": still here\n\n"
        finally:
            self._waiting.discard(wake)
            if hearing is not None:
                _end(hearing, loop)

    def _changed(self) -> None:
        self._number += 1
        self._wake()

    def _wake(self) -> None:
        for wake in tuple(self._waiting):
            wake()


def _end(hearing: Hearing, loop: asyncio.AbstractEventLoop) -> None:
    """In a thread, which nobody waits for: it may run code of packages."""
    try:
        _ = loop.run_in_executor(None, hearing.end)
    except RuntimeError:  # the loop is about to end, and has no threads any more
        hearing.end()


def _server_is_ending() -> bool:
    """Whether the server that we are mounted in was told to end: uvicorn waits for streams without telling.

    Its handler of signals is a method of the server, which says so.
    """
    for number in (signal.SIGTERM, signal.SIGINT):
        server = getattr(signal.getsignal(number), "__self__", None)
        if getattr(server, "should_exit", False) is True:
            return True
    return False
