"""One context's generation, and entering it.

A binding is immutable: an activation makes a new one and leaves the old one to whoever holds it. The
ContextVar of a request, the frames of a running call and a copied `contextvars.Context` all hold it by
an ordinary reference, so Python's own reference counting is the pin: a generation is freed when nobody
can come back to it. On a host's start path: imports nothing else.
"""

from __future__ import annotations

from peers_runtime.base import errors
from peers_runtime.importing.current import current

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType

    from peers_runtime.activation.active_set import ActiveSet, Modules
    from peers_runtime.activation.versions import ActiveVersion
    from peers_runtime.contracts.registry import Providers


class Binding:
    """What is active in one context, as of one generation."""

    __slots__ = ("_providers", "active", "context_id", "generation", "modules")

    def __init__(self, context_id: str, active: ActiveSet, generation: int) -> None:
        self.context_id = context_id
        self.active = active
        self.generation = generation
        self.modules: Modules = active.modules  # logical name → the active version's module
        self._providers: Providers | None = None

    @property
    def versions(self) -> Mapping[str, ActiveVersion]:
        """The active versions by import name."""
        return self.active.versions

    @property
    def providers(self) -> Providers:
        """Who provides which contract; found when it is first asked for, no package code is imported."""
        if self._providers is None:
            from peers_runtime.contracts.registry import Providers

            records = self.active.memory.contract_records(self.context_id)
            self._providers = Providers([*self.active.sound], records)
        return self._providers

    @property
    def known_providers(self) -> Providers | None:
        """The same, if somebody has asked for them."""
        return self._providers

    def __repr__(self) -> str:
        shown = ", ".join(version.label for version in self.versions.values())
        return f"<Binding {self.context_id} #{self.generation}: {shown or 'nothing active'}>"


class Entered:
    """`with Entered(binding):` makes it the current one in this thread or task; again, and nested, too."""

    __slots__ = ("_binding",)

    def __init__(self, binding: Binding) -> None:
        self._binding = binding

    def __enter__(self) -> Binding:
        # `enter`, written out: every call of a tool comes through here
        binding = self._binding
        current.set((binding, current.get(), binding.active.namespaces))
        return binding

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        entered = current.get()
        if entered is not None and entered[0] is self._binding:
            current.set(entered[1])
        elif error is None:  # else that is what the caller should hear of
            leave(self._binding.context_id)  # says what is wrong


def enter(binding: Binding) -> None:
    """Make it current, inside of what is current now."""
    current.set((binding, current.get(), binding.active.namespaces))


def leave(context_id: str) -> None:
    """Go back to what was current before the innermost entry, which must be of `context_id`."""
    entered = current.get()
    if entered is None or entered[0].context_id != context_id:
        raise errors.NoContext(
            f"context {context_id!r} was left where it is not the current one",
            hint="leave a context in the thread or task that entered it, innermost first",
            context=context_id,
        )
    current.set(entered[1])
