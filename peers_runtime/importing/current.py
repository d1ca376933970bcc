"""What facades dispatch by."""

from __future__ import annotations

from contextvars import ContextVar

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any, Protocol

    class Active(Protocol):
        """What is active: logical names to the modules of the active versions.

        `modules` imports what it is first asked for, and raises `NoActiveVersion` or `ModuleNotFoundError`.
        """

        @property
        def modules(self) -> dict[str, ModuleType]: ...


current: ContextVar[tuple[Any, ...] | None] = ContextVar("peers_context", default=None)
"""`None` outside any context, else a tuple whose item 0 is an `Active`."""
