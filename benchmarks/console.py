"""What one tab of the console changes, told to others: how late their streams are, beside bare ones.

The clock on the wall counts, from the moment at which this process has switched the context to the one at
which the last of the readers has the event. The reference's readers are told of nothing but a number.
"""

from __future__ import annotations

import asyncio
import http.client
import queue
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, closing
from urllib.parse import urlsplit

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import StreamingResponse
from starlette.routing import Route

from benchmarks.cache import ROOT
from benchmarks.families import Effort
from benchmarks.rows import Row, growth, nine_of_ten
from benchmarks.timing import Comparison
from peers_runtime import Runtime, web
from peers_runtime.web.serving import Server

_TABS = (1, 20)
_PATIENCE_S = 10.0
_REST_S = 0.05  # after an act, in which all that it changed is told
_NAME, _SAMPLE = "notes", "notes-1"


def rows(effort: Effort) -> Iterator[Row]:
    found = {tabs: _told(tabs, effort.rounds(48)) for tabs in _TABS}
    most = found[_TABS[-1]]
    yield Row(
        key="console-told",
        what=f"a switch told to {_TABS[-1]} open pages",
        ours=most.figure("ours"),
        reference=most.figure("bare"),
        reference_name="a bare stream of Starlette on uvicorn",
        ratio=most.ratio("ours", "bare"),
        goal=1.0,
        goal_of="ours",
        growth=growth({tabs: one.figure("ours").median for tabs, one in found.items()}, "pages"),
        note=(
            f"Nine of ten within {nine_of_ten(most.samples['ours'])}."
            " Ours asks for each page whether its reader still may know."
        ),
    )


def _told(tabs: int, rounds: int) -> Comparison:
    samples: dict[str, list[float]] = {"ours": [], "bare": []}
    with ExitStack() as stack:
        runtime = stack.enter_context(Runtime.in_memory(actor="ada"))
        runtime.install(ROOT / "sample_packages" / _SAMPLE)
        runtime.promote(_NAME, "1.0.0", "stable")
        switched: list[float] = []
        runtime.on_change(lambda: switched.append(time.perf_counter()))
        console = stack.enter_context(Server(web.app(runtime)))
        bare = _Bare()
        stack.callback(bare.stop)
        cookie = _entered(console.url)
        ours = [
            stack.enter_context(closing(_Reader(f"{console.address}c/personal/events", cookie)))
            for _ in range(tabs)
        ]
        theirs = [stack.enter_context(closing(_Reader(bare.address))) for _ in range(tabs)]
        for number in range(rounds):
            time.sleep(_REST_S)  # what the act before has changed is told meanwhile
            switched.clear()
            if number % 2:
                runtime.activate(_NAME, "1.0.0")
            else:
                runtime.disable(_NAME)
            # of an act that changes several things in turn, the first
            samples["ours"].append(max(reader.told(switched[0]) for reader in ours) - switched[0])
            began = bare.tell()
            samples["bare"].append(max(reader.told(began) for reader in theirs) - began)
    return Comparison(samples)


def _entered(url: str) -> str:
    """The cookie of somebody who has opened the address with the token."""
    at = urlsplit(url)
    with closing(http.client.HTTPConnection(at.netloc, timeout=_PATIENCE_S)) as connection:
        connection.request("GET", f"/?{at.query}")
        cookie = connection.getresponse().getheader("set-cookie", "")
    return cookie.partition(";")[0]


class _Reader:
    """A page that follows, in a thread of its own; ready when this is made."""

    def __init__(self, url: str, cookie: str = "") -> None:
        at = urlsplit(url)
        self._connection = http.client.HTTPConnection(at.netloc, timeout=_PATIENCE_S)
        self._connection.request("GET", at.path, headers={"cookie": cookie} if cookie else {})
        self._answer = self._connection.getresponse()
        assert self._answer.status == 200, self._answer.status
        self._times: queue.SimpleQueue[float] = queue.SimpleQueue()
        threading.Thread(target=self._read, daemon=True).start()
        self.told()

    def told(self, since: float = 0.0) -> float:
        """When it was told, for the first time since then."""
        while (at := self._times.get(timeout=_PATIENCE_S)) < since:
            continue
        return at

    def close(self) -> None:
        self._connection.close()

    def _read(self) -> None:
        try:
            while line := self._answer.readline():
                if line.startswith(b"data:"):
                    self._times.put(time.perf_counter())
        except (OSError, ValueError, AttributeError):
            return  # it was closed meanwhile


class _Bare:
    """The least that does it: one event for each reader, set from another thread."""

    def __init__(self) -> None:
        self._waiting: list[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = []
        app = Starlette(routes=[Route("/", self._events)])
        config = uvicorn.Config(app, port=0, log_level="error", lifespan="off", timeout_graceful_shutdown=1)
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, daemon=True)
        self._thread.start()
        while not self._server.started:
            time.sleep(0.01)  # uvicorn tells no other thread that it has begun
        self.address = f"http://127.0.0.1:{self._server.servers[0].sockets[0].getsockname()[1]}/"

    def tell(self) -> float:
        began = time.perf_counter()
        for loop, event in self._waiting:
            loop.call_soon_threadsafe(event.set)
        return began

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join()

    async def _events(self, _: Request) -> StreamingResponse:
        event = asyncio.Event()
        self._waiting.append((asyncio.get_running_loop(), event))

        async def told() -> AsyncIterator[str]:
            number = 0
            while True:
                yield f"data: {number}\n\n"
                await event.wait()
                event.clear()
                number += 1

        return StreamingResponse(told(), media_type="text/event-stream")
