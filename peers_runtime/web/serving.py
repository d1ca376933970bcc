"""A server for the console, in a thread of its own."""

from __future__ import annotations

import asyncio
import socket
import threading
from types import TracebackType
from typing import Final, Self
from urllib.parse import quote

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from peers_runtime.base import errors
from peers_runtime.web.console import Console

_PATIENCE_S: Final = 5  # how long the end waits for answers that are under way
HEAD_PATIENCE_S: Final = 10.0  # in which the head of a request has to be there
_LARGEST: Final = 1_000_000  # bytes of a websocket's message
_MOST: Final = 200  # connections at once; those above are told to come again


class Impatient(H11Protocol):
    """Closes a connection on which the head of a request does not come to its end in time.

    Uvicorn bounds how large it may be, and how long nothing at all may come after a request; what comes
    drop by drop would keep its place among the connections for ever.
    """

    _giving_up: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        super().connection_made(transport)
        self._look()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._look()

    def connection_lost(self, exc: Exception | None) -> None:
        self._calm()
        super().connection_lost(exc)

    def _look(self) -> None:
        is_answering = not getattr(self.cycle, "response_complete", True)  # None before the first request
        if is_answering or self.transport.get_protocol() is not self:  # else it has become a websocket's
            self._calm()
        elif self._giving_up is None:
            self._giving_up = self.loop.call_later(HEAD_PATIENCE_S, self.transport.close)

    def _calm(self) -> None:
        if self._giving_up is not None:
            self._giving_up.cancel()
            self._giving_up = None


class Server:
    """Serves from `start` to `stop`. `url` has the token, which lets whoever opens it in."""

    def __init__(self, console: Console, host: str = "127.0.0.1", port: int = 0) -> None:
        self._console = console
        self._socket = _bound(host, port)
        self._thread = threading.Thread(target=self._run, name="peers-web", daemon=True)
        self._uvicorn = uvicorn.Server(
            uvicorn.Config(
                console,
                log_config=None,
                access_log=False,
                lifespan="off",
                loop="asyncio",
                http=Impatient,
                ws="auto",  # where websockets or wsproto is installed
                ws_max_size=_LARGEST,
                proxy_headers=False,
                server_header=False,
                limit_concurrency=_MOST,
                timeout_graceful_shutdown=_PATIENCE_S,
            )
        )
        port = self._socket.getsockname()[1]
        shown = f"[{host}]" if ":" in host else host
        self.address = f"http://{shown}:{port}/"
        self.url = self._opening(self.address)

    def at(self, context_id: str) -> str:
        """`url`, leading to a context's first page."""
        return self._opening(f"{self.address}c/{quote(context_id, safe='')}/")

    def start(self) -> Self:
        """Answers from now on: the socket takes connections before the thread has begun."""
        self._thread.start()
        return self

    def stop(self) -> None:
        """End every stream, let answers that are under way come to their end, and close. Idempotent."""
        self._console.close()
        self._uvicorn.should_exit = True
        if self._thread.is_alive():
            self._thread.join()
        self._socket.close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()

    def _opening(self, address: str) -> str:
        token = self._console.token
        return address if token is None else f"{address}?token={token}"

    def _run(self) -> None:
        with asyncio.Runner() as runner:  # which ends what is still under way
            runner.run(self._serve())

    async def _serve(self) -> None:
        await self._uvicorn.serve([self._socket])
        await self._console.ended()


def _bound(host: str, port: int) -> socket.socket:
    """A socket that listens. Raises `InvalidSetting` when it cannot be had."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        made = socket.socket(family, socket.SOCK_STREAM)
        try:
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            made.bind((host, port))
            made.listen(128)
        except BaseException:
            made.close()
            raise
    except (OSError, OverflowError, UnicodeError) as error:
        raise errors.InvalidSetting(
            f"nothing can be served at http://{host}:{port}: {getattr(error, 'strerror', None) or error}",
            hint="choose another --port, or 0 for any that is free",
            host=host,
            port=port,
        ) from error
    return made
