"""The tools of a context as clients see them, and calling one."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Final, Protocol

import mcp_types as types
from pydantic_core import PydanticSerializationError, to_json

from peers_runtime import Runtime
from peers_runtime.base import errors
from peers_runtime.mcp import names
from peers_runtime.model.manifest import ToolHints

LARGEST: Final = 1_000_000  # bytes of JSON of an answer: many times what a model takes in

Progress = Callable[[float, float | None, str], object]
"""(done, total if known, message) of a running tool."""


class Cancel(Protocol):
    """Such as `threading.Event`."""

    def is_set(self) -> bool: ...


def visible(runtime: Runtime, context_id: str, actor: str) -> list[types.Tool]:
    """What the actor sees of a context's tools, always in the same order.

    Raises `UnknownContext` or `RoleTooLow`.
    """
    return [_seen(one) for one in runtime.context(context_id, actor).tools.list()]


def call(
    runtime: Runtime,
    context_id: str,
    actor: str,
    name: str,
    arguments: Mapping[str, Any],
    cancel: Cancel,
    progress: Progress,
) -> types.CallToolResult | None:
    """Call a tool by the name that clients know it by; what it says no with is an answer, too.

    It belongs to the versions that are active now, to its end. None: there is no such tool. Raises
    `UnknownContext` or `RoleTooLow`.
    """
    handle = runtime.context(context_id, actor)
    with handle:
        found = [one for one in handle.tools.values() if _name(one.data) == name]
        if not found:
            return None
        bound = found[0]
        try:
            answer = bound.invoke(arguments, cancel=cancel, progress=progress)
            return _answered(name, answer, is_structured=_is_object(bound.data.output_schema))
        except errors.PeersError as error:
            return refusal(error)
        except PydanticSerializationError as error:
            return refusal(
                errors.InvalidOutput(
                    f"what the tool {name!r} returned cannot be sent as JSON: {error}",
                    hint="its output model may hold what JSON has",
                    tool=name,
                )
            )


def refusal(error: errors.PeersError) -> types.CallToolResult:
    """An error as what a model reads, with what to do next; what there is instead, as it has no terminal."""
    known = error.facts.get("known")
    hint = f"there are: {', '.join(map(str, known)) or 'none'}" if isinstance(known, list) else error.hint
    text = f"error[{error.code}]: {error.message}" + (f"\nhelp: {hint}" if hint else "")
    return types.CallToolResult(content=[_text(text)], is_error=True)


def _seen(one: Any) -> types.Tool:
    output = one.output_schema
    return types.Tool(
        name=_name(one),
        title=f"{one.package}: {one.name}",
        description=one.usage_description,
        input_schema={"type": "object", **one.input_schema},  # also where it begins with a reference
        output_schema={"type": "object", **output} if _is_object(output) else None,
        annotations=_annotations(one.hints),
    )


def _annotations(hints: ToolHints | None) -> types.ToolAnnotations | None:
    if hints is None:
        return None
    return types.ToolAnnotations(
        read_only_hint=hints.read_only, destructive_hint=hints.destructive, idempotent_hint=hints.idempotent
    )


def _name(one: Any) -> str:
    return names.listed(one.package, one.name)


def _is_object(schema: Mapping[str, Any] | None) -> bool:
    """Whether what it describes has fields, or may by what it refers to: the protocol takes nothing else."""
    return schema is not None and schema.get("type", "object" if "$ref" in schema else None) == "object"


def _answered(name: str, answer: Any, *, is_structured: bool) -> types.CallToolResult:
    if answer is None:
        return types.CallToolResult(content=[_text("done")])
    data = to_json(answer)
    if len(data) > LARGEST:
        raise errors.PayloadTooLarge(
            f"what the tool {name!r} returned has {len(data):,} bytes as JSON; at most {LARGEST:,} are sent",
            hint="what it did is done; ask it for less at once, if its arguments can say so",
            tool=name,
            bytes=len(data),
            most=LARGEST,
        )
    content: list[types.ContentBlock] = [_text(data.decode())]
    if not is_structured:
        return types.CallToolResult(content=content)
    return types.CallToolResult(content=content, structured_content=json.loads(data))


def _text(text: str) -> types.TextContent:
    return types.TextContent(text=text)
