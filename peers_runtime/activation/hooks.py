"""Calling the host's hooks in a context that has not been entered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from peers_runtime.activation.binding import Entered

if TYPE_CHECKING:
    from peers_runtime.activation.binding import Binding
    from peers_runtime.contributions.registry import HookCaller, Registry


class Hooks:
    """`ctx.hook`: an attribute per hook that the host has specified.

    A call runs with the context current and its generation pinned. Raises `UnknownHook` for a name that
    no hookspec has.
    """

    __slots__ = ("_binding", "_registry")

    def __init__(self, binding: Binding, registry: Registry) -> None:
        self._binding = binding
        self._registry = registry

    def __getattr__(self, name: str) -> HookCall:
        return HookCall(self._binding, self._registry.caller(name))


class HookCall:
    """One hook in one context; what is not a call is pluggy's own `HookCaller`."""

    __slots__ = ("_binding", "_caller")

    def __init__(self, binding: Binding, caller: HookCaller) -> None:
        self._binding = binding
        self._caller = caller

    def __call__(self, **arguments: Any) -> Any:
        """Call every implementation, in pluggy's order; answers as pluggy does."""
        with Entered(self._binding):
            return self._caller(**arguments)

    def call_historic(self, **arguments: Any) -> None:
        """As pluggy's, for the versions that are active now; those that come later are not told."""
        with Entered(self._binding):
            self._caller.call_historic(**arguments)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._caller, name)
