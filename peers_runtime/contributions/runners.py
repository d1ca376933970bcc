"""Whether a tool can answer for an assistant: it takes what a runner is asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from peers_runtime.authoring.contracts import ContractTool
from peers_runtime.authoring.package import PackageBuilder
from peers_runtime.base import errors
from peers_runtime.contributions import acceptance, schemas
from peers_runtime.model.assistants import AssistantRequest, AssistantTool

_HINT: Final = "write it like: def answer(args: AssistantRequest, ctx) -> AssistantAnswer"
_ASKED: Final = AssistantRequest(
    instructions="Help",
    text="Who are you?",
    tools=[AssistantTool(id="0" * 25, name="look", usage="Look", input_schema={"type": "object"})],
    context={"about": 1},
).model_dump(mode="json", exclude_none=True)


def check(builder: PackageBuilder) -> None:
    """Of the package's own. Raises `InvalidRunner` that names the assistant's line."""
    tools = {one.tool_id: one for one in builder.tools}
    for assistant in builder.assistants:
        runner = assistant.runner
        if isinstance(runner, ContractTool):
            continue
        own = tools[runner if isinstance(runner, str) else runner.tool_id]
        schema = schemas.of_model(own.input_model, str, closed=True)
        why = refusal(schema)
        if why is not None:
            raise errors.InvalidRunner(
                f"{assistant.place}: the tool {own.name!r} cannot answer for the assistant"
                f" {assistant.name!r}: {why}",
                hint=_HINT,
                where=str(assistant.place),
                tool=own.name,
            )


def refusal(schema: Mapping[str, Any]) -> str | None:
    """Why a tool whose arguments fit `schema` is no runner, in a line, or None."""
    return acceptance.refusal(schema, _ASKED)
