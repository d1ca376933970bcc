"""A stream ends with its reader, its server or its console, whatever server that is."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from typing import Any

import pytest

from peers_runtime import Runtime, web
from peers_runtime.web import changes
from peers_runtime.web.console import Console
from peers_runtime.web.streaming import EventStream

SCOPE: dict[str, Any] = {"type": "http", "asgi": {"version": "3.0", "spec_version": "2.4"}}


async def in_time(work: Any) -> Any:
    return await asyncio.wait_for(work, 20)


def test_it_ends_as_soon_as_its_reader_is_gone() -> None:
    ended: list[str] = []

    async def events() -> AsyncGenerator[bytes]:
        try:
            yield b"data: one\n\n"
            await asyncio.Event().wait()
        finally:
            ended.append("given back")

    async def tried() -> list[dict[str, Any]]:
        sent: list[dict[str, Any]] = []
        begun = asyncio.Event()
        messages = iter([{"type": "http.request", "body": b""}, {"type": "http.disconnect"}])

        async def receive() -> dict[str, Any]:
            await begun.wait()
            return next(messages)

        async def send(message: Any) -> None:
            sent.append(message)
            if "body" in message:
                begun.set()

        await asyncio.wait_for(EventStream(events())(SCOPE, receive, send), 20)
        return sent

    sent = asyncio.run(tried())
    assert [message.get("body") for message in sent] == [None, b"data: one\n\n"]
    assert ended == ["given back"]


def test_what_goes_wrong_in_it_is_raised() -> None:
    async def events() -> AsyncGenerator[bytes]:
        yield b"data: one\n\n"
        raise OSError("the wire is cut")

    async def tried() -> None:
        async def receive() -> dict[str, Any]:
            await asyncio.Event().wait()
            return {}

        async def send(message: Any) -> None:
            pass

        await asyncio.wait_for(EventStream(events())(SCOPE, receive, send), 20)

    with pytest.raises(OSError, match="the wire is cut"):
        asyncio.run(tried())


def test_the_end_of_a_server_that_it_is_given_to_closes_a_console(runtime: Runtime) -> None:
    console = web.app(runtime)

    async def lived() -> tuple[list[str], list[bytes]]:
        said: list[str] = []
        messages = [{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}]
        events = console.changes.stream(lambda: None)
        heard = [await anext(events)]

        async def receive() -> dict[str, Any]:
            return messages.pop(0)

        async def send(message: Any) -> None:
            said.append(message["type"])

        await console({"type": "lifespan"}, receive, send)
        heard += [one async for one in events]
        return said, heard

    said, heard = asyncio.run(in_time(lived()))
    assert said == ["lifespan.startup.complete", "lifespan.shutdown.complete"]
    assert console.changes.closed
    assert len(heard) == 1


def test_a_closed_console_ends_a_stream_that_is_read(runtime: Runtime, console: Console) -> None:
    async def read() -> list[bytes]:
        events = console.changes.stream(lambda: None)
        heard = [await anext(events)]
        await asyncio.to_thread(console.close)
        return heard + [one async for one in events]

    assert len(asyncio.run(in_time(read()))) == 1


def test_a_stream_that_ends_by_itself_says_so_before(
    console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(changes, "LONGEST_S", 0.6)
    monkeypatch.setattr(changes, "_HANDOVER_S", 0.3)
    monkeypatch.setattr(changes, "_TURN_S", 0.05)

    async def read() -> list[bytes]:
        return [one async for one in console.changes.stream(lambda: None)]

    state, again = asyncio.run(in_time(read()))
    assert state.startswith(b"event: state")
    assert again == b"event: again\ndata:\n\n"
