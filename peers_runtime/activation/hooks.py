"""Calling the host's hooks in a context."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from peers_runtime.activation.binding import Entered
from peers_runtime.importing.current import current

if TYPE_CHECKING:
    from peers_runtime.activation.binding import Binding
    from peers_runtime.activation.engine import Engine
    from peers_runtime.contributions.registry import HookCaller


class Hooks:
    """`ctx.hook`: an attribute per hook that the host has specified.

    A call runs with the context current and its generation pinned. Raises `UnknownHook` for a name that
    no hookspec has.
    """

    __slots__ = ("_binding", "_engine")

    def __init__(self, engine: Engine, binding: Binding) -> None:
        self._engine = engine
        self._binding = binding

    def __getattr__(self, name: str) -> HookCall:
        return HookCall(self._binding, self._binding.active.registry(self._engine.hook_specs).caller(name))


class HookCall:
    """One hook in one context; what is not a call is pluggy's own `HookCaller`."""

    __slots__ = ("_binding", "_caller")

    def __init__(self, binding: Binding, caller: HookCaller) -> None:
        self._binding = binding
        self._caller = caller

    def __call__(self, **arguments: Any) -> Any:
        """Call every implementation, in pluggy's order; answers as pluggy does."""
        outer = current.get()
        current.set((self._binding, outer))
        try:
            return self._caller(**arguments)
        finally:
            current.set(outer)

    def call_historic(self, **arguments: Any) -> None:
        """As pluggy's: implementations of this set of versions that come later are called too."""
        with Entered(self._binding):
            self._caller.call_historic(**arguments)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._caller, name)
