"""A package index on loopback, with wheels that nobody else publishes."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from packaging.utils import canonicalize_name


class Index:
    """Serves what `add` was given by the simple repository API; `asked` are paths that were asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self._wheels: dict[str, bytes] = {}
        self.url = ""

    def add(self, made: tuple[bytes, str]) -> None:
        data, filename = made
        self._wheels[filename] = data

    def answer(self, path: str) -> bytes | None:
        self.asked.append(path)
        kind, _, name = path.removeprefix("/simple").strip("/").rpartition("/")
        if kind == "files":
            return self._wheels.get(name)
        links = [
            f'<a href="/files/{filename}#sha256={hashlib.sha256(data).hexdigest()}">{filename}</a>'
            for filename, data in self._wheels.items()
            if canonicalize_name(filename.partition("-")[0]) == name
        ]
        return f"<!DOCTYPE html><html><body>{''.join(links)}</body></html>".encode() if links else None


@contextmanager
def running() -> Iterator[Index]:
    index = Index()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer = index.answer(self.path)
            self.send_response(200 if answer is not None else 404)
            self.send_header("Content-Type", "text/html" if self.path.endswith("/") else "application/zip")
            self.send_header("Content-Length", str(len(answer or b"")))
            self.end_headers()
            self.wfile.write(answer or b"")

        def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002  # so is the parameter's
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    index.url = f"http://127.0.0.1:{server.server_port}/simple"
    try:
        yield index
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
