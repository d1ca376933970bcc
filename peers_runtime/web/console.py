"""`web.app`: the console as an ASGI application, and what one console is made of."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from contextlib import suppress
from functools import partial

from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from peers_runtime import Runtime
from peers_runtime.base import errors
from peers_runtime.web import answers, guard, routing
from peers_runtime.web.changes import Changes
from peers_runtime.web.guard import ActorOf, Guard
from peers_runtime.web.lifespans import Lifespans
from peers_runtime.web.mcp_clients import McpClients
from peers_runtime.web.ports import Active
from peers_runtime.web.routing import Parts
from peers_runtime.web.sessions import Sessions
from peers_runtime.web.uploads import Uploads


class Console:
    """An ASGI application. `token` opens it: `/?token=…`; None when the host says who asks.

    MCP clients send it as `Authorization: Bearer …` to `/mcp/CONTEXT`.
    """

    def __init__(
        self, runtime: Runtime, actor_of: ActorOf | None, token: str | None, hosts: Sequence[str]
    ) -> None:
        self.token = token
        self.changes = Changes(runtime)
        sessions = Sessions(token)
        self._mcp_clients = McpClients(runtime, self.changes)
        self._uploads = Uploads()
        self._lifespans = Lifespans(partial(_report, runtime))
        self.changes.hear(self._lifespans.look)
        routed = routing.application(
            Parts(runtime, sessions, self.changes, self._uploads, self._lifespans, self._mcp_clients)
        )
        self._guarded = Guard(routed, sessions, hosts, actor_of or (lambda _: runtime.actor), _refusing)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        else:
            await self._guarded(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        """As a server sees it that it is given to: when that ends, nothing stays open."""
        while (await receive())["type"] != "lifespan.shutdown":
            await send({"type": "lifespan.startup.complete"})
        await self.ended()
        await send({"type": "lifespan.shutdown.complete"})

    def close(self) -> None:
        """End every open stream and hear of no more changes. Idempotent; the runtime stays open."""
        self.changes.close()
        self._mcp_clients.close()
        self._uploads.close()
        self._lifespans.close()

    async def ended(self) -> None:
        """Close it, and wait a little for packages' applications to end in this event loop."""
        self.close()
        await self._lifespans.ended()


def app(
    runtime: Runtime,
    *,
    actor: ActorOf | None = None,
    token: str | None = None,
    hosts: Sequence[str] = guard.LOOPBACK,
) -> Console:
    """The console of a runtime, to be mounted under any prefix of an ASGI host.

    Whoever brings the `token` (default: a new one, see `Console.token`) acts as the runtime's own actor. A
    host that knows who asks gives `actor(connection)` instead, which answers with an actor or None to refuse;
    each one sees and does what their role in a context allows. `hosts` are the names that it answers to, as a
    `Host` header has them without the port. Close it before its server waits for streams to end; uvicorn's is
    noticed. Raises `InvalidSetting`.
    """
    if actor is not None and token is not None:
        raise errors.InvalidSetting("a console is given an actor or a token", hint="give one of the two")
    if isinstance(hosts, str) or not hosts:
        raise errors.InvalidSetting("hosts is a list of names", hint='hosts=["example.org"]', given=hosts)
    if token is not None and len(token) < _SHORTEST:
        raise errors.InvalidSetting(
            f"a token of fewer than {_SHORTEST} characters can be guessed", hint="leave it out for a new one"
        )
    chosen = token or secrets.token_urlsafe(24) if actor is None else None
    return Console(runtime, actor, chosen, hosts)


_SHORTEST = 16


def _report(runtime: Runtime, error: errors.PeersError, version: Active) -> None:
    with suppress(errors.RuntimeClosed):  # there is no list any more
        runtime.services.report(error.code, error.message, hint=error.hint, subject=version.label)


def _refusing(connection: HTTPConnection, status: int, error: errors.PeersError) -> ASGIApp:
    return answers.failure(connection, error, status)
