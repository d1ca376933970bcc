"""`tool` makes a function a tool of the package."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any, Generic, ParamSpec, TypeVar, get_type_hints

from pydantic import BaseModel

from peers_runtime.authoring import places
from peers_runtime.base import ids
from peers_runtime.model.manifest import ToolHints

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")

_SHAPE = "write it like: def add_note(args: AddNote, ctx) -> Note"


class Tool(Generic[Parameters, Result]):
    """A function with everything a caller must know about it; calling it calls the function.

    `input_model` and `output_model` (None: it returns nothing) are the only description of what goes in
    and out; `hints` is what its author says of its effects. Made by `@tool`.
    """

    def __init__(
        self,
        function: Callable[Parameters, Result],
        *,
        tool_id: str,
        name: str,
        usage: str,
        input_model: type[BaseModel],
        output_model: type[BaseModel] | None,
        place: places.Place,
        hints: ToolHints | None = None,
    ) -> None:
        functools.update_wrapper(self, function)
        self.function = function
        self.tool_id = tool_id
        self.name = name
        self.usage = usage
        self.input_model = input_model
        self.output_model = output_model
        self.is_async = inspect.iscoroutinefunction(function)
        self.place = place
        self.hints = hints

    def __call__(self, *arguments: Parameters.args, **named: Parameters.kwargs) -> Result:
        return self.function(*arguments, **named)

    def __repr__(self) -> str:
        return f"<Tool {self.name}>"


def tool(
    *,
    tool_id: str,
    usage: str,
    name: str | None = None,
    read_only: bool | None = None,
    destructive: bool | None = None,
    idempotent: bool | None = None,
) -> Callable[[Callable[Parameters, Result]], Tool[Parameters, Result]]:
    """Make a function `(args: InputModel, ctx) -> OutputModel`, sync or async, a tool.

    `usage` tells people and assistants when to use it; `name` is the function's own by default. Both
    models are read from the annotations. What it does beside answering may be said for clients that ask a
    person first: `read_only`, that it changes nothing; `destructive`, that it may overwrite or remove, or
    False, that it only adds; `idempotent`, that a second call with the same arguments changes nothing more.
    Nothing is enforced. Raises `MalformedId` or `InvalidDefinition` where it is written.
    """
    place = places.caller()
    ids.check(tool_id, f"{place}: @tool tool_id")
    if not places.is_text(usage):
        raise places.invalid(
            place, f"@tool usage is {usage!r}", "say in a sentence when to use the tool: usage='Add a note'"
        )
    hints = _hints(place, read_only=read_only, destructive=destructive, idempotent=idempotent)

    def decorate(function: Callable[Parameters, Result]) -> Tool[Parameters, Result]:
        called = str(name or getattr(function, "__name__", ""))
        if not called.isidentifier():
            raise places.invalid(
                place, f"@tool name is {called!r}", "a tool's name is a Python name: it is called with it"
            )
        input_model, output_model = _models(function, called, place, places.local_names())
        return Tool(
            function,
            tool_id=tool_id,
            name=called,
            usage=usage.strip(),
            input_model=input_model,
            output_model=output_model,
            place=place,
            hints=hints,
        )

    return decorate


def _hints(place: places.Place, **said: bool | None) -> ToolHints | None:
    for name, value in said.items():
        if value is not None and type(value) is not bool:
            raise places.invalid(place, f"@tool {name} is {value!r}", "say True or False, or leave it out")
    if said["read_only"] and said["destructive"]:
        raise places.invalid(
            place, "@tool is said to be read_only and destructive", "what changes nothing destroys nothing"
        )
    return None if all(value is None for value in said.values()) else ToolHints(**said)


def _models(
    function: Callable[..., object], name: str, place: places.Place, names: Mapping[str, Any]
) -> tuple[type[BaseModel], type[BaseModel] | None]:
    """The input and the output model. `names` are those in sight where the function is defined."""
    if inspect.isasyncgenfunction(function) or inspect.isgeneratorfunction(function):
        raise places.invalid(place, f"tool {name!r} is a generator; a tool returns one result", _SHAPE)
    parameters = list(inspect.signature(function).parameters.values())
    positional = [
        each for each in parameters if each.kind in (each.POSITIONAL_ONLY, each.POSITIONAL_OR_KEYWORD)
    ]
    needed = [each for each in parameters if each.default is each.empty and each.kind is not each.VAR_KEYWORD]
    if len(positional) < 2 or any(
        each not in positional[:2] for each in needed if each.kind is not each.VAR_POSITIONAL
    ):
        raise places.invalid(place, f"tool {name!r} must take exactly two arguments, args and ctx", _SHAPE)
    first = positional[0].name
    annotations = getattr(function, "__annotations__", {})
    for wanted, what in ((first, f"its first parameter {first!r}"), ("return", "what it returns")):
        if wanted not in annotations:
            raise places.invalid(place, f"tool {name!r} does not say the type of {what}", _SHAPE)
    # Only these two: the type of ctx is often imported under TYPE_CHECKING alone.
    wanted_hints: Any = SimpleNamespace(__annotations__={key: annotations[key] for key in (first, "return")})
    try:
        hints = get_type_hints(
            wanted_hints, getattr(inspect.unwrap(function), "__globals__", {}), dict(names)
        )
    except NameError as error:
        raise places.invalid(
            place,
            f"tool {name!r} has an annotation that names {error.name!r}, which is not defined there",
            "define or import the model at run time, above the tool",
        ) from error
    output: Any = hints["return"]
    return _model(hints[first], f"{first!r} of tool {name!r}", place), (
        None if output is type(None) else _model(output, f"the result of tool {name!r}", place)
    )


def _model(annotation: Any, what: str, place: places.Place) -> type[BaseModel]:
    if places.is_model(annotation):
        return annotation
    raise places.invalid(
        place, f"{what} is annotated as {annotation!r}, which is not a pydantic model", _SHAPE
    )
