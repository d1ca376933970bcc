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
"""`None` outside any context, else (an `Active`, what was current before, namespaces).

The namespaces are those of the `Active`'s modules by logical name, for as long as it lives. Facades fill
them with modules that they have been asked for: looking an attribute up there costs half of asking a module.
"""
