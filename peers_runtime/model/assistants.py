"""What an assistant's runner is asked and answers: models that package authors use in their own tools."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field


class AssistantTool(BaseModel):
    """A tool at an assistant's hand. The runner calls it with `ctx.tools[tool.id](**arguments)`."""

    id: str
    name: str
    usage: str = ""
    input_schema: dict[str, Any]  # JSON Schema of its arguments
    output_schema: dict[str, Any] | None = None


class AssistantRequest(BaseModel):
    """What a runner is asked: to answer a text by an assistant's instructions.

    `context` is what whoever asks gives along, as data.
    """

    instructions: str
    text: str
    tools: list[AssistantTool] = Field(default_factory=list)
    context: dict[str, Any] = Field(default_factory=dict)


class AssistantAnswer(BaseModel):
    """What a runner answers with: a text, and data for who works on with it."""

    text: str = ""
    data: dict[str, Any] = Field(default_factory=dict)
