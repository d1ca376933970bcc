"""One run of a workflow, as whoever began or found it holds it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from peers_runtime.contributions.ports import KeptRuns
from peers_runtime.model.workflows import Fault, RunState, RunStatus, StepState


class Run:
    """A run by its id; what it says of itself is read from the catalog each time.

    `status` is "running", "done", "failed" or "cancelled". A running one at which nobody works was
    interrupted and can go on: see `result` and `Workflows.resume`.
    """

    __slots__ = ("_kept", "run_id")

    def __init__(self, kept: KeptRuns, run_id: str) -> None:
        self._kept = kept
        self.run_id = run_id

    @property
    def state(self) -> RunState:
        """All that is kept of it, at one moment."""
        return self._kept.look(self.run_id)

    @property
    def status(self) -> RunStatus:
        return self.state.status

    @property
    def steps(self) -> Sequence[StepState]:
        """Those that have ended, and the workflows among them that have begun, in the order of that."""
        return self.state.steps

    @property
    def output(self) -> Any:
        """What it ended with, as data; None until then."""
        return self.state.output

    @property
    def fault(self) -> Fault | None:
        """Why it failed."""
        return self.state.fault

    def result(self, timeout_s: float | None = None) -> Any:
        """Its output, once it has ended. Where nobody works at it, it goes on here, in this thread.

        Raises `WorkflowFailed`, `RunEnded` for one that was cancelled, and TimeoutError when others are not
        done in time.
        """
        return self._kept.result(self.run_id, timeout_s)

    async def aresult(self, timeout_s: float | None = None) -> Any:
        """`result` in a running event loop, which goes on meanwhile."""
        import asyncio

        return await asyncio.to_thread(self.result, timeout_s)

    def cancel(self, *, dry_run: bool = False) -> RunState:
        """Let it not go on. A step that is under way ends first, and is told by `ctx.cancelled`.

        Answers with what it is by that. Raises `RunEnded` when it has ended.
        """
        return self._kept.cancel(self.run_id, dry_run=dry_run)

    def __repr__(self) -> str:
        return f"<Run {self.run_id}>"
