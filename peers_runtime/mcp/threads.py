"""Waiting in an event loop for what blocks, and giving up on it when it blocks for ever."""

from __future__ import annotations

import asyncio
import contextvars
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

Result = TypeVar("Result")


async def run(work: Callable[[], Result], ended: Callable[[], object] = lambda: None) -> Result:
    """The result of what is called in a thread of its own, in the context of who waits.

    Whoever is cancelled no longer waits; the thread goes on, and does not keep the process from ending.
    `ended` is called in the event loop when the thread has ended.
    """
    loop = asyncio.get_running_loop()
    waiting: asyncio.Future[Result] = loop.create_future()

    def settle(set_it: Callable[..., None], what: object) -> None:
        ended()
        if not waiting.done():
            set_it(what)

    def call() -> None:
        done: tuple[Callable[..., None], object]
        try:
            done = waiting.set_result, work()
        except BaseException as error:  # noqa: BLE001  # it belongs to whoever waits
            done = waiting.set_exception, error
        with suppress(RuntimeError):  # the loop has ended, and nobody waits
            loop.call_soon_threadsafe(settle, *done)

    threading.Thread(
        target=contextvars.copy_context().run, args=(call,), name="peers-mcp", daemon=True
    ).start()
    return await waiting
