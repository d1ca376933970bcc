"""An interface as one Python module: protocols for what a consumer holds, typed dictionaries for data.

Fixed lists become lists of what may stand in them, since data that was JSON has no tuples. An object that may
have more entries than those it names is a dictionary of anything where a consumer may give it: a typed
dictionary would refuse the others.
"""

from __future__ import annotations

import json
import keyword
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from peers_runtime.interfaces import texts
from peers_runtime.interfaces.shapes import (
    RESERVED,
    EventType,
    Interface,
    ObservableType,
    TableType,
    ToolType,
)
from peers_runtime.interfaces.types import (
    Alias,
    Both,
    Declaration,
    Dictionary,
    Either,
    Listing,
    Named,
    Plain,
    Record,
    Row,
    Type,
    Values,
    either,
)

_PLAIN: Final = {
    Plain.ANY: "Any",
    Plain.NEVER: "Never",
    Plain.NULL: "None",
    Plain.BOOLEAN: "bool",
    Plain.INTEGER: "int",
    Plain.NUMBER: "float",
    Plain.STRING: "str",
}
_SPOKEN: Final = RESERVED | {"bool", "dict", "float", "int", "list", "str"}  # by annotations
_IMPORTS: Final = (
    ("collections.abc", ("Callable", "Iterator", "Sequence")),
    (
        "typing",
        (
            *(
                "Any",
                "Final",
                "Literal",
                "Never",
                "NotRequired",
                "Protocol",
                "TypeAlias",
                "TypedDict",
                "Unpack",
            ),
            "overload",
        ),
    ),
)
Members = Sequence[ToolType] | Sequence[TableType] | Sequence[ObservableType] | Sequence[EventType]


def source(interface: Interface) -> str:
    """The whole module, the same text for the same interface."""
    blocks = [_declared(one, interface) for one in interface.declared.values()]
    blocks += [_tool(one, interface) for one in interface.tools]
    blocks += [_table(one, interface) for one in interface.tables]
    blocks += [_observable(one) for one in interface.observables]
    blocks += [_event(one) for one in interface.events]
    blocks += [
        _members("Tools", interface.tools, "tools"),
        _members("Tables", interface.tables, "tables"),
        _members("Observables", interface.observables, "observables"),
        _members("Events", interface.events, "events"),
        _contract(interface),
    ]
    body = "\n\n\n".join("\n".join(block) for block in blocks)
    title = texts.on_one_line(interface.title)
    head = [
        f"# Made with: peers types {interface.label} --py FOLDER",
        f'"""What a consumer holds of the contract {title}, version {interface.version}."""',
        "",
        "from __future__ import annotations",
        "",
        *_imports(body),
        "",
        f"CONTRACT: Final = ({_quoted(interface.contract_id)}, {interface.version})",
        '"""What `ctx.contract` is asked for: `ctx.contract(*CONTRACT)`."""',
    ]
    return "\n".join(head) + "\n\n\n" + body + "\n"


def written(one: Type) -> str:
    """A type as an annotation."""
    if isinstance(one, Plain):
        return _PLAIN[one]
    if isinstance(one, Named):
        return one.name
    if isinstance(one, Values):
        return f"Literal[{', '.join(_literal(text) for text in one.texts)}]"
    if isinstance(one, Listing):
        return f"list[{written(one.item)}]"
    if isinstance(one, Row):
        return f"list[{written(either((*one.items, *([one.rest] if one.rest is not None else []))))}]"
    if isinstance(one, Dictionary):
        return f"dict[str, {written(one.value)}]"
    if isinstance(one, Either):
        return " | ".join(dict.fromkeys(written(choice) for choice in one.choices))
    assert isinstance(one, Both)
    return "Any"  # Python cannot say that a value is two things at once


def _declared(one: Declaration, interface: Interface) -> list[str]:
    if isinstance(one, Alias):
        return [f"{one.name}: TypeAlias = {_in_quotes(one.type)}"]
    if _is_loose(one):
        known = ", ".join(texts.on_one_line(field.key) for field in one.fields)
        return [f'{one.name}: TypeAlias = "dict[str, Any]"', *([f"# with: {known}"] if known else [])]
    if all(_is_attribute(field.key, interface) for field in one.fields):
        lines = [
            f"    {field.key}: {_entry(field.type, is_required=field.is_required)}{_note(field.note)}"
            for field in one.fields
        ]
        return [f"class {one.name}(TypedDict):", *(lines or ["    pass"])]
    entries = ((field, _in_quotes(field.type, is_required=field.is_required)) for field in one.fields)
    lines = [f"        {_quoted(field.key)}: {said},{_note(field.note)}" for field, said in entries]
    return [f"{one.name} = TypedDict(", f"    {_quoted(one.name)},", "    {", *lines, "    },", ")"]


def _is_loose(one: Record) -> bool:
    """Whether no typed dictionary says what it is; pyright takes no empty key in one."""
    return one.is_open or any(not field.key for field in one.fields)


def _entry(one: Type, *, is_required: bool) -> str:
    return written(one) if is_required else f"NotRequired[{written(one)}]"


def _in_quotes(one: Type, *, is_required: bool = True) -> str:
    """An annotation that may speak of what comes later. Checkers take no escapes in one."""
    said = _entry(one, is_required=is_required)
    if "\\" in said or "'" in said:
        said = _entry(_without_texts(one), is_required=is_required)
    return f"'{said}'" if '"' in said else f'"{said}"'


def _without_texts(one: Type) -> Type:
    """The type with any text where it says which texts."""
    if isinstance(one, Values):
        kept = Values(tuple(text for text in one.texts if not text.startswith('"')))
        return either([Plain.STRING, *([kept] if kept.texts else [])])
    if isinstance(one, Listing):
        return Listing(_without_texts(one.item))
    if isinstance(one, Dictionary):
        return Dictionary(_without_texts(one.value))
    if isinstance(one, Row):
        rest = None if one.rest is None else _without_texts(one.rest)
        return Row(tuple(map(_without_texts, one.items)), one.required, rest)
    return either(map(_without_texts, one.choices)) if isinstance(one, Either) else one


def _note(note: str) -> str:
    return f"  # {note}" if note else ""


def _is_attribute(key: str, interface: Interface) -> bool:
    """Whether it can stand as `key: type` in a class, where it must hide no name that types speak of."""
    return (
        key.isidentifier()
        and not keyword.iskeyword(key)
        and not key.startswith("__")  # Python would change it
        and unicodedata.normalize("NFKC", key) == key  # as well
        and key not in _SPOKEN
        and key not in interface.declared
    )


def _tool(one: ToolType, interface: Interface) -> list[str]:
    arguments = _keywords("arguments", one.arguments, interface)
    return [
        f"class {one.called}(Protocol):",
        f"    def __call__(self{arguments}) -> {written(one.result)}: ...",
        f"    async def acall(self{arguments}) -> {written(one.result)}: ...",
    ]


def _table(one: TableType, interface: Interface) -> list[str]:
    equals = _keywords("equals", one.columns, interface)
    columns = interface.declared[one.columns.name]
    hides = isinstance(columns, Record) and {"after", "limit"} & {field.key for field in columns.fields}
    listed = ", **equals: Any" if hides else equals.removeprefix(", /")
    changes = _keywords("changes", one.changes, interface).removeprefix(", /")
    key, row, new = one.key.name, one.row.name, one.new.name
    return [
        f"class {one.called}(Protocol):",
        f"    def get(self, key: {key}, /) -> {row} | None: ...",
        "    def list(",
        f"        self, /, *, limit: int | None = None, after: {key} | None = None{listed}",
        f"    ) -> Sequence[{row}]: ...",
        f"    def each(self{equals}) -> Iterator[{row}]: ...",
        f"    def count(self{equals}) -> int: ...",
        f"    def find_one(self{equals}) -> {row} | None: ...",
        f"    def insert(self, row: {new}, /) -> {row}: ...",
        f"    def save(self, row: {new}, /) -> {row}: ...",
        f"    def update(self, key: {key}, /{changes}) -> {row}: ...",
        f"    def delete(self, key: {key}, /) -> bool: ...",
    ]


def _observable(one: ObservableType) -> list[str]:
    value = written(one.value)
    lines = [f"class {one.called}(Protocol):", f"    def __call__(self) -> {value}: ..."]
    if one.is_writable:
        lines.append(f"    def set(self, value: {value}, /) -> None: ...")
    return [*lines, _subscribe(value)]


def _event(one: EventType) -> list[str]:
    return [
        f"class {one.called}(Protocol):",
        _subscribe(written(one.payload)),
    ]


def _subscribe(told: str) -> str:
    return f"    def subscribe(self, callback: Callable[[{told}], object], /) -> Callable[[], None]: ..."


def _members(called: str, members: Members, kind: str) -> list[str]:
    lines = [f"class {called}(Protocol):", f'    """The {kind} by name."""', ""]
    for one in members:
        lines += ["    @overload"] if len(members) > 1 else []
        lines += [f"    def __getitem__(self, name: Literal[{_quoted(one.name)}], /) -> {one.called}: ..."]
    return [
        *lines,
        "    def __contains__(self, name: object, /) -> bool: ...",
        "    def __iter__(self) -> Iterator[str]: ...",
        "    def __len__(self) -> int: ...",
    ]


def _contract(interface: Interface) -> list[str]:
    kinds = ("tools", "tables", "observables", "events")
    properties = [
        line
        for kind in kinds
        for line in ("    @property", f"    def {kind}(self) -> {kind.capitalize()}: ...")
    ]
    return [f"class {interface.called}(Protocol):", *properties, "    def dispose(self) -> None: ..."]


def _keywords(name: str, one: Type, interface: Interface) -> str:
    """What follows `self` in a signature that takes the entries of a record by their names."""
    said = interface.declared.get(one.name) if isinstance(one, Named) else None
    if not isinstance(said, Record) or _is_loose(said):
        return f", /, **{name}: Any"
    return f", /, **{name}: Unpack[{said.name}]" if said.fields else ""


def _imports(body: str) -> Iterator[str]:
    words = {*_words(body), "Final"}
    for module, names in _IMPORTS:
        if used := [name for name in names if name in words]:
            yield f"from {module} import {', '.join(used)}"


def _words(text: str) -> Iterable[str]:
    return "".join(one if one.isalnum() or one == "_" else " " for one in text).split()


def _literal(text: str) -> str:
    value = json.loads(text)
    return _quoted(value) if isinstance(value, str) else repr(value)


def _quoted(text: str) -> str:
    return texts.quoted(text, lambda one: f"\\U{ord(one):08x}" if ord(one) > 0xFFFF else f"\\u{ord(one):04x}")
