"""Workflows and assistants: what a package says of them, and what is kept of a workflow's runs.

Arguments, texts and outputs are JSON data. A dictionary `{"$from": "steps.create.task_id"}` in them stands
for what it names: the workflow's `input`, what an earlier one of its `steps` answered with, or, in what a
step runs instead of failing, its `error`.
"""

from __future__ import annotations

from typing import Any, Final, Literal

from pydantic import Field

from peers_runtime.model.wire import Record

FROM: Final = "$from"  # the one key of a dictionary that stands for something else

RunStatus = Literal["running", "done", "failed", "cancelled"]
StepStatus = Literal["begun", "done", "failed"]
StepKind = Literal["tool", "workflow", "assistant"]


class ToolReference(Record):
    """A tool of the package itself, by id, or one of a contract that it consumes, by name."""

    tool_id: str | None = None
    contract_id: str | None = None
    version: int | None = None
    name: str | None = None

    @property
    def label(self) -> str:
        """What messages call it."""
        return self.tool_id or f"{self.name} of the contract {self.contract_id}@{self.version}"


class StepData(Record):
    """One instruction: exactly one of a tool, a workflow of the package, or a text for an assistant of it.

    It is tried 1 + `retries` times. `on_error` says what then: the workflow fails, it goes on with None as
    the step's output, or another step runs instead.
    """

    name: str
    tool: ToolReference | None = None
    workflow_id: str | None = None
    assistant_id: str | None = None
    text: Any = None
    arguments: dict[str, Any] = Field(default_factory=dict)
    retries: int = Field(default=0, ge=0)
    on_error: Literal["fail", "continue"] | StepData = "fail"

    @property
    def kind(self) -> StepKind:
        if self.workflow_id is not None:
            return "workflow"
        return "tool" if self.tool is not None else "assistant"


class WorkflowData(Record):
    """A workflow as data. Without an `output` it is that of the last step."""

    workflow_id: str
    name: str
    usage_description: str = ""
    input_schema: dict[str, Any]
    steps: tuple[StepData, ...]
    output: Any = None
    reference: str | None = None


class AssistantData(Record):
    """An assistant as data: `runner` is the tool that answers for it, with `tools` at hand."""

    assistant_id: str
    name: str
    instructions: str
    tools: tuple[ToolReference, ...] = ()
    runner: ToolReference


class Fault(Record):
    """Why a step, or a run, failed: an error as data."""

    code: str
    message: str
    hint: str = ""


class StepState(Record):
    """What is kept of one step of a run.

    `path` is its name, after those of the steps whose workflows it stands in: `review/ask`. `attempt` is the
    last one; `input` is that of a workflow.
    """

    path: str
    kind: StepKind
    status: StepStatus
    attempt: int = 1
    input: Any = None
    output: Any = None
    fault: Fault | None = None
    at: str  # when it ended, or, of a workflow that is under way, began; ISO 8601 in UTC


class RunState(Record):
    """What is kept of one run of a workflow.

    It goes on in the version in which it began. `taken` counts how often somebody began to work at it.
    """

    run_id: str
    context_id: str
    device_id: str
    package_id: str
    package: str
    version: str
    snapshot_digest: str
    workflow_id: str
    workflow: str
    actor: str
    status: RunStatus = "running"
    input: Any = None
    output: Any = None
    fault: Fault | None = None
    taken: int = 1
    started_at: str  # ISO 8601 in UTC
    ended_at: str | None = None
    steps: tuple[StepState, ...] = ()

    @property
    def label(self) -> str:
        return f"{self.package}:{self.workflow}"
