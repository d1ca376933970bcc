"""What a tool, and a UI, gets as `ctx`."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from peers_runtime.contributions.components import Component

Progress = Callable[[float, float | None, str], object]
"""(done, total if known, message) of a running tool."""


class ToolContext:
    """The data context that a tool runs in, and how it speaks with its caller.

    `tools` and `tables` are those of the context: `ctx.tables["Notes"].list()`. `actor` is for whom the tool
    acts; "" for whoever runs the host.
    """

    __slots__ = ("_cancel", "_progress", "actor", "context_id", "logger", "tables", "tools")

    def __init__(
        self,
        context_id: str,
        tools: Mapping[str, Any],
        tables: Mapping[str, Any],
        logger: logging.Logger,
        cancel: threading.Event | None = None,
        progress: Progress | None = None,
        *,
        actor: str = "",
    ) -> None:
        self.actor = actor
        self.context_id = context_id
        self.tools = tools
        self.tables = tables
        self.logger = logger
        self._cancel = cancel
        self._progress = progress

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
    ) -> None:
        super().__init__(context_id, tools, tables, logger, actor=actor)
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
