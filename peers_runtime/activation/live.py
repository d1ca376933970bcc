"""What lives in each context while versions come and go: values, subscribers, consumers' subscriptions.

Nothing of it is made before it is asked for, so a context that uses none costs nothing. On a host's start
path: imports late.
"""

from __future__ import annotations

from _thread import allocate_lock
from functools import partial

from peers_runtime.base import errors

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from peers_runtime.activation.binding import Binding
    from peers_runtime.activation.versions import ActiveVersion
    from peers_runtime.contracts.subscriptions import Subscriptions
    from peers_runtime.contributions.channels import Channels, Undo
    from peers_runtime.contributions.ports import Report
    from peers_runtime.contributions.subscribers import Subscribers
    from peers_runtime.model.catalog import ContextKind


class Live:
    """Of one runtime. `binding` gives a context's newest generation, `known` what its state says of it."""

    def __init__(
        self, binding: Callable[[str], Binding], known: Callable[[str], Sequence[Any]], report: Report
    ) -> None:
        self.binding = binding
        self._known = known
        self.report = report
        self._guard = allocate_lock()
        self._channels: dict[str, Channels] = {}
        self._subscriptions: dict[str, Subscriptions] = {}
        self._watchers: Subscribers[None] | None = None

    def watch(self, callback: Callable[[None], object]) -> Undo:
        """Call it after each change of what contexts have, until the undo is called."""
        if self._watchers is None:
            from peers_runtime.contributions.subscribers import Subscribers

            with self._guard:
                if self._watchers is None:
                    self._watchers = Subscribers(self._watcher_failed)
        return self._watchers.add(callback)

    def changed(self) -> None:
        """Something that contexts have is another than before."""
        if self._watchers is not None:
            self._watchers.tell(None)

    def channels(self, context_id: str) -> Channels:
        """The values and subscribers of a context."""
        found = self._channels.get(context_id)
        if found is None:
            from peers_runtime.contributions.channels import Channels

            made = Channels(partial(self._attach, context_id), partial(self._failed, context_id))
            with self._guard:
                found = self._channels.setdefault(context_id, made)
        return found

    def subscriptions(self, context_id: str) -> Subscriptions:
        """What a context's consumers have subscribed to."""
        found = self._subscriptions.get(context_id)
        if found is None:
            from peers_runtime.contracts.subscriptions import Subscriptions

            made = Subscriptions(partial(self._failed, context_id))
            with self._guard:
                found = self._subscriptions.setdefault(context_id, made)
        return found

    def role(self, context_id: str, actor: str) -> tuple[ContextKind, int]:
        """The kind of a context, and what somebody is in it."""
        kind, _, roles = self._known(context_id)
        return kind, roles.get(actor, 0)

    def left(self, context_id: str, *versions: ActiveVersion) -> None:
        """Versions have left a context: what they have subscribed to there ends, used or not."""
        for version in versions:
            version.belongings.leave(context_id)

    def moved(self, context_id: str) -> None:
        """A context has another generation: sources and subscriptions are those of the new one."""
        if context_id in self._channels:
            self._channels[context_id].reattach()
        if context_id in self._subscriptions:
            from peers_runtime.activation.view import View

            self._subscriptions[context_id].move(View(self.binding(context_id)))
        self.changed()

    def _attach(self, context_id: str, event_id: str) -> Undo | None:
        """Attach the source of an event of the active version, if it has one."""
        binding = self.binding(context_id)
        if event_id not in binding.active.events:
            return None
        event = binding.active.events.find(event_id)
        if not event.data.has_source:
            return None
        from peers_runtime.activation.binding import Entered
        from peers_runtime.activation.view import View

        def emit(payload: object) -> None:
            self.channels(context_id).channel(event_id).tell(event.stored(payload))

        with Entered(binding):
            return event.attach(emit, View(binding).tool_context(event.contributor))

    def _watcher_failed(self, error: BaseException) -> None:
        self.report(
            errors.SubscriberFailed.code,
            f"somebody who was told of a change raised {type(error).__name__}: {error}",
            "the others were told; mend the callback",
            "on_change",
            None,
        )

    def _failed(self, context_id: str, what: object, error: BaseException) -> None:
        """A source failed, or a subscription cannot move."""
        if isinstance(error, errors.PeersError):
            self.report(error.code, error.message, error.hint, str(what), context_id)
            return
        self.report(
            errors.SourceFailed.code,
            f"the source of {what} raised {type(error).__name__} when it was detached: {error}",
            "the fault is the package's own: its source is (emit, ctx) -> undo",
            str(what),
            context_id,
        )
