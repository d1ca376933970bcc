"""The events of one set of active versions, and telling of them in a context.

`names` belong to the set; `Events` is one context's view of them. What is told goes through the context's
channels as JSON data, and reaches a subscriber in the model of the version that it has asked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

from pydantic import BaseModel

from peers_runtime.authoring.events import Event
from peers_runtime.base import errors
from peers_runtime.contributions import interrupts, loading, models
from peers_runtime.contributions.channels import Channels, Undo
from peers_runtime.contributions.hearing import Hearing
from peers_runtime.contributions.names import Named, Names
from peers_runtime.contributions.ports import Contributor, Within, package_of
from peers_runtime.model.manifest import EventData


class LoadedEvent:
    """One event of one version; its module is imported when it is first told of or heard."""

    __slots__ = ("_event", "_judge", "contributor", "data", "invalid")

    def __init__(self, contributor: Contributor, data: EventData) -> None:
        self.contributor = contributor
        self.data = data
        self.invalid = partial(_misfit, self)
        self._event: Event | None = None
        self._judge: Callable[[object], BaseModel] | None = None

    @property
    def event(self) -> Event:
        """The author's own object. Raises what importing its module raises."""
        if self._event is None:
            self._event = loading.load(
                self.contributor,
                self.data.reference,
                lambda package: package.events,
                lambda one: one.event_id == self.data.event_id,
                Event,
            )
        return self._event

    def payload(self, data: object) -> BaseModel:
        """What is told in the author's model. Raises `InvalidPayload`."""
        if self._judge is None:
            self._judge = models.judge(self.event.payload, self.invalid)
        return self._judge(data)

    def stored(self, payload: object) -> Any:
        """What is told, as JSON data. Raises `InvalidPayload`."""
        model = self.event.payload
        if isinstance(payload, BaseModel) and not isinstance(payload, model):
            payload = payload.model_dump()
        valid = self.payload(payload)
        try:
            return valid.model_dump(mode="json", by_alias=True)
        except ValueError as error:
            raise self.invalid(f"it cannot be written as JSON: {error}", []) from None

    def attach(self, emit: Callable[[Any], None], ctx: Any) -> Undo | None:
        """Attach the author's source. Raises `SourceFailed` with the package's own error as its cause."""
        try:
            source = self.event.source
            undo = None if source is None else source(emit, ctx)
        except BaseException as error:
            if interrupts.is_interrupt(error):
                raise
            raise self._failed(f"{type(error).__name__}: {error}") from error
        if undo is not None and not callable(undo):
            raise self._failed(f"it answers with {undo!r}, not with a function that undoes it")
        return undo

    def _failed(self, why: str) -> errors.SourceFailed:
        label = self.contributor.label
        return errors.SourceFailed(
            self.contributor.logical(f"the source of the event {self.data.name!r} of {label} failed: {why}"),
            hint="the fault is the package's own: its source is (emit, ctx) -> undo",
            event=self.data.name,
            package=package_of(self.contributor),
        )


def names(versions: Iterable[Contributor]) -> Names[LoadedEvent]:
    """Every event of the versions, by id and name."""
    return Names(
        "event",
        errors.UnknownEvent,
        lambda: (
            (package_of(version), data.event_id, data.name, LoadedEvent(version, data))
            for version in versions
            for data in version.definition.events
        ),
    )


class Events(Named[LoadedEvent, "BoundEvent"]):
    """The events of one context: by name, by id, or by `package:name`, which is what iteration gives.

    A package tells of its own events only, the host of all.
    """

    __slots__ = ("_channels", "_hearing", "_within")

    def __init__(
        self, found: Names[LoadedEvent], channels: Channels, within: Within, hearing: Hearing[LoadedEvent]
    ) -> None:
        super().__init__(found)
        self._channels = channels
        self._within = within
        self._hearing = hearing

    def _bind(self, item: LoadedEvent) -> BoundEvent:
        return BoundEvent(item, self._channels, self._within, self._hearing)


class BoundEvent:
    """An event in one context."""

    __slots__ = ("_channels", "_hearing", "_loaded", "_within")

    def __init__(
        self, loaded: LoadedEvent, channels: Channels, within: Within, hearing: Hearing[LoadedEvent]
    ) -> None:
        self._loaded = loaded
        self._channels = channels
        self._within = within
        self._hearing = hearing

    @property
    def data(self) -> EventData:
        return self._loaded.data

    def emit(self, payload: BaseModel | Mapping[str, Any]) -> None:
        """Tell every subscriber, in this thread, in the order of their subscription.

        Raises `InvalidPayload`, and `NotWritable` when the event is another package's.
        """
        owner, contributor = self._hearing.owner, self._loaded.contributor
        if owner is not None and not self._hearing.owns(contributor):
            raise errors.NotWritable(
                f"{owner.label} may not tell of {self.data.name!r}, an event of {contributor.label}",
                hint="declare an event of your own",
                event=self.data.name,
                package=package_of(contributor),
            )
        with self._within:
            stored = self._loaded.stored(payload)
        self._channels.channel(self.data.event_id).tell(stored)

    def subscribe(self, callback: Callable[[Any], object]) -> Callable[[], None]:
        """Call `callback(payload)` whenever it happens; answers with the undo, which may be called twice.

        The first subscriber of a context attaches the event's source, the last one to leave detaches it.
        The payload comes in the model of the version that is active by then. What the callback raises is
        listed as a diagnostic. A version's own subscription ends when the version leaves the context, the
        host's goes on with the next version. Raises `SourceFailed`.
        """
        judge = self._hearing.judge(self._loaded, self.data.event_id)

        def told(data: Any) -> None:  # holds no version, unless it is the subscriber's own
            judged = judge()
            if judged is not None:
                callback(judged.payload(data))

        return self._hearing.subscribe(f"the event {self.data.name!r}", told, self.subscribe_to_data)

    def subscribe_to_data(self, callback: Callable[[Any], object]) -> Callable[[], None]:
        """Hear of payloads as JSON data, until it is undone."""
        return self._channels.channel(self.data.event_id).subscribers.add(callback)

    def __repr__(self) -> str:
        return f"<event {self.data.name} of {self._loaded.contributor.label}>"


def _misfit(loaded: LoadedEvent, line: str, faults: models.Faults) -> errors.InvalidPayload:
    label = loaded.contributor.label
    return errors.InvalidPayload(
        loaded.contributor.logical(
            f"what is told of the event {loaded.data.name!r} of {label} does not fit: {line}"
        ),
        hint=f"its payload has: {', '.join(loaded.data.payload_schema.get('properties', {})) or 'nothing'}",
        event=loaded.data.name,
        faults=faults,
    )
