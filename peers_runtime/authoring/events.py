"""`Event` declares something that happens, of which others may want to hear."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pydantic import BaseModel

from peers_runtime.authoring import places
from peers_runtime.base import ids

Emit = Callable[[Any], None]
Undo = Callable[[], object]


class Event:
    """Something that happens in a context, with a pydantic model of what is told about it.

    The package tells of it: `ctx.events["task_done"].emit(TaskDone(task_id="…"))`. With a `source`,
    `(emit, ctx) -> undo`, it comes from outside: the source is attached when a context's first subscriber
    comes, calls `emit(payload)` from any thread, and its undo is called when the last one has gone.

    Raises `MalformedId` or `InvalidDefinition` where it is written.
    """

    __slots__ = ("event_id", "name", "payload", "place", "source")

    def __init__(
        self,
        event_id: str,
        name: str,
        payload: type[BaseModel],
        source: Callable[[Emit, Any], Undo] | None = None,
    ) -> None:
        place = places.caller()
        if not places.is_text(name):
            raise places.invalid(place, f"Event.name is {name!r}; an event needs a name")
        if not places.is_model(payload):
            raise places.invalid(
                place,
                f"Event {name!r}: payload is {payload!r}, which is not a pydantic model",
                "give the class of what is told: class TaskDone(pydantic.BaseModel)",
            )
        if source is not None and not callable(source):
            raise places.invalid(
                place, f"Event {name!r}: source is {source!r}", "give a function (emit, ctx) -> undo"
            )
        self.event_id = ids.check(event_id, f"{place}: Event.event_id")
        self.name = name
        self.payload = payload
        self.source = source
        self.place = place

    def __repr__(self) -> str:
        return f"<Event {self.name}>"
