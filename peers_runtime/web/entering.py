"""`web.middleware`: each request of a host runs in the context that it belongs to."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable

from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from peers_runtime import Runtime
from peers_runtime.base import errors
from peers_runtime.web import answers, visit

Whose = str | tuple[str, str] | None
Resolve = Callable[[HTTPConnection], Whose | Awaitable[Whose]]


def middleware(runtime: Runtime, *, resolve: Resolve) -> Callable[[ASGIApp], ASGIApp]:
    """A middleware of ASGI applications that enters a data context for the length of each request.

    `resolve(connection)`, which may be async, answers with a context id, or with that and the actor who asks,
    whose role is checked; None for a request of no context. Without an actor it is the runtime's own. What
    begins on a version ends on it. Handlers find the handle as `request.scope["peers.context"]`.

    A context that does not exist is answered with 404, one that the actor may not use with 403, as JSON.
    """

    def wrap(app: ASGIApp) -> ASGIApp:  # Litestar gives it by this name
        async def call(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] not in ("http", "websocket"):
                await app(scope, receive, send)
                return
            answered = resolve(HTTPConnection(scope))
            whose = await answered if inspect.isawaitable(answered) else answered
            if whose is None:
                await app(scope, receive, send)
                return
            context_id, actor = (whose, runtime.actor) if isinstance(whose, str) else whose
            try:
                handle = await run_in_threadpool(visit.enter, runtime, context_id, actor)
            except errors.PeersError as error:
                await _refuse(error, scope, receive, send)
                return
            with handle:
                await app({**scope, "peers.context": handle}, receive, send)

        return call

    return wrap


async def _refuse(error: errors.PeersError, scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008})
        return
    await answers.data(error)(scope, receive, send)
