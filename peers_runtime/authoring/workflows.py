"""`Workflow` declares ordered instructions, `Step` is one of them, `Ref` is what was known before it.

`Assistant` declares who answers a text; `ContractTool` is a tool of whichever package provides a contract.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import isfinite
from typing import Any, Final, Literal

from pydantic import BaseModel

from peers_runtime.authoring import places
from peers_runtime.authoring.contracts import ContractTool
from peers_runtime.authoring.tools import Tool
from peers_runtime.base import ids
from peers_runtime.model.workflows import FROM

OnError = Literal["fail", "continue"]
_ON_ERROR: Final = ("fail", "continue")


class NoInput(BaseModel):
    """The input of a workflow that takes none."""


class Ref:
    """What a step is given that is known only when the workflow runs.

    `Ref("input.title")` is a field of the workflow's input, `Ref("steps.create.task_id")` one of what an
    earlier step answered with, `Ref("steps.create")` all of it; in a step that runs instead of a failed one
    `Ref("error.message")` and `Ref("error.code")` are that one's. Fields are named as in JSON; a number
    counts a list's items from 0. What a step without an output is asked for is None.
    """

    __slots__ = ("path",)

    def __init__(self, path: str) -> None:
        parts = path.split(".") if isinstance(path, str) else []
        if not all(parts) or not parts or parts[0] not in ("input", "steps", "error") or parts == ["steps"]:
            raise places.invalid(
                places.caller(),
                f"Ref({path!r}) refers to nothing",
                'write "input.FIELD", "steps.STEP.FIELD", or in on_error "error.message"',
            )
        self.path = path

    def __repr__(self) -> str:
        return f"Ref({self.path!r})"


class Step:
    """One instruction of a workflow: exactly one of a tool, a workflow, or a text for an assistant.

    `tool` is one of the package's own, or a `ContractTool`; `workflow` and `assistant` are the package's own;
    each may be given by its id. `arguments` are those of the tool, the input of the workflow, or what the
    assistant gets as context. `retries` says how often a tool or an assistant is tried again at once.
    `on_error` says what then: the workflow fails, or it goes on ("continue") with None as the step's output,
    or another `Step` runs instead, whose output stands for this one's. Raises `InvalidDefinition`.
    """

    __slots__ = ("arguments", "assistant", "name", "on_error", "place", "retries", "text", "tool", "workflow")

    def __init__(
        self,
        name: str,
        *,
        tool: Tool[..., Any] | ContractTool | str | None = None,
        workflow: Workflow | str | None = None,
        assistant: Assistant | str | None = None,
        text: str | Ref | None = None,
        arguments: Mapping[str, Any] | None = None,
        retries: int = 0,
        on_error: OnError | Step = "fail",
    ) -> None:
        place = places.caller()
        what = f"Step {name!r}"
        if not isinstance(name, str) or not name.isidentifier():
            raise places.invalid(place, f"{what}: a step's name is a Python name", 'write Step("create", …)')
        given = [one for one in (tool, workflow, assistant) if one is not None]
        if len(given) != 1:
            raise places.invalid(
                place,
                f"{what} is {'nothing' if not given else 'several things'}",
                "give exactly one of tool=…, workflow=… and assistant=…",
            )
        _check_kind(tool, (Tool, ContractTool), f"{what}: tool", place)
        _check_kind(workflow, (Workflow,), f"{what}: workflow", place)
        _check_kind(assistant, (Assistant,), f"{what}: assistant", place)
        is_said = isinstance(text, Ref) or places.is_text(text)
        if (assistant is not None) != is_said or (assistant is None and text is not None):
            raise places.invalid(
                place, f"{what}: a text is for an assistant", 'give both: assistant=…, text="Summarise this"'
            )
        if type(retries) is not int or retries < 0:
            raise places.invalid(place, f"{what}: retries is {retries!r}, not a number of further attempts")
        if workflow is not None and retries:
            raise places.invalid(
                place, f"{what}: a workflow is not tried again as a whole", "give its steps retries=…"
            )
        if not isinstance(on_error, Step) and on_error not in _ON_ERROR:
            raise places.invalid(
                place,
                f"{what}: on_error is {on_error!r}",
                'there are "fail", "continue", or a Step that runs instead',
            )
        self.name = name
        self.tool = tool
        self.workflow = workflow
        self.assistant = assistant
        self.text = None if text is None else data(text, f"{what}: text", place)
        self.arguments: dict[str, Any] = data(dict(arguments or {}), f"{what}: arguments", place)
        self.retries = retries
        self.on_error: OnError | Step = on_error
        self.place = place

    def __repr__(self) -> str:
        return f"<Step {self.name}>"


class Workflow:
    """Ordered instructions, whose runs are kept step by step and go on after a restart.

    `input` is a pydantic model of what it is given. `output` is data with `Ref`s in it; without one it is
    what the last step answered with. Raises `MalformedId` or `InvalidDefinition` where it is written.
    """

    __slots__ = ("input_model", "name", "output", "place", "steps", "usage", "workflow_id")

    def __init__(
        self,
        workflow_id: str,
        name: str,
        steps: Sequence[Step],
        input: type[BaseModel] = NoInput,  # noqa: A002  # what it is
        output: Any = None,
        *,
        usage: str = "",
    ) -> None:
        place = places.caller()
        if not isinstance(name, str) or not name.isidentifier():
            raise places.invalid(
                place, f"Workflow.name is {name!r}", "a workflow's name is a Python name: name='plan_week'"
            )
        if not places.is_model(input):
            raise places.invalid(
                place,
                f"Workflow {name!r}: input is {input!r}, which is not a pydantic model",
                "give the class of what it is given: class PlanWeek(pydantic.BaseModel)",
            )
        self.workflow_id = ids.check(workflow_id, f"{place}: Workflow.workflow_id")
        self.name = name
        self.steps = tuple(places.listed(steps, Step, f"Workflow {name!r}: steps", place))
        if not self.steps:
            raise places.invalid(place, f"Workflow {name!r} has no steps", 'write steps=[Step("create", …)]')
        self.input_model = input
        self.output = data(output, f"Workflow {name!r}: output", place)
        self.usage = usage
        self.place = place

    def __repr__(self) -> str:
        return f"<Workflow {self.name}>"


class Assistant:
    """Who answers a text: instructions, the tools at hand, and the tool that does the answering.

    There is no language model in the runtime. The `runner` is a tool that takes an `AssistantRequest` and may
    ask one; it is the package's own, or a `ContractTool` of whoever provides it. Raises `MalformedId` or
    `InvalidDefinition` where it is written.
    """

    __slots__ = ("assistant_id", "instructions", "name", "place", "runner", "tools")

    def __init__(
        self,
        assistant_id: str,
        name: str,
        instructions: str,
        runner: Tool[..., Any] | ContractTool | str,
        tools: Sequence[Tool[..., Any] | ContractTool | str] = (),
    ) -> None:
        place = places.caller()
        if not isinstance(name, str) or not name.isidentifier():
            raise places.invalid(
                place, f"Assistant.name is {name!r}", "an assistant's name is a Python name: name='helper'"
            )
        if not places.is_text(instructions):
            raise places.invalid(place, f"Assistant {name!r}: instructions is {instructions!r}, not a text")
        places.required(runner, f"Assistant {name!r}: runner", "give the tool that answers", place)
        if isinstance(tools, str):
            raise places.invalid(place, f"Assistant {name!r}: tools is the text {tools!r}, not a list")
        for one in (runner, *tools):
            _check_kind(one, (Tool, ContractTool), f"Assistant {name!r}: a tool", place)
        self.assistant_id = ids.check(assistant_id, f"{place}: Assistant.assistant_id")
        self.name = name
        self.instructions = instructions.strip()
        self.runner = runner
        self.tools = tuple(tools)
        self.place = place

    def __repr__(self) -> str:
        return f"<Assistant {self.name}>"


def data(value: Any, what: str, place: places.Place) -> Any:
    """JSON data, in which `{"$from": …}` stands for each `Ref`. Raises `InvalidDefinition`."""
    if isinstance(value, Ref):
        return {FROM: value.path}
    if isinstance(value, Mapping):
        wrong = [key for key in value if not isinstance(key, str) or key == FROM]
        if wrong:
            raise places.invalid(place, f"{what} has the key {wrong[0]!r}", "keys are texts, none is '$from'")
        return {key: data(one, what, place) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [data(one, what, place) for one in value]
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, float) and isfinite(value):
        return value
    raise places.invalid(
        place,
        f"{what} holds {value!r}, which is not JSON data",
        "give texts, numbers, lists, dictionaries, Ref",
    )


def every_step(steps: Sequence[Step]) -> Iterator[Step]:
    """The steps in their order, each followed by what runs instead of it."""
    for step in steps:
        yield step
        if isinstance(step.on_error, Step):
            yield from every_step([step.on_error])


def _check_kind(value: object, kinds: tuple[type, ...], what: str, place: places.Place) -> None:
    if value is None or isinstance(value, kinds):
        return
    if isinstance(value, str):
        ids.check(value, f"{place}: {what}")
        return
    raise places.invalid(
        place, f"{what} is {value!r}, not {' or '.join(f'a {one.__name__}' for one in kinds)}, nor an id"
    )
