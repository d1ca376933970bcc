"""The runs of workflows as a runtime's contributions ask for them, and the threads in which they go on."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

from peers_runtime.base import errors
from peers_runtime.model.active import ActivePackage
from peers_runtime.model.workflows import RunState, WorkflowData
from peers_runtime.operations import runs
from peers_runtime.operations.runs import Held
from peers_runtime.operations.services import Services

_MOST = 8  # threads in which runs go on
_LOOK_S = 0.1  # how often a run of another process is looked at
_ASK_S = 0.25  # how often a running step asks whether its run was cancelled
_PATIENCE_S = 10.0  # how long closing waits for the steps that are under way


class Runs:
    """Those of one runtime. Safe in threads."""

    def __init__(self, services: Callable[[], Services]) -> None:
        self._services = services
        self._guard = threading.Condition()
        self._waiting: deque[Held] = deque()
        self._threads: set[threading.Thread] = set()
        self._working: set[str] = set()  # ids of runs in this process
        self._stop = threading.Event()

    def kept(self, context_id: str, actor: str) -> Kept:
        services = self._services()
        return Kept(self, services, context_id, actor or services.actor)

    def resume(self, context_id: str | None = None) -> Sequence[RunState]:
        """Take up what nobody works at, in this process's threads. See `Runtime.resume`."""
        services = self._services()
        taken: list[RunState] = []
        for one in runs.interrupted(services, context_id):
            try:
                held = runs.take(services, one.run_id, one.context_id)
            except (errors.RunHeld, errors.RunEnded):  # meanwhile
                continue
            except (errors.RoleTooLow, errors.SignatureInvalid) as error:
                _report(services, one, error)
                continue
            taken.append(held.run)
            self.go_on(held)
        return taken

    def go_on(self, held: Held) -> None:
        """Carry a run on in one of the threads."""
        with self._guard:
            if self._stop.is_set():
                held.give_back()
                raise errors.RuntimeClosed(
                    f"the runtime is being closed; the run {held.run.run_id} can be resumed",
                    hint=f"peers workflows resume {held.run.run_id}",
                )
            self._waiting.append(held)
            self._working.add(held.run.run_id)
            if len(self._threads) < _MOST:
                thread = threading.Thread(target=self._work, name="peers-runs", daemon=True)
                self._threads.add(thread)
                thread.start()

    def here(self, services: Services, held: Held) -> RunState:
        """Carry a run on in this thread."""
        run_id = held.run.run_id
        with self._guard:
            self._working.add(run_id)
        try:
            return runs.carry_on(services, held, _Cancel(services, held.run, self._stop))
        finally:
            with self._guard:
                self._working.discard(run_id)
                self._guard.notify_all()

    def result(
        self,
        services: Services,
        run_id: str,
        look: Callable[[], RunState],
        take: Callable[[], Held],
        timeout_s: float | None,
    ) -> RunState:
        """The run, ended well; see `Run.result`."""
        until = None if timeout_s is None else time.monotonic() + timeout_s
        while True:
            run = look()
            if run.status == "failed":
                raise runs.failed(run)
            if run.status != "running":
                runs.refuse_cancelled(run)
                return run
            held = self._unqueued(run_id)
            if held is None and not self._is_here(run_id):
                with suppress(errors.RunHeld, errors.RunEnded):
                    held = take()
            if held is not None:
                return self.here(services, held)
            left = None if until is None else until - time.monotonic()
            if left is not None and left <= 0:
                raise TimeoutError(f"the run {run_id} has not ended after {timeout_s:g} s")
            pause = _LOOK_S if left is None else min(left, _LOOK_S)
            with self._guard:
                self._guard.wait_for(lambda: run_id not in self._working, pause)

    def close(self) -> None:
        """Let runs stop after the steps that are under way, and wait for these, but not for ever."""
        with self._guard:
            self._stop.set()
            waiting = [*self._waiting]
            self._waiting.clear()
            threads = [*self._threads]
        for held in waiting:
            held.give_back()
        until = time.monotonic() + _PATIENCE_S
        for thread in threads:
            if thread is not threading.current_thread():
                thread.join(max(0.0, until - time.monotonic()))

    def _work(self) -> None:
        while True:
            with self._guard:
                if not self._waiting or self._stop.is_set():
                    self._threads.discard(threading.current_thread())
                    return
                held = self._waiting.popleft()
            try:
                self.here(self._services(), held)
            except (errors.WorkflowFailed, errors.RunEnded):
                pass  # it is kept with the run
            except BaseException as error:  # noqa: BLE001  # listed: it can be resumed, and others go on
                if not self._stop.is_set():
                    _report(self._services(), held.run, error)
            finally:
                held.give_back()

    def _is_here(self, run_id: str) -> bool:
        with self._guard:
            return run_id in self._working

    def _unqueued(self, run_id: str) -> Held | None:
        """The run, if it waits for a thread: whoever waits for it had better work at it."""
        with self._guard:
            for held in self._waiting:
                if held.run.run_id == run_id:
                    self._waiting.remove(held)
                    return held
        return None


class Kept:
    """The runs of one context, for whoever acts there."""

    __slots__ = ("_actor", "_context_id", "_room", "_services")

    def __init__(self, room: Runs, services: Services, context_id: str, actor: str) -> None:
        self._room = room
        self._services = services
        self._context_id = context_id
        self._actor = actor

    def run(self, package: ActivePackage, workflow: WorkflowData, given: Any) -> Any:
        return self._room.here(self._services, self._begun(package, workflow, given)).output

    def start(self, package: ActivePackage, workflow: WorkflowData, given: Any) -> str:
        held = self._begun(package, workflow, given)
        self._room.go_on(held)
        return held.run.run_id

    def result(self, run_id: str, timeout_s: float | None) -> Any:
        def take() -> Held:
            runs.authorise(self._services, self._context_id, self._actor)
            return runs.take(self._services, run_id, self._context_id)

        return self._room.result(self._services, run_id, lambda: self.look(run_id), take, timeout_s).output

    def look(self, run_id: str) -> RunState:
        return runs.look(self._services, run_id, self._context_id, self._actor)

    def listed(self, *, unfinished: bool = False, limit: int | None = None) -> Sequence[RunState]:
        return runs.listed(self._services, self._context_id, self._actor, unfinished=unfinished, limit=limit)

    def resume(self) -> Sequence[str]:
        runs.authorise(self._services, self._context_id, self._actor)
        return [one.run_id for one in self._room.resume(self._context_id)]

    def cancel(self, run_id: str, *, dry_run: bool = False) -> RunState:
        return runs.cancel(self._services, run_id, self._context_id, self._actor, dry_run=dry_run)

    def _begun(self, package: ActivePackage, workflow: WorkflowData, given: Any) -> Held:
        return runs.begin(self._services, self._context_id, self._actor, package, workflow, given)


def _report(services: Services, run: RunState, error: BaseException) -> None:
    """List why a run does not go on, until it is mended."""
    known = (
        error
        if isinstance(error, errors.PeersError)
        else errors.PeersError(
            f"the run {run.run_id} of {run.label} was stopped: {type(error).__name__}: {error}",
            hint=f"peers workflows resume {run.run_id} --context {run.context_id}",
        )
    )
    services.report(
        known.code,
        known.message,
        hint=known.hint,
        subject=f"{run.package}@{run.version}",
        context_id=run.context_id,
    )


class _Cancel:
    """Whether a step should stop: the runtime is being closed, or somebody has cancelled its run."""

    def __init__(self, services: Services, run: RunState, stop: threading.Event) -> None:
        self._services = services
        self._run = run
        self._stop = stop
        self._is_cancelled = False
        self._asked = time.monotonic()

    def is_set(self) -> bool:
        if not self._is_cancelled and time.monotonic() - self._asked >= _ASK_S:
            self._asked = time.monotonic()
            self._is_cancelled = not runs.is_running(self._services, self._run.run_id)
        return self._is_cancelled or self._stop.is_set()
