"""The values of variables as a runtime's contributions ask for them, and who wants to hear of changes.

What this process sets is told by whoever sets it. What others set is looked for four times a second, in a
thread that there is only while somebody wants to hear of it.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from peers_runtime.base import errors
from peers_runtime.catalog.tail import Tail
from peers_runtime.contributions.subscribers import Subscribers
from peers_runtime.model.manifest import VariableData
from peers_runtime.model.variables import Address, StoredVariable
from peers_runtime.operations import variables
from peers_runtime.operations.services import Services
from peers_runtime.operations.variables import Wanted

Report = Callable[[str, str, str, str, str | None], object]

_INTERVAL_S = 0.25  # between two looks at what others change
_PATIENCE_S = 10.0  # how long closing waits for a callback


@dataclass
class _Watched:
    """One address that somebody wants to hear of, and what was last told of it."""

    subscribers: Subscribers[None]
    last: StoredVariable | None
    guard: threading.Lock = field(default_factory=threading.Lock)


class Variables:
    """Those of one runtime. `tails` makes the ends of the feeds that changes come by, for one thread."""

    def __init__(
        self, services: Callable[[], Services], tails: Callable[[], Sequence[Tail]], report: Report
    ) -> None:
        self._services = services
        self._tails = tails
        self._report = report
        self._guard = threading.RLock()
        self._watched: dict[Address, _Watched] = {}
        self._thread: threading.Thread | None = None
        self._process = 0  # of the thread; it does not cross a fork
        self._stop = threading.Event()
        self._closed = False

    def kept(self, context_id: str, actor: str, package_id: str, variable: VariableData) -> Kept:
        services = self._services()
        return Kept(self, services, Wanted(context_id, actor or services.actor, package_id, variable))

    def subscribe(
        self, wanted: Wanted, callback: Callable[[], object], services: Services
    ) -> Callable[[], None]:
        """Call it after each change of the value; answers with the undo."""
        at = wanted.address
        variables.look(services, wanted)  # whoever may not read it is told so now
        with self._guard:
            services.engine.require_open()
            watched = self._watched.get(at)
            if watched is None:
                failed = _Failed(self._report, wanted)
                watched = self._watched[at] = _Watched(Subscribers(failed), variables.kept(services, at))
            leave = watched.subscribers.add(lambda _: callback())
            self._follow()

        def undo() -> None:
            with self._guard:
                leave()
                if not len(watched.subscribers) and self._watched.get(at) is watched:
                    del self._watched[at]
                    if not self._watched:
                        self._stop.set()

        return undo

    def look(self, at: Address, services: Services) -> None:
        """Tell those who wait for it, if it has changed since they were told last."""
        watched = self._watched.get(at)
        if watched is None:
            return
        with watched.guard:
            found = variables.kept(services, at)
            has_changed = found != watched.last
            watched.last = found
        if has_changed:
            watched.subscribers.tell(None)

    def close(self) -> None:
        """End the thread; waits for what it is telling, but not for ever. Idempotent."""
        with self._guard:
            self._closed = True
            self._watched.clear()
            self._stop.set()
            thread, self._thread = self._thread, None
        if thread is not None and thread is not threading.current_thread() and self._process == os.getpid():
            thread.join(_PATIENCE_S)

    def _follow(self) -> None:
        """See to it that the thread runs. Hold the guard."""
        if self._process == os.getpid() and self._thread is not None and not self._stop.is_set():
            return
        self._stop = threading.Event()
        self._process = os.getpid()
        self._thread = threading.Thread(
            target=self._run, args=(self._stop,), name="peers-variables", daemon=True
        )
        self._thread.start()

    def _run(self, stop: threading.Event) -> None:
        tails = self._tails()
        seen: list[int] = []
        try:
            while not stop.wait(_INTERVAL_S):
                try:
                    now = [tail.sequence() for tail in tails]
                    if now != seen:
                        for at in tuple(self._watched):
                            self.look(at, self._services())
                    seen = now
                except Exception:  # noqa: BLE001, S110  # the next look may succeed; `arrivals` lists why not
                    pass
        finally:
            for tail in tails:
                tail.close()


class Kept:
    """One variable for whoever acts in one context."""

    __slots__ = ("_room", "_services", "_wanted")

    def __init__(self, room: Variables, services: Services, wanted: Wanted) -> None:
        self._room = room
        self._services = services
        self._wanted = wanted

    def look(self) -> StoredVariable | None:
        return variables.look(self._services, self._wanted)

    def read(self) -> str | None:
        return variables.read(self._services, self._wanted)

    def set(self, text: str, /, *, dry_run: bool = False) -> None:
        variables.write(self._services, self._wanted, text, dry_run=dry_run)
        self._room.look(self._wanted.address, self._services)

    def reset(self, *, dry_run: bool = False) -> None:
        variables.reset(self._services, self._wanted, dry_run=dry_run)
        self._room.look(self._wanted.address, self._services)

    def subscribe(self, callback: Callable[[], object], /) -> Callable[[], None]:
        return self._room.subscribe(self._wanted, callback, self._services)


class _Failed:
    """Lists what a subscriber raised; of a secret's the kind only, because its text may quote the value."""

    def __init__(self, report: Report, wanted: Wanted) -> None:
        self._report = report
        self._wanted = wanted

    def __call__(self, error: BaseException) -> None:
        variable = self._wanted.variable
        code = error.code if isinstance(error, errors.PeersError) else errors.PeersError.code
        said = type(error).__name__
        if not variable.secret:
            said = f"{said}: {error.message if isinstance(error, errors.PeersError) else error}"
        self._report(
            code,
            f"who was told of the variable {variable.name!r} failed: {said}",
            "the error is the subscriber's own",
            variable.name,
            self._wanted.context_id,
        )
