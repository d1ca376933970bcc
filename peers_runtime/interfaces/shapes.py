"""A contract's shape as an interface: its members by name, and the types that they speak of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from peers_runtime.interfaces.names import Names
from peers_runtime.interfaces.reading import Reader
from peers_runtime.interfaces.types import Declaration, Named, Plain, Record, Type

RESERVED: Final = frozenset(
    {
        # what generated Python imports or has anyhow
        "Any", "CONTRACT", "Callable", "False", "Final", "Iterator", "Literal", "Never", "None",
        "NotRequired", "Protocol", "Sequence", "True", "TypeAlias", "TypedDict", "Unpack",
        # what generated TypeScript has anyhow
        "Page", "Promise",
        # the members, by kind
        "Events", "Observables", "Tables", "Tools",
    }
)  # fmt: skip


@dataclass(frozen=True)
class ToolType:
    name: str
    called: str
    arguments: Type
    result: Type


@dataclass(frozen=True)
class TableType:
    """`row` is what one gets, `new` what one gives; `columns` may be asked for, `changes` made."""

    name: str
    called: str
    key: Named
    row: Named
    new: Named
    columns: Named
    changes: Named


@dataclass(frozen=True)
class ObservableType:
    name: str
    called: str
    value: Type
    is_writable: bool


@dataclass(frozen=True)
class EventType:
    name: str
    called: str
    payload: Type


@dataclass(frozen=True)
class Interface:
    """`called` is the name of the whole; `declared` are the types that the members speak of, by name."""

    contract_id: str
    version: int
    title: str
    called: str
    tools: tuple[ToolType, ...]
    tables: tuple[TableType, ...]
    observables: tuple[ObservableType, ...]
    events: tuple[EventType, ...]
    declared: Mapping[str, Declaration]

    @property
    def label(self) -> str:
        return f"{self.contract_id}@{self.version}"


def interface(contract_id: str, version: int, title: str, shape: Mapping[str, Any]) -> Interface:
    """The interface of a contract whose shape is as `rules.contracts` writes it."""
    names = Names(RESERVED)
    called = names.take(title, "Contract")
    reader = Reader(names)
    return Interface(
        contract_id=contract_id,
        version=version,
        title=title,
        called=called,
        tools=tuple(_tool(reader, one) for one in _members(shape, "tools")),
        tables=tuple(_table(reader, one) for one in _members(shape, "tables")),
        observables=tuple(_observable(reader, one) for one in _members(shape, "observables")),
        events=tuple(_event(reader, one) for one in _members(shape, "events")),
        declared=reader.declared,
    )


def _members(shape: Mapping[str, Any], kind: str) -> Iterator[Mapping[str, Any]]:
    """By name, as consumers ask for them."""
    by_name = {one["name"]: one for _, one in sorted(shape.get(kind, {}).items())}
    for name in sorted(by_name):
        yield by_name[name]


def _tool(reader: Reader, member: Mapping[str, Any]) -> ToolType:
    name = member["name"]
    called = reader.names.take(name, "Tool")
    arguments = reader.read(member["arguments"], name, "Arguments")
    result = reader.read(member["result"], name, "Result") if "result" in member else Plain.NULL
    return ToolType(name, called, arguments, result)


def _table(reader: Reader, member: Mapping[str, Any]) -> TableType:
    name = member["name"]
    called = reader.names.take(name, "Table")
    row = reader.declare(reader.read(member["row"], name, "Row"), name, "Row")
    said = reader.declared[row.name]
    if not isinstance(said, Record):
        key = reader.declare(Plain.ANY, name, "Key")
        return TableType(name, called, key, row, row, row, row)
    types = {one.key: one.type for one in said.fields}
    key = reader.declare(types.get(member["primaryKey"], Plain.ANY), name, "Key")
    new = row
    if not all(one.is_required for one in said.fields):
        new = Named(reader.names.take("New", name, "Row"))
        reader.declared[new.name] = replace(said, name=new.name)
        # a default is what a row has when nobody gave the column: whoever gets the row gets all of them
        complete = tuple(replace(one, is_required=True) for one in said.fields)
        reader.declared[row.name] = replace(said, fields=complete)
    loose = tuple(replace(one, is_required=False) for one in said.fields)
    columns, changes = (Named(reader.names.take(name, word)) for word in ("Columns", "Changes"))
    reader.declared[columns.name] = Record(columns.name, loose)
    rest = tuple(one for one in loose if one.key != member["primaryKey"])
    reader.declared[changes.name] = Record(changes.name, rest)
    return TableType(name, called, key, row, new, columns, changes)


def _observable(reader: Reader, member: Mapping[str, Any]) -> ObservableType:
    name = member["name"]
    called = reader.names.take(name, "Observable")
    value = reader.read(member["value"], name, "Value")
    return ObservableType(name, called, value, bool(member.get("writable")))


def _event(reader: Reader, member: Mapping[str, Any]) -> EventType:
    name = member["name"]
    called = reader.names.take(name, "Event")
    return EventType(name, called, reader.read(member["payload"], name, "Payload"))
