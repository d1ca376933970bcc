"""The shape of a contract: all that its consumers may notice, as data, and nothing else.

Two definitions that say the same in other words (another order, other names of models, other documentation)
have one shape; whatever a consumer could notice makes another one. A shape is frozen when the contract first
becomes stable in a context, so its format is final for what it holds:

    {"format": 1,
     "tools": {tool_id: {"name", "arguments", "result" (left out when it returns nothing),
                         "async" (only when it is)}},
     "tables": {table_id: {"name", "version", "primaryKey", "indexes", "row"}},
     "observables": {observable_id: {"name", "value", "writable" (only when others may set it)}},
     "events": {event_id: {"name", "payload"}}}

Observables and events are left out of a contract that has none. `arguments`, `result`, `row`, `value` and
`payload` are JSON Schemas as `rules.schemas` writes them; indexes are sorted. The names of the contract and
of the package, which others it fulfils, how a tool is to be used, and where its code is lie outside; so does
what a model asks for beyond its JSON Schema, in validators of its own or as the type of a dictionary's keys.

A further kind of member gets a key of its own, beside `tools`, that is there only when a contract has such
members, and further data about a tool or a table likewise: what was frozen before keeps its shape and digest.
Until it is taken up in `_KNOWN`, a contract that has any is refused, so nothing is frozen in part.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, NamedTuple

from peers_runtime.base import canonical, errors
from peers_runtime.model.catalog import FrozenShape
from peers_runtime.model.manifest import (
    ContractData,
    Definition,
    EventData,
    JSONSchema,
    ObservableData,
    TableData,
    ToolData,
)
from peers_runtime.model.wire import Record
from peers_runtime.rules import schemas
from peers_runtime.rules.schema_differences import differences as schema_differences

FORMAT: Final = 1

_KNOWN: Final[Mapping[type[Record], frozenset[str]]] = {
    ContractData: frozenset(
        {
            "contract_id", "version", "name", "tools", "tables", "observables", "events",
            "also_implements",  # what it is good for besides, no part of what it is
        }
    ),
    ToolData: frozenset(
        {
            "tool_id", "name", "input_schema", "output_schema", "is_async",
            "usage_description", "hints", "reference",  # documentation, and where the code is
        }
    ),
    TableData: frozenset(
        {"table_id", "name", "version", "primary_key", "indexes", "row_schema", "reference"}
    ),
    ObservableData: frozenset({"observable_id", "name", "value_schema", "writable", "reference"}),
    EventData: frozenset({"event_id", "name", "payload_schema", "has_source", "reference"}),
}  # fmt: skip


class Difference(NamedTuple):
    """One difference in words, and whether a consumer may lose by it."""

    words: str
    is_lossy: bool
    is_of_default: bool = False  # only about the value of a part that was left out


def shape(definition: Definition, contract: ContractData) -> dict[str, Any]:
    """The shape of a contract of the definition.

    Raises `ContractNotFreezable` for a contract that holds something whose shape is not known here, that
    names a tool or table which the definition lacks, or whose schemas refer to something outside of them.
    """
    _refuse_unknown(contract, ContractData, "it", contract)
    tools = _members(contract, "tool", contract.tools, {tool.tool_id: tool for tool in definition.tools})
    tables = _members(
        contract, "table", contract.tables, {table.table_id: table for table in definition.tables}
    )
    observables = _members(
        contract,
        "observable",
        contract.observables,
        {one.observable_id: one for one in definition.observables},
    )
    events = _members(contract, "event", contract.events, {one.event_id: one for one in definition.events})
    later = {
        "observables": {one.observable_id: _observable(one, contract) for one in observables},
        "events": {one.event_id: _event(one, contract) for one in events},
    }
    return {
        "format": FORMAT,
        "tools": {tool.tool_id: _tool(tool, contract) for tool in tools},
        "tables": {table.table_id: _table(table, contract) for table in tables},
        **{kind: members for kind, members in later.items() if members},
    }


def shape_digest(shape: Mapping[str, Any]) -> str:
    """The SHA-256 of the shape's canonical JSON: the same for equal shapes only."""
    return canonical.digest(shape)


def differences(frozen: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[str, ...]:
    """What a consumer would notice, in words, one sentence each; none when the shapes are equal.

    "tool add_note: argument title: was string, is integer".
    """
    return tuple(one.words for one in compared(frozen, new))


def compared(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Difference, ...]:
    """`differences`, each with whether a consumer of the shape before may lose by it.

    Consumers give arguments, take results, and do both with rows. What is not known to be harmless is lossy.
    """
    return tuple(_differences(before, after))


def refuse_other(kept: FrozenShape, new: FrozenShape) -> None:
    """Raises `ContractFrozen`, with the differences, when another shape than the kept one would be frozen."""
    found = differences(kept.shape, new.shape)
    if found:
        raise errors.ContractFrozen(
            f"version {kept.version} of the contract {kept.contract_id} became stable in context"
            f" {kept.context_id!r} at {kept.at} with another shape: {'; '.join(found)}",
            hint=f"raise its version in the definition: pkg.contract(…, {kept.version + 1}, …)",
            context=kept.context_id,
            contract=kept.contract_id,
            version=kept.version,
            differences=found,
            frozen_by=kept.package_version_id,
            at=kept.at,
        )


def _members(
    contract: ContractData, word: str, ids: Iterable[str], members: Mapping[str, Any]
) -> Iterator[Any]:
    for one in sorted({*ids}):
        if one not in members:
            raise _not_freezable(contract, f"the package does not contribute its {word} {one}")
        yield members[one]


def _tool(tool: ToolData, contract: ContractData) -> dict[str, Any]:
    what = f"the tool {tool.name}"
    _refuse_unknown(tool, ToolData, what, contract)
    found: dict[str, Any] = {
        "name": tool.name,
        "arguments": _schema(tool.input_schema, f"the input model of {what}", contract),
    }
    if tool.output_schema is not None:
        found["result"] = _schema(tool.output_schema, f"the output model of {what}", contract)
    if tool.is_async:  # called where an event loop runs, such a tool must be awaited
        found["async"] = True
    return found


def _table(table: TableData, contract: ContractData) -> dict[str, Any]:
    what = f"the table {table.name}"
    _refuse_unknown(table, TableData, what, contract)
    return {
        "name": table.name,
        "version": table.version,
        "primaryKey": table.primary_key,
        "indexes": sorted({*table.indexes}),
        "row": _schema(table.row_schema, f"the model of {what}", contract),
    }


def _observable(observable: ObservableData, contract: ContractData) -> dict[str, Any]:
    what = f"the observable {observable.name}"
    _refuse_unknown(observable, ObservableData, what, contract)
    found: dict[str, Any] = {
        "name": observable.name,
        "value": _schema(observable.value_schema, f"the type of {what}", contract),
    }
    if observable.writable:
        found["writable"] = True
    return found


def _event(event: EventData, contract: ContractData) -> dict[str, Any]:
    what = f"the event {event.name}"
    _refuse_unknown(event, EventData, what, contract)
    return {
        "name": event.name,
        "payload": _schema(event.payload_schema, f"the payload of {what}", contract),
    }


def _schema(schema: JSONSchema, what: str, contract: ContractData) -> JSONSchema:
    try:
        return schemas.simplest(schema)
    except ValueError as error:
        raise _not_freezable(contract, f"the JSON Schema of {what} cannot be kept: {error}") from error


def _refuse_unknown(record: Record, kind: type[Record], what: str, contract: ContractData) -> None:
    """A field that is as if it were not there says nothing, so it stops nothing."""
    for name, field in type(record).model_fields.items():
        if name not in _KNOWN[kind] and getattr(record, name) != field.get_default(call_default_factory=True):
            raise _not_freezable(
                contract, f"{what} has {name.replace('_', ' ')}, of which no shape can be kept yet"
            )


def _not_freezable(contract: ContractData, fault: str) -> errors.ContractNotFreezable:
    return errors.ContractNotFreezable(
        f"the contract {contract.name!r} (version {contract.version}) cannot be frozen: {fault}",
        hint="take it out of the contract, or leave the version at beta",
        contract=contract.contract_id,
        version=contract.version,
        fault=fault,
    )


def _differences(frozen: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Difference]:
    if frozen["format"] != new["format"]:  # whoever adds a format says how it compares with this one
        words = f"the shape was kept in format {frozen['format']}, and is in format {new['format']}"
        yield Difference(words, is_lossy=True)
        return
    for kind in sorted({*frozen, *new} - {"format"}):
        was, now = frozen.get(kind, {}), new.get(kind, {})
        word = kind.removesuffix("s")
        for one in sorted(was.keys() | now.keys()):
            if one not in now:
                yield Difference(f"{word} {was[one]['name']} ({one}) is gone", is_lossy=True)
            elif one not in was:
                yield Difference(f"{word} {now[one]['name']} ({one}) is new", is_lossy=False)
            else:
                for found in of_member(kind, was[one], now[one]):
                    yield found._replace(words=f"{word} {was[one]['name']}: {found.words}")


def of_member(kind: str, was: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[Difference]:
    """What differs between two shapes of one member, a kind of which is "tools", "tables", …"""
    parts = _PARTS.get(kind, {})
    for key in sorted(was.keys() | now.keys()):
        if key in parts and key in was and key in now:
            is_given, is_taken = _directions(key, was)
            for one in schema_differences(was[key], now[key], key, parts[key]):
                is_lossy = (one.hurts_givers and is_given) or (one.hurts_takers and is_taken)
                yield Difference(one.words, is_lossy, one.is_of_default)
        elif schemas.text(was.get(key)) != schemas.text(now.get(key)):
            words = f"{_WORDS.get(key, key)}: was {_said(key, was, parts)}, is {_said(key, now, parts)}"
            is_more = {*was[key]} < {*now[key]} if key == "indexes" else key in _MORE and key not in was
            yield Difference(words, is_lossy=not is_more)


def _directions(key: str, member: Mapping[str, Any]) -> tuple[bool, bool]:
    """Whether consumers give, and whether they take, what a schema describes."""
    if key == "value":
        return "writable" in member, True
    return key in _GIVEN, key != "arguments"


def _said(key: str, member: Mapping[str, Any], parts: Mapping[str, str]) -> str:
    value = member.get(key)
    if key in parts:
        return "nothing" if value is None else "there"
    if isinstance(value, list):
        return ", ".join(value) or "none"
    return "yes" if value is True else "no" if value is None else str(value)


# A member's schemas, and what a part of what each describes is called.
_PARTS: Final[Mapping[str, Mapping[str, str]]] = {
    "events": {"payload": "payload"},
    "observables": {"value": "value"},
    "tables": {"row": "column"},
    "tools": {"arguments": "argument", "result": "result"},
}
_GIVEN: Final = frozenset({"arguments", "row"})
_MORE: Final = frozenset({"result", "writable"})  # what was not there before, and is more for a consumer
_WORDS: Final = {"primaryKey": "primary key"}
