"""`Observable` declares a value that others read, and hear of when it changes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pydantic import TypeAdapter, ValidationError

from peers_runtime.authoring import places
from peers_runtime.base import ids


class Observable:
    """A value of the package in each context, of any type that pydantic can validate and write as JSON.

    `initial` is the value before anybody has set one; or a function `(ctx) -> value`, called when a context
    first asks for the value in a process. The package itself sets it: `ctx.observables["open_tasks"].set(3)`.
    With `writable` others may set it, too; `accept(value, ctx) -> value` then sees what they give before it
    becomes the value, may answer with another one, and refuses by raising.

    Raises `MalformedId` or `InvalidDefinition` where it is written.
    """

    __slots__ = ("accept", "adapter", "initial", "name", "observable_id", "place", "type", "writable")

    def __init__(
        self,
        observable_id: str,
        name: str,
        type: Any,  # noqa: A002  # as in Variable and in every schema language
        initial: Any,
        *,
        writable: bool = False,
        accept: Callable[[Any, Any], Any] | None = None,
    ) -> None:
        place = places.caller()
        if not places.is_text(name):
            raise places.invalid(place, f"Observable.name is {name!r}; an observable needs a name")
        self.adapter = adapter(type, f"Observable {name!r}", place)
        if not callable(initial):
            try:
                initial = self.adapter.validate_python(initial)
            except ValidationError as error:
                raise places.invalid(
                    place,
                    f"Observable {name!r}: initial is {initial!r}, which is no {type!r}",
                    error.errors()[0]["msg"],
                ) from error
        if accept is not None and not writable:
            raise places.invalid(
                place, f"Observable {name!r} has accept=…, but nobody else may set it", "give writable=True"
            )
        self.observable_id = ids.check(observable_id, f"{place}: Observable.observable_id")
        self.name = name
        self.type = type
        self.initial = initial
        self.writable = writable
        self.accept = accept
        self.place = place

    def __repr__(self) -> str:
        return f"<Observable {self.name}>"


def adapter(kind: Any, what: str, place: places.Place) -> TypeAdapter[Any]:
    """pydantic's for a type that an author wrote at `place`. Raises `InvalidDefinition`."""
    from pydantic.errors import PydanticUserError

    try:
        return TypeAdapter[Any](kind)
    except PydanticUserError as error:
        raise places.invalid(
            place, f"{what}: type is {kind!r}, which pydantic cannot validate", error.message
        ) from error
