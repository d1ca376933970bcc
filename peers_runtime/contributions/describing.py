"""What an author's objects say, as data for the snapshot."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Iterator, Mapping
from types import FunctionType, MethodType, ModuleType
from typing import Any, cast

import pluggy

from peers_runtime.authoring import places
from peers_runtime.authoring.contracts import Consumed, ContractBuilder, ContractTool
from peers_runtime.authoring.events import Event
from peers_runtime.authoring.observables import Observable
from peers_runtime.authoring.places import is_model
from peers_runtime.authoring.tables import Table
from peers_runtime.authoring.tools import Tool
from peers_runtime.authoring.variables import Variable
from peers_runtime.authoring.workflows import Assistant, Step, Workflow
from peers_runtime.base import canonical, errors
from peers_runtime.contributions import acceptance, schemas
from peers_runtime.contributions.references import References
from peers_runtime.contributions.uis import WEB_MODULE
from peers_runtime.model.contributions import UI, PropsSchema, Route
from peers_runtime.model.manifest import (
    ClaimData,
    ConsumedData,
    ContractData,
    EventData,
    HookData,
    ObservableData,
    RouteData,
    TableData,
    ToolData,
    UIData,
    VariableData,
)
from peers_runtime.model.workflows import AssistantData, StepData, ToolReference, WorkflowData

_MARK = "_impl"
_REFERENCE = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*:[^\W\d]\w*(\.[^\W\d]\w*)*")


def route(found: Route, where: str, references: References) -> RouteData:
    """`where` is the place for error messages: `notes.routes, route 2`. Raises `InvalidDefinition`."""
    parameters = [segment[1:] for segment in (found.path or "").split("/") if segment[:1] == ":"]
    if not all(name.isidentifier() for name in parameters) or len(parameters) != len(set(parameters)):
        raise _invalid(
            where, f"the parameters of its path {found.path!r} are not names that differ", "notes/:note_id"
        )
    return RouteData(
        peers_ui_id=found.peers_ui_id,
        path=found.path,
        pattern=found.pattern,
        ui_category=found.ui_category,
        ui_subcategory=found.ui_subcategory,
        ui_edit_mode=found.ui_edit_mode,
        props_schema=_props_schema(found.props_schema, where, references),
        has_is_match=found.is_match is not None,
        priority=found.priority,
    )


def ui(found: UI, where: str, references: References) -> UIData:
    """Without a reference, for content or props model, the UI is found by its position in the list."""
    if found.target == WEB_MODULE:
        return _web_module(found, where, references)
    schema = found.props_schema
    reference = found.content if isinstance(found.content, str) else references.of(found.content)
    if isinstance(found.content, str) and not _REFERENCE.fullmatch(found.content):
        raise _invalid(
            where,
            f"its content {found.content!r} is no reference",
            "write 'module:attribute': 'notes.ui.home:render'",
        )
    props_reference = references.of(schema) if is_model(schema) else None
    if is_model(schema) and props_reference is None:
        reference = None
    return UIData(
        peers_ui_id=found.peers_ui_id,
        name=found.name,
        type=found.type,
        target=found.target,
        reference=reference,
        props_schema=_props_schema(schema, where, references),
        props_reference=props_reference,
        assets=found.assets,
    )


def _web_module(found: UI, where: str, references: References) -> UIData:
    """Its content is data, so that no code of the package is imported to show it."""
    if not isinstance(found.content, str) or found.content not in found.assets:
        raise _invalid(
            where,
            f"its target is {WEB_MODULE!r}, and its content {found.content!r} is none of its assets",
            f"name an ES module: content='assets/{found.name.lower()}.js', which assets=[…] has too",
        )
    return UIData(
        peers_ui_id=found.peers_ui_id,
        name=found.name,
        type=found.type,
        target=found.target,
        props_schema=_props_schema(found.props_schema, where, references),
        assets=found.assets,
        asset=found.content,
    )


def tool(found: Tool[..., Any], references: References) -> ToolData:
    output = found.output_model
    return ToolData(
        tool_id=found.tool_id,
        name=found.name,
        usage_description=found.usage,
        input_schema=schemas.of_model(found.input_model, references.logical, closed=True),
        output_schema=None
        if output is None
        else schemas.of_model(output, references.logical, mode="serialization"),
        reference=references.of(found),
        is_async=found.is_async,
        hints=found.hints,
    )


def table(found: Table, references: References) -> TableData:
    return TableData(
        table_id=found.table_id,
        name=found.name,
        version=found.version,
        primary_key=found.primary_key,
        indexes=found.indexes,
        row_schema=schemas.of_model(found.model, references.logical, by_alias=False),
        reference=references.of_value_in(found.place.module, found),
    )


def observable(found: Observable, references: References) -> ObservableData:
    return ObservableData(
        observable_id=found.observable_id,
        name=found.name,
        value_schema=schemas.of_type(found.adapter, references.logical, mode="serialization"),
        writable=found.writable,
        reference=references.of_value_in(found.place.module, found),
    )


def event(found: Event, references: References) -> EventData:
    return EventData(
        event_id=found.event_id,
        name=found.name,
        payload_schema=schemas.of_model(found.payload, references.logical, mode="serialization"),
        has_source=found.source is not None,
        reference=references.of_value_in(found.place.module, found),
    )


def consumed(found: Consumed) -> ConsumedData:
    return ConsumedData(
        contract_id=found.contract_id,
        version=found.version,
        optional=found.optional,
        providers=tuple(found.providers),
        fallback=found.fallback,
    )


def contract(found: ContractBuilder) -> ContractData:
    return ContractData(
        contract_id=found.contract_id,
        version=found.version,
        name=found.name,
        tools=tuple(tool.tool_id for tool in found.tools),
        tables=tuple(table.table_id for table in found.tables),
        observables=tuple(one.observable_id for one in found.observables),
        events=tuple(one.event_id for one in found.events),
        also_implements=tuple(
            ClaimData(contract_id=claim.contract_id, first=claim.first, last=claim.last)
            for claim in found.claims
        ),
    )


def variable(found: Variable, references: References) -> VariableData:
    """Raises `InvalidDefinition` for a type whose values are masked when they are written."""
    schema = schemas.of_type(found.adapter, references.logical, by_alias=False)
    if '"writeOnly": true' in json.dumps(schema):
        raise places.invalid(
            found.place,
            f"Variable {found.name!r}: its type holds a SecretStr, which is written as asterisks",
            "give the plain type and say that it is a secret: type=str, secret=True",
        )
    default = found.default
    if default is not None:
        default = found.adapter.dump_python(default, mode="json", by_alias=False)
        try:
            canonical.dumps(default)
        except ValueError as error:
            raise places.invalid(
                found.place, f"Variable {found.name!r}: the default cannot be kept as JSON: {error}"
            ) from error
    return VariableData(
        variable_id=found.variable_id,
        name=found.name,
        scope=found.scope,
        value_schema=schema,
        default=default,
        secret=found.secret,
        description=found.description,
        reference=references.of_value_in(found.place.module, found),
    )


def workflow(found: Workflow, references: References) -> WorkflowData:
    return WorkflowData(
        workflow_id=found.workflow_id,
        name=found.name,
        usage_description=found.usage,
        input_schema=schemas.of_model(found.input_model, references.logical, closed=True),
        steps=tuple(_step(step) for step in found.steps),
        output=found.output,
        reference=references.of_value_in(found.place.module, found),
    )


def assistant(found: Assistant, references: References) -> AssistantData:  # noqa: ARG001  # as all others
    return AssistantData(
        assistant_id=found.assistant_id,
        name=found.name,
        instructions=found.instructions,
        tools=tuple(_tool_reference(one) for one in found.tools),
        runner=_tool_reference(found.runner),
    )


def hooks(module: ModuleType, name: str) -> Iterator[HookData]:
    """Every function of the module with a mark of `pluggy.HookimplMarker`, in pluggy's order (by name)."""
    for attribute, value in sorted(vars(module).items()):
        function = value.__func__ if isinstance(value, MethodType) else value
        if not isinstance(function, FunctionType):
            continue
        for mark, options in vars(function).items():
            if mark.endswith(_MARK) and isinstance(options, dict) and "tryfirst" in options:
                yield _hook(value, f"{name}:{attribute}", mark.removesuffix(_MARK), options)


def _step(found: Step) -> StepData:
    instead = found.on_error
    return StepData(
        name=found.name,
        tool=None if found.tool is None else _tool_reference(found.tool),
        workflow_id=found.workflow.workflow_id if isinstance(found.workflow, Workflow) else found.workflow,
        assistant_id=found.assistant.assistant_id
        if isinstance(found.assistant, Assistant)
        else found.assistant,
        text=found.text,
        arguments=found.arguments,
        retries=found.retries,
        on_error=_step(instead) if isinstance(instead, Step) else instead,
    )


def _tool_reference(found: Tool[..., Any] | ContractTool | str) -> ToolReference:
    if isinstance(found, ContractTool):
        return ToolReference(contract_id=found.contract_id, version=found.version, name=found.name)
    if isinstance(found, str):
        return ToolReference(tool_id=found)
    return ToolReference(tool_id=found.tool_id, name=found.name)


def _hook(function: Any, reference: str, project: str, options: Any) -> HookData:
    given = {key: value for key, value in options.items() if value and key != "specname"}
    is_generator = inspect.isgeneratorfunction(function)
    hook = options.get("specname") or reference.partition(":")[2]
    wraps = given.get("wrapper") or given.get("hookwrapper")
    if wraps and not is_generator:
        raise invalid_hook(reference, hook, project, "it is a wrapper but has no yield")
    if given.get("wrapper") and given.get("hookwrapper"):
        raise invalid_hook(reference, hook, project, "wrapper and hookwrapper exclude each other")
    # pluggy's own reading of the parameters, so that it can never differ from what pluggy does with them
    full = cast("pluggy.HookimplOpts", {**_NO_OPTIONS, **options})
    read = pluggy.HookImpl(None, "", function, full)
    return HookData(
        project_name=project,
        hook=hook,
        reference=reference,
        argument_names=read.argnames,
        keyword_names=read.kwargnames,
        is_generator=is_generator,
        options=given,
    )


def invalid_hook(reference: str, hook: str, project: str, fault: str, label: str = "") -> errors.InvalidHook:
    """The error for a hook implementation that cannot be; `label` is that of the version, when known."""
    of = f"{label}: " if label else ""
    return errors.InvalidHook(
        f"{of}hook {hook!r} of {project!r}, implemented by {reference}: {fault}",
        hint="compare the function with the host's hook specification",
        package=label,
        hook=hook,
        project=project,
        reference=reference,
    )


_NO_OPTIONS: pluggy.HookimplOpts = {
    "wrapper": False,
    "hookwrapper": False,
    "optionalhook": False,
    "tryfirst": False,
    "trylast": False,
    "specname": None,
}


def _props_schema(schema: PropsSchema | None, where: str, references: References) -> dict[str, Any] | None:
    if schema is None:
        return None
    if is_model(schema):
        return schemas.of_model(schema, references.logical)
    assert isinstance(schema, Mapping)  # the record takes nothing else
    try:
        data = schemas.plain(schema)
    except (TypeError, ValueError) as error:
        raise _invalid(where, f"its props_schema is not JSON: {error}") from error
    fault = acceptance.fault(data)
    if fault is not None:
        raise _invalid(where, f"its props_schema is no JSON Schema: {fault}", "see https://json-schema.org")
    return data


def _invalid(where: str, fault: str, hint: str = "") -> errors.InvalidDefinition:
    return errors.InvalidDefinition(f"{where}: {fault}", hint=hint, where=where)
