"""Calls of tools through an executor: what crosses to another process, and what is under way."""

from __future__ import annotations

import os
import threading
import time
import traceback
from collections.abc import Callable, Mapping
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from pydantic_core import PydanticSerializationError, to_json

from peers_runtime.base import errors
from peers_runtime.contributions import channel, interrupts, stopping
from peers_runtime.contributions.stopping import Cancel, Stop
from peers_runtime.contributions.tool_context import Progress

if TYPE_CHECKING:
    from peers_runtime.contributions.tools import BoundTool, Tools

_LOOK_S = 0.02  # how often progress and the caller's own `cancel` are looked at
_TOUCH_S = 600.0  # how often a channel's file is touched, so that `tidy` sees that somebody needs it


@dataclass(frozen=True, slots=True)
class Request:
    """What crosses, beside the reference to the versions; `deadline` is in seconds of the system's clock."""

    tool_id: str
    arguments: bytes
    actor: str
    deadline: float | None
    channel: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What comes back: JSON of the output, or an error and the traceback of what the tool itself raised."""

    output: bytes | None = None
    error: errors.PeersError | None = None
    cause: str = ""


@dataclass(frozen=True, slots=True)
class Outside:
    """How other processes are reached: `carry()` answers with a picklable function of a request."""

    calls: Calls
    carry: Callable[[], Callable[[Request], Answer]]


class RaisedElsewhere(Exception):  # the cause of an error, as text; its own class stayed there
    """What a tool raised in another process."""


def submit(
    tool: BoundTool,
    tools: Tools,
    arguments: Mapping[str, Any],
    cancel: Cancel | None,
    progress: Progress | None,
    timeout_s: float | None,
) -> Future[Any]:
    """See `BoundTool.submit`."""
    executor, outside = tools.executor, tools.view.outside
    if executor is None or outside is None:
        raise errors.NoExecutor(
            f"nobody has said where the tool {tool.data.name!r} should run",
            hint=f"ctx.tools.through(executor)[{tool.data.name!r}].submit(…), or Runtime.open(…, executor=…)",
            tool=tool.data.name,
        )
    deadline = None if timeout_s is None else time.time() + timeout_s
    call = Call(tool, dict(arguments), tools.view.actor, cancel, progress, deadline, outside.calls)
    if not isinstance(executor, ThreadPoolExecutor):
        call.prepare(outside.carry())
    return call.start(executor)


def answer(tools: Tools, request: Request) -> Answer:
    """Do what another process asks for; what is wrong is part of the answer."""
    tool = tools[request.tool_id]
    try:
        line = channel.Channel(request.channel)
    except FileNotFoundError:  # nobody waits any more
        return Answer(error=stopping.cancelled(tool.loaded))
    try:
        left = None if request.deadline is None else request.deadline - time.time()
        output = _begun(tool, request.arguments, Stop(line, left), line.progress)
        return Answer(_dumped(tool, output))
    except errors.PeersError as error:
        cause = error.__cause__
        told = "" if cause is None else "".join(traceback.format_exception(cause))
        return Answer(error=_picklable(error), cause=tool.loaded.contributor.logical(told))
    finally:
        line.close()


class Call:
    """What an executor is given: it runs in this process, or is pickled as a request to another."""

    def __init__(
        self,
        tool: BoundTool,
        arguments: dict[str, Any],
        actor: str,
        cancel: Cancel | None,
        progress: Progress | None,
        deadline: float | None,
        calls: Calls,
    ) -> None:
        self._tool = tool  # pins the versions until the call is done
        self._arguments = arguments
        self._actor = actor
        self._cancel = cancel
        self._progress = progress
        self._deadline = deadline
        self._calls = calls
        self._request: tuple[Callable[[Request], Answer], Request] | None = None
        self._seen = 0  # the number of the last report
        self._touched = time.monotonic()
        self._is_stopped = False
        self._reading = threading.RLock()
        self.future = ToolFuture(self)
        self.inner: Future[Any] | None = None

    def prepare(self, carry: Callable[[Request], Answer]) -> None:
        """Make what another process gets."""
        try:
            data = to_json(self._arguments)
        except PydanticSerializationError as error:
            raise self._tool.loaded.invalid_input(f"they cannot be sent as JSON: {error}", []) from error
        path = channel.make(self._calls.folder)
        tool_id = self._tool.data.tool_id
        self._request = carry, Request(tool_id, data, self._actor, self._deadline, path)

    def start(self, executor: Executor) -> Future[Any]:
        self._calls.add(self)
        try:
            self.inner = executor.submit(self)
        except BaseException:
            self._end()
            raise
        self.inner.add_done_callback(self._done)
        return self.future

    def __call__(self) -> Any:
        left = None if self._deadline is None else self._deadline - time.time()
        return _begun(self._tool, self._arguments, Stop(self, left), self._progress)

    def __reduce__(self) -> tuple[Any, ...]:
        if self._request is None:
            raise TypeError("a call in threads is not sent to another process")
        return partial, self._request

    def is_set(self) -> bool:
        """Whether the tool should stop."""
        return self._is_stopped or (self._cancel is not None and self._cancel.is_set())

    def stop(self) -> None:
        """Tell the tool to stop, wherever it runs."""
        self._is_stopped = True
        if self._request is not None:
            with suppress(FileNotFoundError):  # it is done
                channel.stop(self._request[1].channel)

    @property
    def pause_s(self) -> float | None:
        """How long nobody needs to look at it; None: for ever."""
        waits: list[float] = []
        if self._request is not None:
            waits.append(_TOUCH_S)
            if self._progress is not None or self._cancel is not None:
                waits.append(_LOOK_S)
        if self._deadline is not None and not self.future.done():
            waits.append(max(0.0, self._deadline - time.time()))
        return min(waits, default=None)

    def look(self) -> None:
        """Pass on what there is: reports one way, that it should stop the other."""
        self._read()
        if self._cancel is not None and not self._is_stopped and self._cancel.is_set():
            self.stop()
        if self._deadline is not None and time.time() >= self._deadline and not self.future.done():
            self.stop()
            self.future.fail(stopping.timed_out(self._tool.loaded))
        if self._request is not None and time.monotonic() - self._touched > _TOUCH_S:
            self._touched = time.monotonic()
            with suppress(FileNotFoundError):
                os.utime(self._request[1].channel)

    def _read(self) -> None:
        if self._request is None or self._progress is None or self.future.done():
            return
        with self._reading:  # the watching thread and that of the executor come here
            try:
                for number, report in channel.reports(self._request[1].channel, self._seen):
                    self._seen = number
                    self._progress(*report)
            except FileNotFoundError:
                return
            except BaseException as error:  # noqa: BLE001  # handed over: whoever waits gets it
                self.stop()
                self.future.fail(error)

    def _done(self, inner: Future[Any]) -> None:
        try:
            self._read()
            self._end()
            if inner.cancelled():
                self.future.give_up()
            else:
                self.future.settle(self._result(inner))
        except BaseException as error:  # noqa: BLE001  # handed over: whoever waits gets it
            self.future.fail(error)

    def _result(self, inner: Future[Any]) -> Any:
        found = inner.result()
        if not isinstance(found, Answer):
            return found
        if found.error is not None:
            raise found.error from (RaisedElsewhere(found.cause) if found.cause else None)
        return self._tool.received(found.output)

    def _end(self) -> None:
        self._calls.remove(self)
        self.future.call = None
        if self._request is not None:
            with suppress(FileNotFoundError):
                os.unlink(self._request[1].channel)


class ToolFuture(Future[Any]):
    """What the caller holds; it pins the versions until the call is done."""

    def __init__(self, call: Call) -> None:
        super().__init__()
        self.call: Call | None = call
        self._settling = threading.Lock()

    def cancel(self) -> bool:
        """Keep it from starting. When it runs, tell the tool to stop, and answer with False."""
        call = self.call
        if call is not None and not self.done():
            call.stop()
            if call.inner is not None:
                call.inner.cancel()  # which ends this one, too
        return self.cancelled()

    def running(self) -> bool:
        call = self.call
        return call is not None and call.inner is not None and call.inner.running() and not self.done()

    def settle(self, result: Any) -> None:
        with self._settling:
            if not self.done():
                self.set_result(result)

    def fail(self, error: BaseException) -> None:
        with self._settling:
            if not self.done():
                self.set_exception(error)

    def give_up(self) -> None:
        with self._settling:
            if super().cancel():
                self.set_running_or_notify_cancel()


class Calls:
    """Those of one runtime that are under way, and the thread that looks at them, from the first one on.

    `folder` is where the files between processes lie.
    """

    def __init__(self, folder: str) -> None:
        self.folder = folder
        self._changed = threading.Condition()
        self._calls: set[Call] = set()
        self._thread: threading.Thread | None = None
        self._is_closed = False

    def add(self, call: Call) -> None:
        pause_s = call.pause_s
        with self._changed:
            self._calls.add(call)
            if pause_s is None or self._is_closed:
                return
            if self._thread is None:
                self._thread = threading.Thread(target=self._watch, name="peers-calls", daemon=True)
                self._thread.start()
            elif pause_s < _TOUCH_S:
                self._changed.notify_all()

    def remove(self, call: Call) -> None:
        with self._changed:
            self._calls.discard(call)

    def close(self) -> None:
        """Cancel what has not started, tell the others to stop, and end the thread."""
        with self._changed:
            self._is_closed = True
            calls = tuple(self._calls)
            self._changed.notify_all()
        for call in calls:
            call.future.cancel()

    def _watch(self) -> None:
        while True:
            with self._changed:
                pauses = [pause for call in self._calls if (pause := call.pause_s) is not None]
                if not self._is_closed:
                    self._changed.wait(min(pauses, default=_TOUCH_S))
                if self._is_closed:
                    return
                calls = tuple(self._calls)
            for call in calls:
                call.look()
            del calls


def _begun(
    tool: BoundTool, arguments: Mapping[str, Any] | bytes, stop: Stop, progress: Progress | None
) -> Any:
    """Run it, unless it should stop before it has begun."""
    if stop.is_late:
        raise stopping.timed_out(tool.loaded)
    if stop.is_cancelled:
        raise stopping.cancelled(tool.loaded)
    return tool.run(arguments, stop, progress)


def _dumped(tool: BoundTool, output: Any) -> bytes | None:
    """The output as JSON, under its fields' own names."""
    if output is None:
        return None
    try:
        return to_json(output, by_alias=False, round_trip=True)
    except PydanticSerializationError as error:
        raise tool.loaded.invalid_output(f"it cannot be sent as JSON: {error}", []) from error


def _picklable(error: errors.PeersError) -> errors.PeersError:
    """The error, its facts as text where they cannot be sent."""
    import pickle

    try:
        pickle.dumps(error)
    except Exception as refused:
        if interrupts.is_interrupt(refused):
            raise
        return type(error)(
            error.message, hint=error.hint, **{name: repr(fact) for name, fact in error.facts.items()}
        )
    return error
