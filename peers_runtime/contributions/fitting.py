"""Seeing at a glance that JSON data fits a JSON Schema, as most of it does.

A glance says yes only where a whole validator would, and looks at no schema with a keyword that it does not
know. What it says no to is for the validator to judge, which takes twenty times as long. Light: imports
nothing else.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    Glance = Callable[[Any], bool]

_DRAFTS = (None, "https://json-schema.org/draft/2020-12/schema")
_SAY_NOTHING = frozenset(
    ("$schema", "$defs", "$comment", "title", "description", "default", "examples", "deprecated")
)
_TYPES: Mapping[str, frozenset[type]] = {
    "string": frozenset((str,)),
    "integer": frozenset((int,)),  # and 1.0, which the validator takes
    "number": frozenset((int, float)),
    "boolean": frozenset((bool,)),
    "null": frozenset((type(None),)),
    "array": frozenset((list,)),
    "object": frozenset((dict,)),
}
_OF_TEXTS = frozenset(("minLength", "maxLength"))
_OF_NUMBERS = frozenset(("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"))
_OF_LISTS = frozenset(("items", "minItems", "maxItems"))
_OF_OBJECTS = frozenset(("properties", "required", "additionalProperties"))
_KNOWN = _SAY_NOTHING | _OF_TEXTS | _OF_NUMBERS | _OF_LISTS | _OF_OBJECTS | {"type", "anyOf", "$ref", "enum"}


class _TooMuch(Exception):  # no error: it says that a glance will not do
    """The schema has what a glance does not know."""


def glance(schema: Mapping[str, Any]) -> Glance | None:
    """A function that says whether data fits, as far as that is easily seen; None when it never is."""
    try:
        return _Glances(schema).of(schema)
    except _TooMuch:
        return None


class _Glances:
    """Those of one schema; what it refers to in itself is made once."""

    def __init__(self, root: Mapping[str, Any]) -> None:
        if root.get("$schema") not in _DRAFTS:
            raise _TooMuch
        self._root = root
        self._definitions: dict[str, Glance] = {}

    def of(self, schema: Any) -> Glance:
        if schema is True or schema == {}:
            return _anything
        if not isinstance(schema, dict) or not schema.keys() <= _KNOWN:
            raise _TooMuch
        return _all(
            [one for one in (self._types(schema), self._choice(schema), self._referred(schema)) if one]
        )

    def _types(self, schema: Mapping[str, Any]) -> Glance | None:
        kind = schema.get("type")
        if kind is None:
            if schema.keys() & (_OF_TEXTS | _OF_NUMBERS | _OF_LISTS | _OF_OBJECTS):
                raise _TooMuch
            return None
        if not isinstance(kind, str) or kind not in _TYPES:
            raise _TooMuch
        if kind == "object":
            return self._object(schema)
        if kind == "array":
            return self._list(schema)
        types = _TYPES[kind]
        glances = [lambda value: type(value) in types]
        if kind == "string" and (bounds := _bounds(schema, "minLength", "maxLength")):
            least, most = bounds
            glances.append(lambda value: least <= len(value) <= most)
        if kind in ("integer", "number"):
            glances += _limits(schema)
        return _all(glances)

    def _list(self, schema: Mapping[str, Any]) -> Glance:
        item = self.of(schema.get("items", True))
        least, most = _bounds(schema, "minItems", "maxItems") or (0, float("inf"))

        def look(value: Any) -> bool:
            return type(value) is list and least <= len(value) <= most and all(map(item, value))

        return look

    def _object(self, schema: Mapping[str, Any]) -> Glance:
        properties = {name: self.of(one) for name, one in schema.get("properties", {}).items()}
        more = schema.get("additionalProperties", True)
        other = _nothing if more is False else self.of(more)
        required = tuple(schema.get("required", ()))

        def look(value: Any) -> bool:
            if type(value) is not dict:
                return False
            for name in required:
                if name not in value:
                    return False
            for name, part in value.items():
                fits = properties.get(name, other)
                if not fits(part):
                    return False
            return True

        return look

    def _choice(self, schema: Mapping[str, Any]) -> Glance | None:
        if "enum" in schema:
            texts = schema["enum"]
            if not all(type(one) is str for one in texts):
                raise _TooMuch  # 1, 1.0 and true are equal to Python and not to JSON
            chosen = frozenset(texts)
            return lambda value: type(value) is str and value in chosen
        if "anyOf" in schema:
            choices = [self.of(one) for one in schema["anyOf"]]
            return lambda value: any(one(value) for one in choices)
        return None

    def _referred(self, schema: Mapping[str, Any]) -> Glance | None:
        reference = schema.get("$ref")
        if reference is None:
            return None
        head, _, name = str(reference).rpartition("/")
        definitions = self._root.get("$defs", {})
        if head != "#/$defs" or name not in definitions or "~" in name or "%" in name:
            raise _TooMuch
        made = self._definitions
        if name not in made:
            made[name] = _anything  # while it is made, for one that refers to itself
            made[name] = self.of(definitions[name])

        def look(value: Any) -> bool:
            return made[name](value)

        return look


def _bounds(schema: Mapping[str, Any], least: str, most: str) -> tuple[float, float] | None:
    if least in schema or most in schema:
        return schema.get(least, 0), schema.get(most, float("inf"))
    return None


def _limits(schema: Mapping[str, Any]) -> list[Glance]:
    found: list[Glance] = []
    if (at_least := schema.get("minimum")) is not None:
        found.append(lambda value: bool(value >= at_least))
    if (at_most := schema.get("maximum")) is not None:
        found.append(lambda value: bool(value <= at_most))
    if (above := schema.get("exclusiveMinimum")) is not None:
        found.append(lambda value: bool(value > above))
    if (below := schema.get("exclusiveMaximum")) is not None:
        found.append(lambda value: bool(value < below))
    return found


def _all(glances: list[Glance]) -> Glance:
    if len(glances) == 1:
        return glances[0]
    return lambda value: all(one(value) for one in glances)


def _anything(_: Any) -> bool:
    return True


def _nothing(_: Any) -> bool:
    return False
