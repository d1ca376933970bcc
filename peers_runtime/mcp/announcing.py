"""Telling clients that the tools they see have changed, then and only then."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress

from mcp.server.subscriptions import InMemorySubscriptionBus, ToolsListChanged
from mcp_types import Tool

from peers_runtime import Runtime
from peers_runtime.base import errors
from peers_runtime.mcp import tools


class Streams:
    """Which sessions' clients have a stream open on which they hear; it belongs to one event loop."""

    def __init__(self) -> None:
        self._open: set[str] = set()
        self._opened = asyncio.Event()

    @contextmanager
    def opened(self, session_id: str) -> Generator[None]:
        """Until the end, this session's client hears."""
        self._open.add(session_id)
        self._opened.set()
        self._opened = asyncio.Event()
        try:
            yield
        finally:
            self._open.discard(session_id)

    async def until_open(self, session_id: str) -> None:
        while session_id not in self._open:
            await self._opened.wait()


class Announcing:
    """Looks at what one actor sees of one context whenever anything has changed in the runtime.

    `bus` has an event for each time that it was another list of tools than before. Somebody who may not see
    it any more sees none.
    """

    def __init__(self, runtime: Runtime, context_id: str, actor: str) -> None:
        self.bus = InMemorySubscriptionBus()
        self._runtime = runtime
        self._context_id = context_id
        self._actor = actor

    async def run(self, ready: Callable[[], object]) -> None:
        """Look, until cancelled; `ready` is called when no change can be missed any more."""
        loop, woken = asyncio.get_running_loop(), asyncio.Event()

        def wake() -> None:
            with suppress(RuntimeError):  # the loop has ended, and nobody hears any more
                loop.call_soon_threadsafe(woken.set)

        undo = self._runtime.on_change(wake)
        try:
            seen = await asyncio.to_thread(self._look)
            ready()
            while True:
                await woken.wait()
                woken.clear()
                now = await asyncio.to_thread(self._look)
                if now != seen:
                    seen = now
                    await self.bus.publish(ToolsListChanged())
        finally:
            undo()

    def _look(self) -> list[Tool]:
        try:
            return tools.visible(self._runtime, self._context_id, self._actor)
        except errors.PeersError:  # which the client hears when it next asks
            return []
