"""What blocks is waited for, and given up on."""

from __future__ import annotations

import asyncio
import contextvars
import threading

import anyio
import pytest

from peers_runtime.mcp import threads

WORD = contextvars.ContextVar("WORD", default="")


def test_the_result_or_the_error_comes_to_who_waits() -> None:
    def fail() -> None:
        raise LookupError("there is none")

    async def story() -> None:
        WORD.set("here")
        assert await threads.run(WORD.get) == "here"
        assert await threads.run(threading.get_ident) != threading.get_ident()
        with pytest.raises(LookupError, match="there is none"):
            await threads.run(fail)

    anyio.run(story)


def test_who_gives_up_waits_no_longer_and_the_end_is_told_when_it_comes() -> None:
    began, go_on = threading.Event(), threading.Event()

    def work() -> None:
        began.set()
        assert go_on.wait(60)

    async def story() -> None:
        ended = asyncio.Event()
        waiting = asyncio.ensure_future(threads.run(work, ended.set))
        await threads.run(began.wait)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        assert not ended.is_set()
        go_on.set()
        with anyio.fail_after(60):
            await ended.wait()

    anyio.run(story)


def test_a_loop_that_has_ended_is_told_nothing() -> None:
    go_on = threading.Event()

    async def story() -> None:
        with anyio.move_on_after(0.01):
            await threads.run(go_on.wait)

    anyio.run(story)
    [left] = [one for one in threading.enumerate() if one.name == "peers-mcp"]
    assert left.daemon
    go_on.set()
    left.join(60)
    assert not left.is_alive()
