"""Calling the host's hooks in a context."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from peers_runtime.importing.current import current

if TYPE_CHECKING:
    from peers_runtime.activation.binding import Binding
    from peers_runtime.activation.engine import Engine


class Hooks:
    """`ctx.hook`: an attribute per hook that the host has specified.

    A call runs with the context current and its generation pinned. Raises `UnknownHook` for a name that
    no hookspec has.
    """

    __slots__ = ("_binding", "_engine")

    def __init__(self, engine: Engine, binding: Binding) -> None:
        self._engine = engine
        self._binding = binding

    def __getattr__(self, name: str) -> Callable[..., Any]:
        binding = self._binding
        caller = binding.active.registry(self._engine.hook_specs).caller(name)
        entered = current.get()
        if entered is not None and entered[0] is binding:
            return caller

        def call(**arguments: Any) -> Any:
            outer = current.get()
            current.set((binding, outer))
            try:
                return caller(**arguments)
            finally:
                current.set(outer)

        return call
