"""Streams tell pages of changes, whoever made them, and keep no server from ending."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest

from peers_runtime import Role, Runtime, web
from peers_runtime.web.console import Console
from peers_runtime.web.serving import Server
from tests.cli.started import piped
from tests.web.consoles import SAMPLES, shown

SHOP = """
import signal, sys, threading
import uvicorn
from starlette.applications import Starlette
from starlette.routing import Mount
from peers_runtime import Runtime, web

with Runtime.open(sys.argv[1]) as runtime:
    console = web.app(runtime, token="a" * 20)
    shop = Starlette(routes=[Mount("/peers", console)])
    server = uvicorn.Server(uvicorn.Config(shop, port=0, log_level="error"))
    ready = threading.Thread(target=lambda: print(wait(), flush=True), daemon=True)
    def wait():
        while not server.started:
            pass
        return server.servers[0].sockets[0].getsockname()[1]
    ready.start()
    server.run()
"""


class Stream:
    """What is read of a console's events, in a thread."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines = lines

    def next(self) -> tuple[str, str]:
        """The next event: its name and what it tells."""
        name = ""
        for line in self._lines:
            if line.startswith("event: "):
                name = line.removeprefix("event: ")
            elif line.startswith("data:"):
                return name, line.removeprefix("data:").strip()
        return "closed", ""


@contextmanager
def reading(server: Server, context: str = "acme", **headers: str) -> Iterator[Stream]:
    with httpx2.Client(follow_redirects=True, timeout=30, headers=headers) as client:
        client.get(server.url)
        with client.stream("GET", f"{server.address}c/{context}/events") as answer:
            assert answer.status_code == 200
            assert answer.headers["content-type"].startswith("text/event-stream")
            yield Stream(answer.iter_lines())


@pytest.fixture
def served(runtime: Runtime, console: Console) -> Iterator[Server]:
    with Server(web.app(runtime)) as server:
        yield server


def test_an_activation_is_told(notes: Runtime, served: Server) -> None:
    with reading(served) as stream:
        name, before = stream.next()
        assert name == "state"
        notes.install(SAMPLES / "notes-2", context="acme")
        name, after = stream.next()
        assert (name, after != before) == ("state", True)


def test_what_another_process_does_is_told(tmp_path: Path) -> None:
    with Runtime.open(tmp_path / "home") as runtime, Server(web.app(runtime)) as server:
        runtime.install(SAMPLES / "notes-1")
        runtime.context()  # in use, so that others' changes are followed
        with reading(server, "personal") as stream:
            stream.next()
            words = ["--home", tmp_path / "home", "disable", "notes"]
            subprocess.run([sys.executable, "-m", "peers_runtime.cli.main", *words], check=True)
            assert stream.next()[0] == "state"


def test_what_is_wrong_with_files_that_another_process_watches_is_told(tmp_path: Path) -> None:
    edited = shown(tmp_path, "draft", "def render(props, ctx):\n    return 'as it was'\n")
    home = tmp_path / "home"
    with (
        Runtime.open(home) as runtime,
        Server(web.app(runtime)) as server,
        piped("--home", home, "dev", edited) as dev,
    ):
        dev.expect("draft 1.0.0")
        with httpx2.Client(follow_redirects=True, headers={"accept": "text/html"}) as client:
            client.get(server.url)
            with reading(server, "personal") as stream:
                stream.next()
                (edited / "draft" / "ui.py").write_text("def render(props, ctx)\n")
                dev.expect("error")
                assert stream.next()[0] == "state"
                page = client.get(f"{server.address}c/personal/s/draft").text
        assert "as it was" in page
        assert "What was saved does not run" in page


def test_a_page_knows_the_state_that_it_shows(notes: Runtime, served: Server) -> None:
    with httpx2.Client(follow_redirects=True) as client:
        page = client.get(served.url, headers={"accept": "text/html"}).text
    with reading(served) as stream:
        assert f'data-state="{stream.next()[1]}"' in page


def test_who_may_no_longer_know_is_told_no_more(notes: Runtime) -> None:
    notes.members.set("acme", "bob", Role.READER)
    with Server(web.app(notes, actor=lambda connection: "bob")) as server, reading(server) as stream:
        stream.next()
        notes.members.set("acme", "bob", Role.NONE)
        assert stream.next()[0] == "ended"
        assert stream.next()[0] == "closed"


def test_an_open_stream_does_not_keep_a_server_from_ending(runtime: Runtime) -> None:
    server = Server(web.app(runtime)).start()
    with reading(server) as stream:
        stream.next()
        ended = threading.Thread(target=server.stop)
        began = time.monotonic()
        ended.start()
        assert stream.next()[0] == "closed"
        ended.join(20)
        assert not ended.is_alive()
        assert time.monotonic() - began < 5  # uvicorn would wait for as long as the stream is open


def test_nor_another_applications_server_that_it_is_mounted_in(tmp_path: Path) -> None:
    words = [sys.executable, "-c", SHOP, str(tmp_path / "home")]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            base = f"http://127.0.0.1:{process.stdout.readline().strip()}/peers/"
            with httpx2.Client(follow_redirects=True, timeout=60) as client:
                client.get(f"{base}?token={'a' * 20}")
                with client.stream("GET", f"{base}c/personal/events") as answer:
                    stream = Stream(answer.iter_lines())
                    assert stream.next()[0] == "state"
                    process.terminate()
                    assert stream.next()[0] == "closed"
            assert process.wait(20) == -signal.SIGTERM  # uvicorn ends in order and then by the signal
        finally:
            process.kill()


def test_a_closed_console_hears_of_no_more(runtime: Runtime) -> None:
    console = web.app(runtime)
    before = console.changes.state
    runtime.contexts.create("initech")
    assert console.changes.state != before
    console.close()
    console.close()
    closed = console.changes.state
    runtime.contexts.create("hooli")
    assert console.changes.state == closed
