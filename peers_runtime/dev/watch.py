"""Watching one working copy: its thread, and the handle that a host has of it."""

from __future__ import annotations

import gc
import math
import os
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from time import monotonic
from types import TracebackType
from typing import TYPE_CHECKING, Self

from peers_runtime.base import errors
from peers_runtime.dev import turns
from peers_runtime.dev.attempt import Attempt, Running
from peers_runtime.dev.changes import Changes, Settled
from peers_runtime.importing import interpreter
from peers_runtime.importing.finder import finder
from peers_runtime.model.reload import Fault, Outcome, Reload
from peers_runtime.operations import access, prune
from peers_runtime.projects import sources
from peers_runtime.projects.working_copy import WorkingCopy
from peers_runtime.rules.permissions import Act
from peers_runtime.snapshots.source import Source

if TYPE_CHECKING:
    from peers_runtime.model.manifest import Manifest
    from peers_runtime.operations.services import Services

_GLANCE_S = 1.0  # between two looks at whether the watching itself is in order
_PATIENCE_S = 10.0  # how long closing waits for a package's code to return
_PAUSE_S = 0.5  # before looking again when that failed
_PRUNE_S = 30.0  # between two times of giving up snapshots
_SILENCE_S = 0.15  # how long no file may change before an error is shown: until then it may be half a save

OnReload = Callable[[Reload], object]


class Watch:
    """A project whose saved changes become active in a context, and in all that run it. Close it.

    `on_reload` is called for every change, in the watch's own thread: it must not wait for this watch.
    Whatever it raises is listed as a diagnostic.
    """

    def __init__(
        self,
        services: Services,
        project: str | os.PathLike[str],
        context_id: str,
        actor: str,
        on_reload: OnReload | None = None,
        *,
        polling: bool = False,
    ) -> None:
        """Make the project this device's active dev version, and watch it.

        A project whose code is broken is watched all the same: see `fault`. Raises `NoPackageThere`,
        `UnknownContext` or `RoleTooLow`.
        """
        self.project = Path(project).resolve()
        self.context = context_id
        self._services = services
        self._actor = actor
        self._on_reload = on_reload
        self._copy = WorkingCopy(sources.folder(self.project))
        # what is wrong, and with the watching; None: whatever a watch that was killed has listed
        self._listed: tuple[Fault | None, str | None] | None = None
        self._last: Reload | None = None
        self._answered = threading.Condition()
        self._asked = 0
        self._answered_to = 0
        self._closing = threading.Lock()
        self._stopped = threading.Event()
        self._closed = False
        with services.catalog.read() as reader:
            access.authorise(reader, context_id, actor, Act.INSTALL)
        self._running = self._live()
        self._prune_at = monotonic() + _PRUNE_S
        self._changes = Changes(self._copy, polling=polling, peek=self._compile_ahead)
        self._has_frozen = self._freeze()
        self._thread = threading.Thread(target=self._run, name=f"peers-dev-{self.project.name}", daemon=True)
        try:
            now = monotonic()
            first = self._attempt(Settled(frozenset(), now, now), lambda: True)
            assert first is not None  # it may switch
            self._began_with = self._running.manifest.id if self._running is not None else None
            self._tell(first, 0)
            self._thread.start()
        except BaseException:
            self._changes.close()
            self._thaw()
            raise

    @property
    def last(self) -> Reload | None:
        """What came of the latest change."""
        return self._last

    @property
    def fault(self) -> Fault | None:
        """What is wrong now; it goes when the files are mended."""
        return self._last.fault if self._last is not None else None

    @property
    def degraded(self) -> str | None:
        """Why changes may be noticed late, if they may."""
        return self._changes.degraded

    @property
    def closed(self) -> bool:
        return self._closed

    @property
    def waiting(self) -> str | None:
        """What a change that was noticed waits for, while it does."""
        return self._changes.waiting

    def reload(self) -> Reload:
        """Look at the files now and make what they say active. Returns what came of it, when `on_reload` has.

        Raises `RuntimeClosed` when the watch is closed, `UsageError` when called from `on_reload`.
        """
        if threading.current_thread() is self._thread:
            raise errors.UsageError(
                "reload() was called from on_reload, in the thread that would have to do it",
                hint="save a file, or call reload() from another thread",
            )
        with self._answered:
            self._asked += 1
            mine = self._asked
            self._changes.wake()
            while self._answered_to < mine and self._thread.is_alive():  # it is not, in a forked child
                self._answered.wait(_GLANCE_S)
            if self._last is None or self._answered_to < mine:
                raise errors.RuntimeClosed(f"{self.project} is no longer watched", hint="watch it again")
            return self._last

    def close(self) -> None:
        """Stop watching. What is active stays so. Idempotent; no thread is left.

        Waits for a change that is being loaded, but not for ever: a package's code may never return.
        """
        with self._closing:
            if self._closed:
                return
            self._closed = True
        self._stopped.set()
        self._changes.close()
        if threading.current_thread() is not self._thread:
            self._thread.join(_PATIENCE_S)
        self._services.diagnostics.clear(str(self.project))
        self._finish()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Watch {self.project} in {self.context}>"

    # ── the loop ─────────────────────────────────────────────────────────────────────────────────

    def _run(self) -> None:
        settled = self._next()
        while settled is not None:
            asked = self._asked
            if asked > self._answered_to:  # whoever asked may have saved more than was noticed so far
                settled = replace(settled, paths=frozenset())
            outcome = self._attempt(settled, lambda: not self._changes.stirred())
            if outcome is not None and outcome.outcome is Outcome.FAILED:
                newer = self._next(max(0.0, settled.settled_at + _SILENCE_S - monotonic()))
                if newer is not None:
                    settled = newer
                    continue
            if outcome is not None:
                self._tell(outcome, asked)
                self._prune_when_due()
            settled = self._next()

    def _next(self, timeout_s: float = math.inf) -> Settled | None:
        """As `Changes.next`; lists meanwhile how the watching goes, and goes on when looking fails."""
        give_up_at = monotonic() + timeout_s
        while not self._stopped.is_set():
            left_s = give_up_at - monotonic()
            try:
                settled = self._changes.next(max(0.0, min(left_s, _GLANCE_S)))
            except Exception as error:  # noqa: BLE001  # a disk that fails, say: the next look may succeed
                self._list(self.fault, f"looking for changes failed: {type(error).__name__}: {error}")
                self._stopped.wait(_PAUSE_S)
                continue
            if settled is not None or left_s <= 0:
                return settled
            self._list(self.fault, self._changes.degraded)
        return None

    def _attempt(self, settled: Settled, may_switch: Callable[[], bool]) -> Reload | None:
        attempt = Attempt(self._services, self._copy, self.context, self._actor, self._running)
        with turns.sooner():
            outcome = attempt.run(settled, may_switch)
        self._running = attempt.running
        return outcome

    def _compile_ahead(self, path: str) -> None:
        if path.endswith(".py"):
            self._services.snapshots.compile_ahead(path, Path(path).read_bytes())

    def _tell(self, outcome: Reload, asked: int) -> None:
        self._list(outcome.fault, self._changes.degraded)
        self._last = outcome
        try:
            if self._on_reload is not None:
                self._on_reload(outcome)
        except KeyboardInterrupt:  # only the first call is where Ctrl-C arrives
            raise
        except BaseException as error:  # noqa: BLE001  # the host's own; it must not end the watch
            self._report(errors.PeersError.code, f"on_reload raised {type(error).__name__}: {error}")
        finally:
            with self._answered:
                self._answered_to = asked
                self._answered.notify_all()

    def _list(self, fault: Fault | None, degraded: str | None) -> None:
        """What is wrong now is listed as a diagnostic, and nothing that was wrong before is one any more."""
        if (fault, degraded) == self._listed:
            return
        if self._listed != (None, None):  # by this watch, or by one that was killed
            self._services.diagnostics.clear(str(self.project))
        self._listed = fault, degraded
        if fault is not None:
            place = f"{fault.path}:{fault.line}: " if fault.path is not None else ""
            still = f" (still running {fault.still})" if fault.still else ""
            self._report(fault.code, f"{fault.phase}: {place}{fault.message}{still}", fault.hint, fault)
        if degraded is not None:
            code = errors.WatchDegraded.code
            self._report(code, f"changes may be noticed late: {degraded}", f"peers explain {code}")

    def _report(self, code: str, message: str, hint: str = "", fault: Fault | None = None) -> None:
        self._services.report(
            code,
            message,
            hint=hint,
            subject=str(self.project),
            context_id=self.context,
            path=None if fault is None else fault.path,
            line=None if fault is None else fault.line,
            source="" if fault is None else fault.source,
        )

    def _prune_when_due(self) -> None:
        if monotonic() < self._prune_at:
            return
        self._prune_at = monotonic() + _PRUNE_S
        try:
            prune.prune(self._services)
        except errors.PeersError as error:  # a full disk, say: what is not removed takes room, no more
            self._report(error.code, error.message, error.hint)

    # ── beginning and end ────────────────────────────────────────────────────────────────────────

    def _live(self) -> Running | None:
        """What the context runs of this very folder, unless the folder needs other distributions by now."""
        source = self._read()
        origin = source.package_folder if source is not None else None
        for package in self._services.engine.binding(self.context).active.packages:
            if package.origin is not None and package.origin == origin:
                snapshots = self._services.snapshots
                manifest = snapshots.manifest(package.digest)
                if source is not None and _needs(source) != _needs(manifest):
                    return None  # it is installed anew, and its needs are checked
                files = {file.path: snapshots.source(package.digest, file.path) for file in manifest.files}
                return Running(
                    manifest,
                    Source(
                        name=manifest.name,
                        version=manifest.version,
                        reference=manifest.definition.reference,
                        files=files,
                        requires=manifest.requires,
                        private=manifest.private,
                        dependencies=manifest.dependencies,
                        folder=str(self.project),
                        package_folder=origin,
                    ),
                )
        return None

    def _read(self) -> Source | None:
        """None when the project is broken, which the first attempt says. Raises `NoPackageThere`."""
        try:
            return self._copy.read()
        except errors.NoPackageThere:
            raise
        except errors.PackageError:
            return None

    def _freeze(self) -> bool:
        """Take what is in memory now out of the collector's sight, so that unloading never pauses the host.

        Only while no version is loaded, as one that is frozen could not be unloaded.
        """
        if interpreter.has_frozen_heap() or finder().realms():
            return False
        gc.collect()
        gc.freeze()
        return True

    def _finish(self) -> None:
        """What was put off: compiled code for the next process, and giving up what is not needed."""
        running = self._running
        try:
            if running is not None and running.manifest.id != self._began_with:
                self._services.snapshots.add(running.source, running.manifest)
            prune.prune(self._services)
        except errors.PeersError as error:  # the next process compiles what it needs, and prunes
            self._report(error.code, error.message, error.hint)
        finally:
            self._thaw()

    def _thaw(self) -> None:
        if self._has_frozen:
            self._has_frozen = False
            gc.unfreeze()


def _needs(package: Source | Manifest) -> object:
    return package.requires, package.private, package.dependencies
