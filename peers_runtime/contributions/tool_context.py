"""What a tool, and a UI, gets as `ctx`."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from peers_runtime.base import errors
from peers_runtime.contributions.stopping import Cancel

if TYPE_CHECKING:
    from peers_runtime.contributions.components import Component
    from peers_runtime.contributions.ports import Contributor, View

    ViewOf = Callable[[Contributor], View]

Progress = Callable[[float, float | None, str], object]
"""(done, total if known, message) of a running tool."""


class ToolContext:
    """The data context that a tool runs in, and how it speaks with its caller.

    `tools`, `tables` and `variables` are those of the context: `ctx.tables["Notes"].list()`; a bare name of a
    variable means the package's own first. `actor` is for whom the tool acts; "" for whoever runs the host.
    `run_key` is the same at every attempt of one step of one run of a workflow, and "" elsewhere: a tool that
    has effects keeps it with them, and knows by it that it has done a step already.
    """

    __slots__ = (
        "_cancel",
        "_of",
        "_progress",
        "_view_of",
        "actor",
        "context_id",
        "logger",
        "run_key",
        "tables",
        "tools",
    )

    def __init__(
        self,
        context_id: str,
        tools: Mapping[str, Any],
        tables: Mapping[str, Any],
        logger: logging.Logger,
        cancel: Cancel | None = None,
        progress: Progress | None = None,
        *,
        actor: str = "",
        of: Contributor | None = None,
        view_of: ViewOf | None = None,
        run_key: str = "",
    ) -> None:
        self.actor = actor
        self.run_key = run_key
        self._of = of
        self._view_of = view_of
        self.context_id = context_id
        self.tools = tools
        self.tables = tables
        self.logger = logger
        self._cancel = cancel
        self._progress = progress

    @property
    def observables(self) -> Mapping[str, Any]:
        """Those of the context; the package's own can be set: `ctx.observables["open_tasks"].set(3)`."""
        return self._seen.observables

    @property
    def events(self) -> Mapping[str, Any]:
        """Those of the context; the package tells of its own: `ctx.events["task_done"].emit(…)`."""
        return self._seen.events

    @property
    def variables(self) -> Mapping[str, Any]:
        """Those of the context, for whom it acts: `ctx.variables["api_url"]()`."""
        return self._seen.variables

    @property
    def workflows(self) -> Mapping[str, Any]:
        """Those of the context, run for whom it acts: `ctx.workflows["plan_week"].start(…)`."""
        return self._seen.workflows

    @property
    def assistants(self) -> Mapping[str, Any]:
        """Those of the context: `ctx.assistants["helper"].ask("Who is late?")`."""
        return self._seen.assistants

    def contract(self, contract_id: str, version: int) -> Any:
        """A contract that the package consumes, from whoever provides it now.

        None when it is optional and nobody does. What it answers with is data. Raises `UnknownContract` for
        one that the definition does not consume, or `ContractMissing`.
        """
        return self._seen.contract(contract_id, version)

    @property
    def _seen(self) -> View:
        if self._view_of is None or self._of is None:
            raise errors.NoContext(
                "this ctx was made outside of any data context", hint="take the ctx that the call was given"
            )
        return self._view_of(self._of)

    @property
    def cancelled(self) -> bool:
        """Whether the caller no longer waits; a long tool looks now and then, and returns."""
        return self._cancel is not None and self._cancel.is_set()

    def progress(self, done: float, total: float | None = None, message: str = "") -> None:
        """Tell the caller how far the tool is, if it wants to know."""
        if self._progress is not None:
            self._progress(done, total, message)


class UIContext(ToolContext):
    """What a UI gets as `ctx`: what a tool gets, and the components that it can show in itself."""

    __slots__ = ("components",)

    def __init__(
        self,
        context_id: str,
        tools: Mapping[str, Any],
        tables: Mapping[str, Any],
        logger: logging.Logger,
        components: Mapping[str, Component],
        *,
        actor: str = "",
        of: Contributor | None = None,
        view_of: ViewOf | None = None,
    ) -> None:
        super().__init__(context_id, tools, tables, logger, actor=actor, of=of, view_of=view_of)
        self.components = components


class ToolLogger(logging.Logger):
    """A version's own logger, `notes@1.2.0:NAME`, below that of its package, whose settings reach it.

    It is not kept by logging's manager and goes with its version; so the manager cannot clear a cache of
    enabled levels in it, and it has none.
    """

    def __init__(self, label: str, name: str) -> None:
        super().__init__(f"{label}:{name}")
        self.parent = logging.getLogger(label.partition("@")[0])

    def isEnabledFor(self, level: int) -> bool:  # noqa: N802  # logging's name
        return not self.disabled and self.manager.disable < level >= self.getEffectiveLevel()
