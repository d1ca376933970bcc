"""What a version's code has subscribed to: it ends when the version leaves a context, or is freed.

On a host's start path: imports nothing else.
"""

from __future__ import annotations

from _thread import allocate_lock
from _weakref import ref

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    Undo = Callable[[], object]
    Callback = Callable[[Any], object]


class Belongings:
    """Of one version, by context. Safe in threads.

    It alone holds the callbacks, and whoever tells them holds them weakly: a callback may lead to its version
    and the version to it, and the two are freed together.
    """

    __slots__ = ("_guard", "_held")

    def __init__(self) -> None:
        self._guard = allocate_lock()
        self._held: dict[str, dict[_Held, Undo]] = {}

    def subscribe(
        self, context_id: str, callback: Callback, add: Callable[[Callback], Undo]
    ) -> Callable[[], None]:
        """Hand a callback to `add`, which answers with its undo; answers with one that may be called twice.

        What is left of a version that was freed before it left is taken away when it would be told.
        """
        held = _Held(callback, self)
        hears = ref(held)

        def told(what: Any) -> None:
            kept = hears()
            if kept is None:
                end()
            else:
                kept.callback(what)

        def end() -> None:
            kept = hears()
            if kept is not None:
                kept.among.forget(context_id, kept)
            undo()

        undo = add(told)
        with self._guard:
            self._held.setdefault(context_id, {})[held] = undo
        return end

    def forget(self, context_id: str, held: _Held) -> None:
        """It has been undone."""
        with self._guard:
            self._held.get(context_id, {}).pop(held, None)

    def leave(self, context_id: str | None = None) -> None:
        """Undo what there is in a context, or in all; each of it, also when one undo fails."""
        with self._guard:
            left = [context_id] if context_id is not None else list(self._held)
            undos = [undo for one in left for undo in self._held.pop(one, {}).values()]
        if undos:
            from contextlib import ExitStack

            with ExitStack() as stack:
                for undo in undos:
                    stack.callback(undo)


class _Held:
    """What leads from a callback to its version; whoever tells it, or may undo it, holds it weakly."""

    __slots__ = ("__weakref__", "among", "callback")

    def __init__(self, callback: Callback, among: Belongings) -> None:
        self.callback = callback
        self.among = among
