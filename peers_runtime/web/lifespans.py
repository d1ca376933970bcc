"""Lifespans of packages' sub-applications: each begins with its first request, and ends with its version.

ASGI lets a server tell an application when it begins and ends. A sub-application is a part of a package
version, so it begins in the event loop that first asks for it, and is told to end when its version is active
in no context in which somebody used it, or the console ends.
"""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from typing import Any, Final

from starlette.types import ASGIApp, Message

from peers_runtime.base import errors
from peers_runtime.web.ports import Active, Handle

PATIENCE_S: Final = 10.0  # for an application to begin, or to end

Report = Callable[[errors.PeersError, Active], object]


class Life:
    """Of one application in one event loop; `state` is what it has put there for its requests."""

    def __init__(self, application: ASGIApp, version: Active, report: Report) -> None:
        self.version = version
        self.handles: dict[str, Handle] = {}  # by context: where it was used
        self.users = 0
        self.state: dict[str, Any] = {}
        self._report = report
        self._messages: asyncio.Queue[Message] = asyncio.Queue()
        self._begun: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._messages.put_nowait({"type": "lifespan.startup"})
        # in no data context: it is one application, whichever contexts use it, and it must keep no generation
        self.task = asyncio.get_running_loop().create_task(
            self._run(application), context=contextvars.Context()
        )

    async def begun(self) -> None:
        """Raises `UIFailed` when it says that it could not begin, or says nothing in time."""
        try:
            async with asyncio.timeout(PATIENCE_S):
                why = await asyncio.shield(self._begun)
        except TimeoutError:
            why = f"it has not answered after {PATIENCE_S:g} s"
        if why:
            raise errors.UIFailed(
                f"the application of {self.version.label} could not begin: {why}",
                hint="the error is the package's own, in what it does on lifespan.startup",
            )

    @property
    def is_wanted(self) -> bool:
        """Whether somebody uses it, or its version is still active where somebody did."""
        return self.users > 0 or any(map(self._is_active, self.handles.values()))

    @contextmanager
    def used(self) -> Generator[None]:
        self.users += 1
        try:
            yield
        finally:
            self.users -= 1

    def end(self) -> None:
        """Tell it to end. Idempotent: an application hears of it once."""
        self._messages.put_nowait({"type": "lifespan.shutdown"})

    def _is_active(self, handle: Handle) -> bool:
        try:
            found = handle.binding.versions.get(self.version.name)
        except errors.PeersError:  # the runtime is closed, or there is no such context any more
            return False
        return found is not None and found.digest == self.version.digest

    async def _run(self, application: ASGIApp) -> None:
        scope = {
            "type": "lifespan",
            "asgi": {"version": "3.0", "spec_version": "2.0"},
            "state": self.state,
        }
        try:
            await application(scope, self._messages.get, self._hear)
        except Exception as error:  # noqa: BLE001  # a package's own; it is said or listed
            if self._begun.done():  # else it knows nothing of lifespans, which is allowed
                failed = errors.UIFailed(
                    f"the application of {self.version.label} failed: {type(error).__name__}: {error}",
                    hint="the error is the package's own, in what it does after lifespan.startup",
                )
                self._report(failed, self.version)
        finally:
            self._say("")

    async def _hear(self, message: Message) -> None:
        if message["type"] == "lifespan.startup.complete":
            self._say("")
        elif message["type"] == "lifespan.startup.failed":
            self._say(message.get("message") or "it says so")

    def _say(self, why: str) -> None:
        if not self._begun.done():
            self._begun.set_result(why)


class Lifespans:
    """Those of one console. `report` lists what goes wrong after an application has begun."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._kept: dict[asyncio.AbstractEventLoop, dict[tuple[str, str], Life]] = {}
        self._ending: dict[asyncio.AbstractEventLoop, set[asyncio.Task[None]]] = {}
        self._is_closed = False

    async def of(self, handle: Handle, context_id: str, peers_ui_id: str, loaded: Any) -> Life:
        """The life of an application that somebody is about to use. Raises `UIFailed` and `RuntimeClosed`."""
        if self._is_closed:
            raise errors.RuntimeClosed("this console ends", hint="come again when it has been started anew")
        self._kept = {loop: these for loop, these in self._kept.items() if not loop.is_closed()}
        kept = self._kept.setdefault(asyncio.get_running_loop(), {})
        version = handle.binding.versions[loaded.package]
        key = version.digest, peers_ui_id
        found = kept.get(key)
        if found is None:
            found = kept[key] = Life(loaded.content, version, self._report)
        found.handles[context_id] = handle
        try:
            await found.begun()
        except errors.UIFailed:
            if kept.get(key) is found:
                del kept[key]  # the next one may begin
            found.task.cancel()
            raise
        return found

    def look(self) -> None:
        """Something has changed: end what nobody wants any more. From any thread."""
        for loop in tuple(self._kept):
            with suppress(RuntimeError):  # the loop has ended, and everything in it
                loop.call_soon_threadsafe(self._look, loop, context=contextvars.Context())

    def close(self) -> None:
        """End all of them, and begin none. Idempotent, and from any thread."""
        self._is_closed = True
        self.look()

    async def ended(self) -> None:
        """Wait for those of this event loop to come to their end, but not for ever."""
        self._is_closed = True
        loop = asyncio.get_running_loop()
        self._look(loop)
        if ending := self._ending.pop(loop, None):
            await asyncio.wait(ending, timeout=PATIENCE_S)

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        kept = self._kept.get(loop, {})
        for key, life in list(kept.items()):
            if self._is_closed or not life.is_wanted:
                del kept[key]
                life.end()
                ending = self._ending.setdefault(loop, set())
                ending.add(life.task)
                life.task.add_done_callback(ending.discard)
