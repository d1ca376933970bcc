"""A context's tools for MCP clients; the extra `[mcp]`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.types import ASGIApp

from peers_runtime import Runtime
from peers_runtime.mcp import extra
from peers_runtime.web.changes import Changes
from peers_runtime.web.visit import Visit

if TYPE_CHECKING:
    from peers_runtime.mcp.http import Endpoints


class McpClients:
    """What answers them is made when the first one comes."""

    def __init__(self, runtime: Runtime, changes: Changes) -> None:
        self._runtime = runtime
        self._changes = changes
        self._endpoints: Endpoints | None = None

    async def answer(self, visit: Visit) -> ASGIApp:
        """An application for the one who asks, in the context that they ask in."""
        if self._endpoints is None:
            self._endpoints = self._made()
        return await self._endpoints.of(visit.context_id, visit.actor)

    def close(self) -> None:
        """End every session and subscription. Idempotent."""
        if self._endpoints is not None:
            self._endpoints.close()

    def _made(self) -> Endpoints:
        with extra.needed():
            from peers_runtime.mcp.http import Endpoints
        return Endpoints(self._runtime, lambda: self._changes.is_ending)
