"""A server for the console, in a thread of its own."""

from __future__ import annotations

import asyncio
import socket
import threading
from types import TracebackType
from typing import Final, Self
from urllib.parse import quote

import uvicorn

from peers_runtime.base import errors
from peers_runtime.web.console import Console

_PATIENCE_S: Final = 5  # how long the end waits for answers that are under way
_MOST: Final = 200  # connections at once; those above are told to come again


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
                http="h11",
                ws="none",
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
            runner.run(self._uvicorn.serve([self._socket]))


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
            f"nothing can be served at {host}:{port}: {error}",
            hint="choose another --port, or 0 for any that is free",
            host=host,
            port=port,
        ) from error
    return made
