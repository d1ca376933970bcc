"""The types that an interface speaks of, in no language yet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum


class Plain(Enum):
    """A type without parts. `ANY` also stands for what cannot be said precisely."""

    ANY = "any"
    NEVER = "never"
    NULL = "null"
    BOOLEAN = "boolean"
    INTEGER = "integer"
    NUMBER = "number"
    STRING = "string"


@dataclass(frozen=True)
class Values:
    """One of these texts, whole numbers and truths, each as JSON text: Python takes `True` for `1`."""

    texts: tuple[str, ...]


@dataclass(frozen=True)
class Listing:
    """Any number of items."""

    item: Type


@dataclass(frozen=True)
class Row:
    """An item for each position, the first `required` of them always; then any of `rest`, if it is there."""

    items: tuple[Type, ...]
    required: int
    rest: Type | None


@dataclass(frozen=True)
class Dictionary:
    """Values under any names."""

    value: Type


@dataclass(frozen=True)
class Either:
    """What one of the choices says."""

    choices: tuple[Type, ...]


@dataclass(frozen=True)
class Both:
    """What all of the parts say."""

    parts: tuple[Type, ...]


@dataclass(frozen=True)
class Named:
    """What is declared under this name."""

    name: str


Type = Plain | Values | Listing | Row | Dictionary | Either | Both | Named


@dataclass(frozen=True)
class Field:
    """One entry of a record. `note` says what a type cannot, like a format."""

    key: str
    type: Type
    is_required: bool
    note: str = ""


@dataclass(frozen=True)
class Record:
    """A declared object with these entries; with `is_open` it may have more, which consumers may give."""

    name: str
    fields: tuple[Field, ...]
    is_open: bool = False


@dataclass(frozen=True)
class Alias:
    """A declared name for a type, which may speak of itself."""

    name: str
    type: Type


Declaration = Record | Alias


def either(choices: Iterable[Type]) -> Type:
    """One of the choices, said as simply as it goes: values stand behind other types, null stands last."""
    found = dict.fromkeys(_choices(choices))
    if Plain.ANY in found:
        return Plain.ANY
    found.pop(Plain.NEVER, None)
    if Plain.NUMBER in found:
        found.pop(Plain.INTEGER, None)
    texts = dict.fromkeys(text for one in found if isinstance(one, Values) for text in one.texts)
    last: list[Type] = [Values(tuple(texts))] if texts else []
    last += [Plain.NULL] if Plain.NULL in found else []
    said = (*(one for one in found if not isinstance(one, Values) and one is not Plain.NULL), *last)
    return Either(said) if len(said) > 1 else next(iter(said), Plain.NEVER)


def both(parts: Iterable[Type]) -> Type:
    """All of the parts, said as simply as it goes."""
    found = dict.fromkeys(part for part in parts if part is not Plain.ANY)
    if Plain.NEVER in found:
        return Plain.NEVER
    return Both(tuple(found)) if len(found) > 1 else next(iter(found), Plain.ANY)


def without_itself(alias: Alias, declared: Mapping[str, Declaration]) -> Alias:
    """The alias without what it is itself, outside of any container, if need be through other aliases.

    A union that contains itself is the union without itself, and so are parts that all apply; what would be
    nothing but itself is `ANY`. The declared aliases have been through this.
    """
    known: dict[str, Type | None] = {alias.name: None}  # None where nothing is left

    def kept(one: Type) -> Type | None:
        if isinstance(one, Named):
            if one.name not in known:
                said = declared.get(one.name)
                inner = kept(said.type) if isinstance(said, Alias) else None
                is_apart = not isinstance(said, Alias) or inner is said.type
                known[one.name] = one if is_apart else inner
            return known[one.name]
        if not isinstance(one, Either | Both):
            return one
        parts = one.choices if isinstance(one, Either) else one.parts
        found = tuple(part for part in map(kept, parts) if part is not None)
        if found == parts:
            return one
        return (either(found) if isinstance(one, Either) else both(found)) if found else None

    return Alias(alias.name, kept(alias.type) or Plain.ANY)


def _choices(choices: Iterable[Type]) -> Iterator[Type]:
    for one in choices:
        if isinstance(one, Either):
            yield from one.choices
        else:
            yield one
