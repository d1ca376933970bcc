"""Running what is async for a caller that is not."""

from __future__ import annotations

from collections.abc import Awaitable
from inspect import iscoroutine
from typing import TypeVar

from peers_runtime.base import errors

Result = TypeVar("Result")


def refuse_running(awaitable: Awaitable[object], what: str, instead: str) -> None:
    """Raise `LoopRunning` where an event loop runs: `what` was called, and what to write `instead`."""
    import asyncio

    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return
    if iscoroutine(awaitable):
        awaitable.close()  # or Python warns that it was never awaited
    raise errors.LoopRunning(f"{what}, and an event loop runs in this thread", hint=f"write: {instead}")


def run(awaitable: Awaitable[Result]) -> Result:
    """The result, from an event loop of its own that sees the caller's context variables."""
    import asyncio

    return asyncio.run(_result(awaitable))


async def _result(awaitable: Awaitable[Result]) -> Result:
    return await awaitable
