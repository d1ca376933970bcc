"""What a tool, and a UI, gets as `ctx`."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from peers_runtime.base import paths
from peers_runtime.contributions.ports import package_of
from peers_runtime.contributions.stopping import Cancel

if TYPE_CHECKING:
    from peers_runtime.contributions.components import Component
    from peers_runtime.contributions.ports import Contributor, Dependent, View
    from peers_runtime.contributions.tools import Tools

Slot = Callable[[str, Mapping[str, Any] | None, Any], Any]
Progress = Callable[[float, float | None, str], object]
"""(done, total if known, message) of a running tool."""


class ToolContext:
    """The data context that a tool runs in, and how it speaks with its caller.

    `tools` are those of the context. `run_key` is the same at every attempt of one step of one run of a
    workflow, and "" elsewhere: a tool that has effects keeps it with them, and knows by it that it has done a
    step already.
    """

    __slots__ = ("_cancel", "_of", "_progress", "logger", "run_key", "tools")

    def __init__(
        self,
        tools: Tools,
        of: Contributor,
        logger: logging.Logger,
        cancel: Cancel | None = None,
        progress: Progress | None = None,
        run_key: str = "",
    ) -> None:
        self.run_key = run_key
        self.tools = tools
        self.logger = logger
        self._of = of
        self._cancel = cancel
        self._progress = progress

    @property
    def context_id(self) -> str:
        return self.tools.view.context_id

    @property
    def actor(self) -> str:
        """For whom the tool acts; "" for whoever runs the host."""
        return self.tools.view.actor

    @property
    def tables(self) -> Mapping[str, Any]:
        """Those of the context: `ctx.tables["Notes"].list()`."""
        return self._seen.tables

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
        """Those of the context, for whom it acts: `ctx.variables["api_url"]()`.

        A bare name means the package's own first.
        """
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
        return self.tools.view.of(self._of)

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

    __slots__ = ("_slot", "_version", "components")

    def __init__(
        self,
        tools: Tools,
        of: Dependent,
        logger: logging.Logger,
        components: Mapping[str, Component],
        slot: Slot,
    ) -> None:
        super().__init__(tools, of, logger)
        self.components = components
        self._version = of
        self._slot = slot

    def asset(self, path: str) -> str:
        """The address of one of the package's assets for HTML: `ctx.asset("assets/logo.svg")`.

        It is one for the host's adapter, which puts its own in its place.
        """
        return paths.asset(self._version.digest, package_of(self._version), path)

    def slot(self, name: str, props: Mapping[str, Any] | None = None, default: Any = None) -> Any:
        """What another package shows in a place that this one leaves: put it into HTML as `__html__()` says.

        It is the UI of the best route with the subcategory `name` and the category "other", as `Rendered`;
        `default` when no active package has one. A UI that fails is an error card in its place.
        """
        return self._slot(name, props, default)


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
