"""Whether a running tool should stop: its caller said so, or its time is over."""

from __future__ import annotations

import time
from collections.abc import Awaitable
from typing import TYPE_CHECKING, Protocol, TypeVar

from peers_runtime.base import errors

if TYPE_CHECKING:
    from peers_runtime.contributions.loaded_tools import LoadedTool

Result = TypeVar("Result")

_LOOK_S = 0.02  # how often an async tool's caller is asked whether it still waits


class Cancel(Protocol):
    """Such as `threading.Event`."""

    def is_set(self) -> bool: ...


class Stop:
    """What a tool sees as `ctx.cancelled`; `was_seen` says whether it has ever been told to stop."""

    __slots__ = ("_cancel", "_until", "was_seen")

    def __init__(self, cancel: Cancel | None, timeout_s: float | None) -> None:
        self._cancel = cancel
        self._until = None if timeout_s is None else time.monotonic() + timeout_s
        self.was_seen = False

    def is_set(self) -> bool:
        if self.is_late or self.is_cancelled:
            self.was_seen = True
            return True
        return False

    @property
    def is_cancelled(self) -> bool:
        return self._cancel is not None and self._cancel.is_set()

    @property
    def is_late(self) -> bool:
        return self._until is not None and time.monotonic() >= self._until

    @property
    def pause_s(self) -> float:
        """How long to wait before asking again."""
        left = _LOOK_S if self._until is None else max(0.0, self._until - time.monotonic())
        return left if self._cancel is None else min(left, _LOOK_S)


class Stopped(Exception):  # it says what happened, and is the cause of an error
    """An async tool was cancelled because it should stop."""


def stop(cancel: Cancel | None, timeout_s: float | None) -> Stop | None:
    """None where nobody could ever stop the tool."""
    return None if cancel is None and timeout_s is None else Stop(cancel, timeout_s)


async def supervised(awaitable: Awaitable[Result], told: Stop) -> Result:
    """The result, unless it should stop before: then it is cancelled, and `Stopped` raised when it has ended.

    A task that goes on although it was cancelled is waited for.
    """
    import asyncio

    task = asyncio.ensure_future(awaitable)
    try:
        while not task.done() and not (told.is_late or told.is_cancelled):
            await asyncio.wait({task}, timeout=told.pause_s)
        if not task.done():
            task.cancel()
            await asyncio.wait({task})
            if task.cancelled():
                told.was_seen = True
                raise Stopped("it was cancelled")
        return task.result()
    finally:
        task.cancel()  # does nothing to one that is done; else whoever awaited this has given up


def refuse(tool: LoadedTool, told: Stop | None, error: errors.ToolFailed | None = None) -> None:
    """Raise what it is for the caller of a tool that should stop: too late, or cancelled, and it knew."""
    if told is not None and told.is_late:
        raise timed_out(tool) from error
    if told is not None and told.was_seen:
        raise cancelled(tool) from error


def timed_out(tool: LoadedTool) -> errors.ToolTimedOut:
    return errors.ToolTimedOut(
        f"the tool {tool.data.name!r} of {tool.contributor.label} was not done in time",
        hint="give it more time with timeout_s, or let it look at ctx.cancelled and return",
        tool=tool.data.name,
        package=tool.owned.package,
        version=tool.owned.version,
    )


def cancelled(tool: LoadedTool) -> errors.ToolCancelled:
    return errors.ToolCancelled(
        f"the tool {tool.data.name!r} of {tool.contributor.label} was cancelled, and stopped",
        hint="call it again when you want its answer",
        tool=tool.data.name,
        package=tool.owned.package,
        version=tool.owned.version,
    )
