"""An interface as declarations of TypeScript: what a page holds, which hears of everything a moment later.

Tools and tables answer with promises; an observable is mirrored, and read at once.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Final

from peers_runtime.interfaces import texts
from peers_runtime.interfaces.shapes import (
    EventType,
    Interface,
    ObservableType,
    TableType,
    ToolType,
)
from peers_runtime.interfaces.types import (
    Both,
    Declaration,
    Dictionary,
    Either,
    Field,
    Listing,
    Named,
    Plain,
    Record,
    Row,
    Type,
    Values,
)

_PLAIN: Final = {
    Plain.ANY: "unknown",
    Plain.NEVER: "never",
    Plain.NULL: "null",
    Plain.BOOLEAN: "boolean",
    Plain.INTEGER: "number",
    Plain.NUMBER: "number",
    Plain.STRING: "string",
}
_BARE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def source(interface: Interface) -> str:
    """The whole file, the same text for the same interface."""
    blocks = [_declared(one) for one in interface.declared.values()]
    blocks += [_tool(one, interface) for one in interface.tools]
    blocks += [_table(one) for one in interface.tables]
    blocks += [_observable(one) for one in interface.observables]
    blocks += [_event(one) for one in interface.events]
    blocks += [_contract(interface), _page(interface)]
    title = f"{texts.on_one_line(interface.title)}, version {interface.version}"
    head = [
        f"// Made with: peers types {interface.label} --ts FOLDER",
        f"// What a consumer holds of the contract {title}.",
    ]
    return "\n\n".join("\n".join(block) for block in (head, *blocks)) + "\n"


def written(one: Type) -> str:
    """A type where any type may stand."""
    if isinstance(one, Plain):
        return _PLAIN[one]
    if isinstance(one, Named):
        return one.name
    if isinstance(one, Values):
        return " | ".join(_literal(text) for text in one.texts)
    if isinstance(one, Listing):
        return f"{_part(one.item)}[]"
    if isinstance(one, Row):
        return f"[{', '.join(_items(one))}]"
    if isinstance(one, Dictionary):
        return f"{{ [key: string]: {written(one.value)} }}"
    if isinstance(one, Either):
        return " | ".join(dict.fromkeys(written(choice) for choice in one.choices))
    assert isinstance(one, Both)
    return " & ".join(dict.fromkeys(_part(part) for part in one.parts))


def _items(one: Row) -> Iterator[str]:
    """What stands in a row. Lists among what need not be there have a label: without one, the compiler says
    that a type which speaks of itself in them is nothing but itself.
    """
    for position, item in enumerate(one.items, start=1):
        if position <= one.required:
            yield _part(item)
        else:
            yield f"item{position}?: {written(item)}" if _has_lists(item) else f"{_part(item)}?"
    if one.rest is not None:
        yield f"...{'items: ' if _has_lists(one.rest) else ''}{_part(one.rest)}[]"


def _has_lists(one: Type) -> bool:
    """Whether it is a list, or one among others."""
    if isinstance(one, Either | Both):
        return any(map(_has_lists, one.choices if isinstance(one, Either) else one.parts))
    return isinstance(one, Listing | Row)


def _part(one: Type) -> str:
    """A type inside of another one."""
    said = written(one)
    return f"({said})" if " | " in said or " & " in said else said


def _declared(one: Declaration) -> list[str]:
    if not isinstance(one, Record):
        return [f"export type {one.name} = {written(one.type)};"]
    if not one.fields and not one.is_open:
        return [f"export type {one.name} = {{ [key: string]: never }};"]
    more = ["  [key: string]: unknown;"] if one.is_open else []
    return [f"export interface {one.name} {{", *map(_field, one.fields), *more, "}"]


def _field(one: Field) -> str:
    mark = "" if one.is_required else "?"
    return f"  {_key(one.key)}{mark}: {written(one.type)};" + (f" // {one.note}" if one.note else "")


def _tool(one: ToolType, interface: Interface) -> list[str]:
    said = interface.declared.get(one.arguments.name) if isinstance(one.arguments, Named) else None
    is_needed = not isinstance(said, Record) or any(field.is_required for field in said.fields)
    result = "void" if one.result is Plain.NULL else written(one.result)
    return [
        f"export interface {one.called} {{",
        f"  (args{'' if is_needed else '?'}: {written(one.arguments)}): Promise<{result}>;",
        "}",
    ]


def _table(one: TableType) -> list[str]:
    key, row, new, columns = one.key.name, one.row.name, one.new.name, one.columns.name
    return [
        f"export interface {one.called} {{",
        f"  get(key: {key}): Promise<{row} | null>;",
        f"  list(equals?: {columns}, page?: {{ limit?: number; after?: {key} }}): Promise<{row}[]>;",
        f"  count(equals?: {columns}): Promise<number>;",
        f"  find_one(equals?: {columns}): Promise<{row} | null>;",
        f"  insert(row: {new}): Promise<{row}>;",
        f"  save(row: {new}): Promise<{row}>;",
        f"  update(key: {key}, changes: {one.changes.name}): Promise<{row}>;",
        f"  delete(key: {key}): Promise<boolean>;",
        "}",
    ]


def _observable(one: ObservableType) -> list[str]:
    value = written(one.value)
    return [
        f"export interface {one.called} {{",
        f"  (): {value};",
        *([f"  set(value: {value}): Promise<void>;"] if one.is_writable else []),
        f"  subscribe(callback: (value: {value}) => void): () => void;",
        "}",
    ]


def _event(one: EventType) -> list[str]:
    return [
        f"export interface {one.called} {{",
        f"  subscribe(callback: (payload: {written(one.payload)}) => void): () => void;",
        "}",
    ]


def _contract(interface: Interface) -> list[str]:
    members: Sequence[tuple[str, Sequence[ToolType | TableType | ObservableType | EventType]]] = (
        ("tools", interface.tools),
        ("tables", interface.tables),
        ("observables", interface.observables),
        ("events", interface.events),
    )
    lines = [f"export interface {interface.called} {{"]
    for kind, found in members:
        if found:
            lines += [
                f"  readonly {kind}: {{",
                *(f"    readonly {_key(one.name)}: {one.called};" for one in found),
                "  };",
            ]
        else:
            lines.append(f"  readonly {kind}: {{ readonly [name: string]: never }};")
    return [*lines, "  dispose(): void;", "}"]


def _page(interface: Interface) -> list[str]:
    """What leads there."""
    which = f"id: {_quoted(interface.contract_id)}, version: {interface.version}"
    return [
        "// What a page's `mount(element, ctx)` gets as `ctx`, as far as this contract goes.",
        "export interface Page {",
        f"  contract({which}): Promise<{interface.called}>;",
        "}",
    ]


def _key(key: str) -> str:
    return key if _BARE.fullmatch(key) and key != "constructor" else _quoted(key)


def _literal(text: str) -> str:
    value = json.loads(text)
    return _quoted(value) if isinstance(value, str) else text


def _quoted(text: str) -> str:
    return texts.quoted(text, lambda one: json.dumps(one)[1:-1])
