"""Where in the author's files something is written, and whether it is what it must be."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from types import FrameType
from typing import Any, NamedTuple, TypeGuard, TypeVar

from pydantic import BaseModel

from peers_runtime.base import errors

Item = TypeVar("Item")


class Place(NamedTuple):
    """A line of the author's: `str(place)` is `file:line`."""

    module: str  # as the interpreter names it
    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


def caller() -> Place:
    """The place that called the function which asks."""
    frame = _frame()
    return Place(str(frame.f_globals.get("__name__", "")), frame.f_code.co_filename, frame.f_lineno)


def local_names() -> dict[str, Any]:
    """The local names at the place that called the function which asks."""
    return dict(_frame().f_locals)


def of(function: object) -> Place:
    """The place where a function is defined."""
    code = getattr(function, "__code__", None)
    module = str(getattr(function, "__module__", ""))
    return Place(module, code.co_filename, code.co_firstlineno) if code is not None else Place(module, "", 0)


def invalid(place: Place, fault: str, hint: str = "") -> errors.InvalidDefinition:
    """The error for something written at `place` that cannot be."""
    return errors.InvalidDefinition(f"{place}: {fault}", hint=hint, where=str(place))


def required(value: object, what: str, hint: str, place: Place) -> None:
    """Raises `InvalidDefinition` for what an author gave at `place` as None, whatever its type says."""
    if value is None:
        raise invalid(place, f"{what} is None", hint)


def listed(value: object, kind: type[Item], what: str, place: Place) -> list[Item]:
    """The items of a list that an author gave at `place`. Raises `InvalidDefinition`."""
    if not isinstance(value, Iterable) or isinstance(value, str):
        raise invalid(place, f"{what} is {value!r}, not a list", f"write a list of {kind.__name__}")
    items = list(value)
    for item in items:
        if not isinstance(item, kind):
            raise invalid(
                place,
                f"{what} holds {item!r}, which is not a {kind.__name__}",
                "mark the function with @tool(tool_id=…, usage=…)" if kind.__name__ == "Tool" else "",
            )
    return items


def is_text(value: object) -> bool:
    """Whether an author's value is a text with something in it."""
    return isinstance(value, str) and bool(value.strip())


def is_model(value: object) -> TypeGuard[type[BaseModel]]:
    """Whether an author's value is a pydantic model's class."""
    return isinstance(value, type) and issubclass(value, BaseModel)


def _frame() -> FrameType:
    # the author's frame; inspect.stack would read source files for it, some milliseconds a call
    return sys._getframe(3)  # noqa: SLF001  # documented, for exactly this
