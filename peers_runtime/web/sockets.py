"""Websockets of packages' sub-applications: let in like any request, and ended when they may be no more."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import aclosing
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection
from starlette.types import Receive, Scope, Send

from peers_runtime.base import errors
from peers_runtime.web import screens
from peers_runtime.web.visit import Visit

_REFUSED: Final = 1008  # the protocol's own numbers
_ENDING: Final = 1001


class Sockets:
    """An ASGI application below the address of a sub-application; `visit` finds out who asks, and where."""

    def __init__(self, visit: Callable[[HTTPConnection], Visit]) -> None:
        self._visit = visit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            made = await run_in_threadpool(self._visit, HTTPConnection(scope))
            application = await screens.sub_application(made)
        except errors.PeersError:  # a browser is told of a websocket no more than that it was not taken
            await send({"type": "websocket.close", "code": _REFUSED})
            return
        talking = asyncio.ensure_future(application(scope, receive, send))
        watching = asyncio.ensure_future(_no_longer(made))
        try:
            await asyncio.wait({talking, watching}, return_when=asyncio.FIRST_COMPLETED)
            if not talking.done():
                talking.cancel()
                await asyncio.wait({talking})
                await send({"type": "websocket.close", "code": await watching})
                return
        finally:
            for one in (talking, watching):
                one.cancel()  # nothing happens to what is done
            await asyncio.wait({talking, watching})
        talking.result()  # raises what it has raised


async def _no_longer(made: Visit) -> int:
    """Wait until who asks may no longer read the context, or the console ends; answers with the reason."""
    while True:
        async with aclosing(made.changes.stream(made.require_reading)) as events:
            async for event in events:
                if event.startswith(b"event: ended"):
                    return _REFUSED
        if made.changes.is_ending:
            return _ENDING
