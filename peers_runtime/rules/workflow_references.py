"""Whether what workflows and assistants name is there, by a package's data.

What belongs to the package itself is judged by its definition, tools of contracts by whoever provides them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from peers_runtime.base import errors
from peers_runtime.model.manifest import Definition
from peers_runtime.model.workflows import FROM, AssistantData, StepData, ToolReference, WorkflowData

Named = tuple[str, str, ToolReference]
"""(kind, name, tool): the workflow or assistant, and a tool that it names."""


def flaw(definition: Definition) -> tuple[str, errors.PackageError] | None:
    """The id of the first workflow or assistant that names what is not there, and the error; None: all is."""
    tools = {one.tool_id: one.output_schema for one in definition.tools}
    consumed = {(one.contract_id, one.version) for one in definition.consumes}
    for kind, name, tool in tools_of(definition):
        owner = next(one for one in _ids(definition) if one[1:] == (kind, name))[0]
        if tool.tool_id is not None and tool.tool_id not in tools:
            names = [one.name for one in definition.tools]
            return owner, _unknown(kind, name, f"the tool {tool.name or tool.tool_id}", "tools", names)
        if tool.contract_id is not None and (tool.contract_id, tool.version) not in consumed:
            error = errors.UnknownReference(
                f"the {kind} {name!r} names the tool {tool.label}, which the package does not consume",
                hint=f"write in its definition: pkg.consumes({tool.contract_id!r}, {tool.version})",
                name=name,
            )
            return owner, error
    known = {one.workflow_id: one for one in definition.workflows}
    assistants = {one.assistant_id: one for one in definition.assistants}
    for workflow in definition.workflows:
        error_found = _flaw_of(workflow, known, assistants, tools) or _circle(workflow, known)
        if error_found is not None:
            return workflow.workflow_id, error_found
    return None


def tools_of(definition: Definition) -> Iterator[Named]:
    """Every tool that a workflow or an assistant names."""
    for workflow in definition.workflows:
        for step in every_step(workflow.steps):
            if step.tool is not None:
                yield "workflow", workflow.name, step.tool
    for assistant in definition.assistants:
        for tool in (assistant.runner, *assistant.tools):
            yield "assistant", assistant.name, tool


def every_step(steps: tuple[StepData, ...]) -> Iterator[StepData]:
    """The steps in their order, each followed by what runs instead of it."""
    for step in steps:
        yield step
        if isinstance(step.on_error, StepData):
            yield from every_step((step.on_error,))


def _ids(definition: Definition) -> Iterator[tuple[str, str, str]]:
    for workflow in definition.workflows:
        yield workflow.workflow_id, "workflow", workflow.name
    for assistant in definition.assistants:
        yield assistant.assistant_id, "assistant", assistant.name


def _flaw_of(
    workflow: WorkflowData,
    known: Mapping[str, WorkflowData],
    assistants: Mapping[str, AssistantData],
    tools: Mapping[str, dict[str, Any] | None],
) -> errors.PackageError | None:
    names: set[str] = set()
    for step in every_step(workflow.steps):
        if step.name in names:
            return errors.UnknownReference(
                f"the workflow {workflow.name!r} has two steps {step.name!r}, so that neither can be named",
                hint="give each step, and what runs instead of it, a name of its own",
                name=workflow.name,
                step=step.name,
            )
        names.add(step.name)
        where = f"the step {step.name!r} of the workflow"
        if step.workflow_id is not None and step.workflow_id not in known:
            there = [one.name for one in known.values()]
            return _unknown(where, workflow.name, f"the workflow {step.workflow_id}", "workflows", there)
        if step.assistant_id is not None and step.assistant_id not in assistants:
            there = [one.name for one in assistants.values()]
            return _unknown(where, workflow.name, f"the assistant {step.assistant_id}", "assistants", there)
    outputs: dict[str, Mapping[str, Any] | None] = {}
    for step in workflow.steps:
        fault = _refers_to_nothing(workflow, step, outputs, in_error=False)
        if fault is not None:
            return fault
        own = step.tool.tool_id if step.tool is not None and step.on_error == "fail" else None
        outputs[step.name] = tools.get(own or "")
    return _bad_references(workflow, "its output", workflow.output, outputs, in_error=False)


def _refers_to_nothing(
    workflow: WorkflowData, step: StepData, outputs: Mapping[str, Any], *, in_error: bool
) -> errors.PackageError | None:
    given = [step.text, step.arguments]
    found = _bad_references(workflow, f"its step {step.name!r}", given, outputs, in_error=in_error)
    if found is None and isinstance(step.on_error, StepData):
        return _refers_to_nothing(workflow, step.on_error, outputs, in_error=True)
    return found


def _bad_references(
    workflow: WorkflowData, where: str, value: Any, outputs: Mapping[str, Any], *, in_error: bool
) -> errors.PackageError | None:
    for path in _references(value):
        root, *parts = path.split(".")
        there: list[str] = []
        if root == "error":
            there = ["code", "message", "hint"] if in_error else []
            ok = in_error and (not parts or parts[0] in there)
        elif root == "input":
            there = _fields(workflow.input_schema) or parts[:1]
            ok = not parts or parts[0] in there
        else:
            there = list(outputs)
            ok = bool(parts) and parts[0] in outputs
            fields = _fields(outputs[parts[0]]) if ok else None
            if fields and parts[1:2] and parts[1] not in fields:
                there, ok = fields, False
        if not ok:
            near = get_close_matches((parts or [root])[-1], there, 1)
            hint = f"did you mean {near[0]!r}?" if near else f"there are: {', '.join(there) or 'none'}"
            return errors.UnknownReference(
                f"the workflow {workflow.name!r}: {where} refers to {path!r}, which is not known there",
                hint=hint,
                name=workflow.name,
                path=path,
            )
    return None


def _references(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        if set(value) == {FROM}:
            yield str(value[FROM])
            return
        value = list(value.values())
    if isinstance(value, list | tuple):
        for one in value:
            yield from _references(one)


def _fields(schema: Mapping[str, Any] | None) -> list[str]:
    """The properties that a schema lists; none when it may have others, or says it in another way."""
    if schema is None or "$ref" in schema or schema.get("additionalProperties"):
        return []
    return list(schema.get("properties", ()))


def _circle(workflow: WorkflowData, known: Mapping[str, WorkflowData]) -> errors.PackageError | None:
    ways: dict[str, tuple[str, ...]] = {workflow.workflow_id: (workflow.name,)}
    left = [workflow]
    while left:
        at = left.pop()
        for step in every_step(at.steps):
            if step.workflow_id == workflow.workflow_id:
                return _circular(workflow, (*ways[at.workflow_id], workflow.name))
            inner = known.get(step.workflow_id or "")
            if inner is not None and inner.workflow_id not in ways:
                ways[inner.workflow_id] = (*ways[at.workflow_id], inner.name)
                left.append(inner)
    return None


def _circular(workflow: WorkflowData, way: tuple[str, ...]) -> errors.CircularWorkflow:
    return errors.CircularWorkflow(
        f"the workflow {workflow.name!r} comes back to itself: {' → '.join(way)}",
        hint="a workflow runs others, never itself; repeat something with a tool",
        workflow=workflow.name,
    )


def _unknown(kind: str, name: str, what: str, kinds: str, there: list[str]) -> errors.UnknownReference:
    hint = f"its {kinds} are: {', '.join(there) or 'none'}"
    if kinds == "tools":
        hint += "; a tool is contributed by a contract that lists it"
    where = kind if kind.startswith("the ") else f"the {kind}"
    return errors.UnknownReference(
        f"{where} {name!r} names {what}, which the package does not contribute", hint=hint, name=name
    )
