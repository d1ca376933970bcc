"""What a proxy needs from the room above."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from peers_runtime.contracts.registry import Providers
from peers_runtime.contributions.events import Events
from peers_runtime.contributions.observables import Observables
from peers_runtime.contributions.tables import Tables
from peers_runtime.contributions.tools import Tools
from peers_runtime.rules.permissions import Act


class Reach(Protocol):
    """What can be reached in one generation of a context, for one actor."""

    @property
    def providers(self) -> Providers: ...

    @property
    def tools(self) -> Tools: ...

    @property
    def tables(self) -> Tables: ...

    @property
    def observables(self) -> Observables: ...

    @property
    def events(self) -> Events: ...

    def authorise(self, act: Act) -> None:
        """Raises `RoleTooLow` when the actor may not do that in the context."""
        ...


Now = Callable[[], Reach]
"""The generation that a call is about: the one that was entered, else the newest."""
