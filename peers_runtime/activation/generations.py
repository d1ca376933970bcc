"""Generations beside those of the contexts, of versions that are named by digest, whatever is active."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING

from peers_runtime.model.active import ActivePackage

if TYPE_CHECKING:
    from peers_runtime.activation.binding import Binding
    from peers_runtime.activation.engine import Engine

Reference = tuple[str, str, str, str, str | None]
"""Import name, package id, version, digest, and the author's folder of a dev version."""


class Generations:
    """Those that this process serves of one home; of those that nobody is in, `kept` stay loaded."""

    def __init__(self, engine: Engine, kept: int = 8) -> None:
        self._engine = engine
        self._kept = kept
        self._guard = threading.Lock()
        self._bindings: dict[tuple[str, Sequence[Reference]], Binding] = {}  # the last used one is the last
        self._running: dict[tuple[str, Sequence[Reference]], int] = {}

    def enter(self, context_id: str, references: Sequence[Reference]) -> Binding:
        key = context_id, references
        with self._guard:
            binding = self._bindings.pop(key, None)
            if binding is None:
                packages = [
                    ActivePackage(name, package_id, version, digest, (), (), origin)
                    for name, package_id, version, digest, origin in references
                ]
                binding = self._engine.generation(context_id, packages)
            self._bindings[key] = binding
            self._running[key] = self._running.get(key, 0) + 1
            return binding

    def leave(self, context_id: str, references: Sequence[Reference]) -> None:
        key = context_id, references
        with self._guard:
            self._running[key] -= 1
            if not self._running[key]:
                del self._running[key]
            idle = [one for one in self._bindings if one not in self._running]
            gone = [self._bindings.pop(one) for one in idle[: max(0, len(self._bindings) - self._kept)]]
        for binding in gone:
            self._tell_end(binding)

    def close(self) -> None:
        with self._guard:
            gone = list(self._bindings.values())
            self._bindings.clear()
        for binding in gone:
            self._tell_end(binding)

    def _tell_end(self, binding: Binding) -> None:
        """Tell the versions that no other generation of the context has."""
        with self._guard:
            others = tuple(self._bindings.values())
        elsewhere = {one.key for other in others for one in other.active.packages} | self._engine.in_use()
        here = {
            one.key
            for other in others
            if other.context_id == binding.context_id
            for one in other.active.packages
        }
        own = self._engine.bindings.get(binding.context_id)  # what the context has itself goes on there
        if own is not None:
            here.update(one.key for one in own.active.packages)
        ending = [one for one in binding.versions.values() if one.package.key not in here]
        self._engine.tell_end(binding, ending, elsewhere)
