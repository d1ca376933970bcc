"""Real servers: an open stream does not keep one from ending, and a page speaks with a websocket."""

from __future__ import annotations

import asyncio
import socket
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx2
import pytest
from hypercorn.asyncio import serve
from hypercorn.config import Config
from starlette.applications import Starlette
from starlette.routing import Mount

from peers_runtime import Runtime, web
from peers_runtime.web.console import Console
from tests.web.consoles import shown

if TYPE_CHECKING:
    from tests.web.browsers import Tab

TALK = """
    async def app(scope, receive, send):
        if scope["type"] == "http":
            html = [(b"content-type", b"text/html")]
            await send({"type": "http.response.start", "status": 200, "headers": html})
            return await send({"type": "http.response.body", "body": b"<p>A room to talk in</p>"})
        if scope["type"] != "websocket":
            return
        assert (await receive())["type"] == "websocket.connect"
        await send({"type": "websocket.accept"})
        while (message := await receive())["type"] == "websocket.receive":
            await send({"type": "websocket.send", "text": f"heard {message['text']}"})
"""
ASK = """
address => new Promise((resolve, reject) => {
    const socket = new WebSocket(address);
    socket.onopen = () => socket.send("hello");
    socket.onmessage = ({ data }) => { resolve(data); socket.close(); };
    socket.onerror = () => reject(new Error("no socket"));
})
"""


def test_hypercorn_ends_when_the_console_that_it_has_mounted_is_closed(runtime: Runtime) -> None:
    console = web.app(runtime)
    with ThreadPoolExecutor(1) as pool, httpx2.Client(follow_redirects=True, timeout=20) as client:
        serving, address, end = hypercorn(pool, console)
        assert client.get(f"{address}/admin/?token={console.token}").status_code == 200
        with client.stream("GET", f"{address}/admin/c/personal/events") as stream:
            lines = stream.iter_lines()  # kept: with it the stream would end
            assert next(lines).startswith("event: state")
            end()
            serving.result(20)  # a stream lasts a minute


def hypercorn(pool: ThreadPoolExecutor, console: Console) -> tuple[Any, str, Any]:
    """What serves, where, and what tells it to end; as the how-to shows it."""
    listening = socket.create_server(("127.0.0.1", 0))
    host = Starlette(routes=[Mount("/admin", console)])
    config = Config()
    config.bind = [f"fd://{listening.fileno()}"]
    config.graceful_timeout = 120  # it would wait
    loop = asyncio.new_event_loop()
    asked = asyncio.Event()

    async def told_to_end() -> None:
        await asked.wait()
        console.close()

    def run() -> None:
        with asyncio.Runner(loop_factory=lambda: loop) as runner:
            runner.run(serve(host, config, shutdown_trigger=told_to_end))  # type: ignore[arg-type]  # an ASGI application of Starlette's types

    address = f"http://127.0.0.1:{listening.getsockname()[1]}"
    listening.detach()  # it is hypercorn's now
    return pool.submit(run), address, lambda: loop.call_soon_threadsafe(asked.set)


@pytest.mark.browser
@pytest.mark.timeout(120)
def test_a_page_speaks_with_the_websocket_of_its_application(
    runtime: Runtime, tab: Tab, tmp_path: Path
) -> None:
    runtime.install(shown(tmp_path, "talk", TALK, target="asgi", content="talk.ui:app"), context="acme")
    page = tab.open("s/talk")
    frame = page.locator("iframe").element_handle().content_frame()
    assert frame is not None
    assert frame.evaluate(ASK, frame.url.replace("http:", "ws:") + "room") == "heard hello"
    assert not tab.complaints
