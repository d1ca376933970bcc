"""JSON Schemas as types.

What a type cannot say becomes a wider one, never a narrower one: limits and `not` are left out, and a schema
that allows every kind of value, or refers to what is not there, is `ANY`. Objects with properties become
records; anything else has a name only when it speaks of itself.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from peers_runtime.interfaces.names import Names
from peers_runtime.interfaces.types import (
    Alias,
    Declaration,
    Dictionary,
    Field,
    Listing,
    Named,
    Plain,
    Record,
    Row,
    Type,
    Values,
    both,
    either,
    without_itself,
)
from peers_runtime.rules import schemas

_DEEPEST: Final = 50  # types in types; checkers and readers end somewhere too
_PLAIN: Final[Mapping[str, Plain]] = {
    "null": Plain.NULL,
    "boolean": Plain.BOOLEAN,
    "integer": Plain.INTEGER,
    "number": Plain.NUMBER,
    "string": Plain.STRING,
}
_FORMAT = re.compile(r"[A-Za-z][\w-]*", re.ASCII)


@dataclass
class _Entered:
    """A reference that is being followed; `name` is there once it was met again on the way."""

    words: Sequence[str]
    name: str | None = None


@dataclass
class _Document:
    """One schema that refers to parts of itself."""

    root: object
    done: dict[str, Type] = field(default_factory=dict)
    entered: dict[str, _Entered] = field(default_factory=dict)
    records: dict[str, Named] = field(default_factory=dict)  # by what they say

    def find(self, reference: object) -> object:
        """The part that a reference means; True, which allows everything, when there is none."""
        if not isinstance(reference, str):
            return True
        head, *steps = reference.split("/")
        found: Any = self.root if head == "#" else True
        for step in steps:
            name = step.replace("~1", "/").replace("~0", "~")
            found = found[name] if isinstance(found, Mapping) and name in found else True
        return found


class Reader:
    """Reads the schemas of one interface; what needs a name is `declared`, by name."""

    def __init__(self, names: Names) -> None:
        self.names = names
        self.declared: dict[str, Declaration] = {}
        self._waiting: deque[tuple[_Document, Mapping[str, Any], str]] = deque()
        self._steps = 0

    def read(self, schema: object, *words: str) -> Type:
        """The type of a schema's values, its record called by the words when it is one."""
        document = _Document(schema)
        found = self._referred(document, "#", words)
        while self._waiting:
            document, node, name = self._waiting.popleft()
            self.declared[name] = self._record(document, node, name)
        return found

    def declare(self, found: Type, *words: str) -> Named:
        """The type under a name of its own, when it has none yet."""
        if isinstance(found, Named):
            return found
        name = self.names.take(*words)
        self.declared[name] = Alias(name, found)
        return Named(name)

    def _referred(self, document: _Document, reference: str, words: Sequence[str]) -> Type:
        if reference in document.done:
            return document.done[reference]
        if (entered := document.entered.get(reference)) is not None:
            entered.name = entered.name or self.names.take(*entered.words)
            return Named(entered.name)
        entered = document.entered[reference] = _Entered(words)
        found = self._type(document, document.find(reference), words)
        del document.entered[reference]
        if entered.name is not None:
            alias = without_itself(Alias(entered.name, found), self.declared)
            self.declared[alias.name] = alias
            found = alias.type if isinstance(alias.type, Plain | Named) else Named(alias.name)
        document.done[reference] = found
        return found

    def _type(self, document: _Document, node: object, words: Sequence[str]) -> Type:
        if node is False:
            return Plain.NEVER
        if not isinstance(node, Mapping) or self._steps > _DEEPEST:
            return Plain.ANY
        if node.get("not") is True:
            return Plain.NEVER
        self._steps += 1
        parts = [self._own(document, node, words)]
        if isinstance(reference := node.get("$ref"), str):
            parts.append(self._referred(document, reference, words))
        parts += (self._type(document, one, words) for one in _list(node, "allOf"))
        for keyword in ("anyOf", "oneOf"):
            if choices := _list(node, keyword):
                named = self._called(document, node, choices, words)
                parts.append(either(self._type(document, one, more) for one, more in named))
        self._steps -= 1
        return both(parts)

    def _own(self, document: _Document, node: Mapping[str, Any], words: Sequence[str]) -> Type:
        """What the node says apart from what it is made of."""
        if isinstance(node.get("enum"), list):
            return either(_value(one) for one in node["enum"])
        if "const" in node:
            return _value(node["const"])
        given = node.get("type")
        kinds: Iterable[object] = given if isinstance(given, list) else [given]
        return either(self._of_kind(document, node, kind, words) for kind in kinds)

    def _of_kind(
        self, document: _Document, node: Mapping[str, Any], kind: object, words: Sequence[str]
    ) -> Type:
        if kind == "array":
            return self._array(document, node, words)
        if kind == "object":
            return self._object(document, node, words)
        return _PLAIN.get(kind, Plain.ANY) if isinstance(kind, str) else Plain.ANY

    def _array(self, document: _Document, node: Mapping[str, Any], words: Sequence[str]) -> Type:
        first = _list(node, "prefixItems")
        item = self._type(document, node.get("items", True), (*words, "item"))
        if not first:
            return Listing(item)
        items = tuple(
            self._type(document, one, (*words, str(position))) for position, one in enumerate(first, start=1)
        )
        least, most = (_count(node, keyword) for keyword in ("minItems", "maxItems"))
        ends = item is Plain.NEVER or (most is not None and most <= len(items))
        return Row(items, min(least or 0, len(items)), None if ends else item)

    def _object(self, document: _Document, node: Mapping[str, Any], words: Sequence[str]) -> Type:
        more = node.get("additionalProperties", True)
        patterns = _mapping(node, "patternProperties")
        if _mapping(node, "properties") or _list(node, "required") or (more is False and not patterns):
            text = schemas.text(node)
            if text not in document.records:
                name = self.names.take(*words)
                document.records[text] = Named(name)
                self._waiting.append((document, node, name))
            return document.records[text]
        values = [*(patterns[name] for name in sorted(patterns)), more]
        return Dictionary(either(self._type(document, one, (*words, "value")) for one in values))

    def _record(self, document: _Document, node: Mapping[str, Any], name: str) -> Record:
        properties = _mapping(node, "properties")
        required = {one for one in _list(node, "required") if isinstance(one, str)}
        more = node.get("additionalProperties", True)
        fields = [
            Field(
                key,
                self._type(document, properties.get(key, more), (name, key)),
                key in required,
                _format(document, properties.get(key)),
            )
            for key in sorted({*properties, *required})
        ]
        says_more = "additionalProperties" in node or bool(_mapping(node, "patternProperties"))
        is_open = says_more and (more is not False or bool(_mapping(node, "patternProperties")))
        return Record(name, tuple(fields), is_open)

    def _called(
        self, document: _Document, node: Mapping[str, Any], choices: Sequence[object], words: Sequence[str]
    ) -> Iterator[tuple[object, Sequence[str]]]:
        """Choices with their words: several records are told apart by what tells their values apart."""
        found = [_target(document, one) for one in choices]
        several = sum(bool(_mapping(one, "properties")) for one in found) > 1
        discriminator = _mapping(node, "discriminator").get("propertyName")
        for position, (choice, target) in enumerate(zip(choices, found, strict=True), start=1):
            if several and _mapping(target, "properties"):
                yield choice, (*words, _tag(target, discriminator) or str(position))
            else:
                yield choice, words


def _target(document: _Document, node: object) -> Mapping[str, Any]:
    if isinstance(node, Mapping) and "$ref" in node:
        node = document.find(node["$ref"])
    return node if isinstance(node, Mapping) else {}


def _tag(node: Mapping[str, Any], discriminator: object) -> str | None:
    """The one text that the property has which tells choices apart."""
    if not isinstance(discriminator, str):
        return None
    values = _list(_mapping(_mapping(node, "properties"), discriminator), "enum")
    return values[0] if len(values) == 1 and isinstance(values[0], str) else None


def _format(document: _Document, node: object) -> str:
    found = _target(document, node)
    parts = [found, *(_target(document, one) for one in _list(found, "anyOf"))]
    formats = {one["format"] for one in parts if isinstance(one.get("format"), str)}
    return " or ".join(sorted(one for one in formats if _FORMAT.fullmatch(one)))


def _value(value: object) -> Type:
    """A value that is the only one. Numbers with fractions, lists and objects are told by their kind."""
    if value is None:
        return Plain.NULL
    if isinstance(value, (bool, int, str)):
        return Values((schemas.text(value),))
    if isinstance(value, float):
        return Plain.NUMBER
    return Listing(Plain.ANY) if isinstance(value, list) else Dictionary(Plain.ANY)


def _mapping(node: Mapping[str, Any], keyword: str) -> Mapping[str, Any]:
    found = node.get(keyword)
    return found if isinstance(found, Mapping) else {}


def _list(node: Mapping[str, Any], keyword: str) -> Sequence[Any]:
    found = node.get(keyword)
    return found if isinstance(found, list) else []


def _count(node: Mapping[str, Any], keyword: str) -> int | None:
    found = node.get(keyword)
    return found if isinstance(found, int) and not isinstance(found, bool) else None
