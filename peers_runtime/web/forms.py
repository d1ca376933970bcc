"""A form for what a JSON Schema describes, and what it has sent as data.

What a plain form cannot ask for, such as a list of objects, is asked for as JSON.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from peers_runtime.base import errors

Schema = Mapping[str, Any]
Kind = Literal["text", "number", "choice", "json"]
WHOLE: Final = "json"  # the field of all arguments as one JSON object
_OF: Final = "of."  # what stands before the name of a property
_MOST: Final = 40  # fields of a form
_KINDS: Final[Mapping[str, Kind]] = {"string": "text", "integer": "number", "number": "number"}


@dataclass(frozen=True)
class Field:
    """One field; `choices` are JSON texts, and `about` says what a person should know of it."""

    key: str
    label: str
    kind: Kind
    is_required: bool
    about: str
    choices: tuple[str, ...] = ()
    value: str = ""

    def said(self, choice: str) -> str:
        """A choice as people write it: text without its quotes."""
        return _plain(choice)


def fields(schema: Schema, given: Mapping[str, str]) -> tuple[Field, ...]:
    """The fields of a form, filled with what was given; one for the whole where there is no better way."""
    properties = schema.get("properties", {})
    is_plain = 0 < len(properties) <= _MOST and not isinstance(schema.get("additionalProperties"), dict)
    if WHOLE in given or not (is_plain or _takes_nothing(schema)):
        value = given.get(WHOLE) or json.dumps(_sketch(schema), indent=2, ensure_ascii=False)
        return (Field(WHOLE, "Arguments", "json", True, "a JSON object", value=value),)
    required = schema.get("required", ())
    needed_first = sorted(properties, key=lambda name: name not in required)
    return tuple(
        _field(name, _resolved(properties[name], schema), name in required, given) for name in needed_first
    )


def data(schema: Schema, given: Mapping[str, str]) -> dict[str, Any]:
    """What a form has sent. What was left empty is not there. Raises `InvalidInput`."""
    asked = fields(schema, given)
    if asked and asked[0].key == WHOLE:
        found = _read("the arguments are", asked[0].value)
        if not isinstance(found, dict):
            raise errors.InvalidInput("the arguments are not a JSON object", hint='write {"name": value}')
        return found
    answered: dict[str, Any] = {}
    for one in asked:
        name, text = one.key.removeprefix(_OF), one.value
        if one.kind == "text" and (text or one.is_required):
            answered[name] = text
        elif text.strip():
            answered[name] = _read(f"{name} is", text)
    return answered


def _field(name: str, schema: Schema, is_required: bool, given: Mapping[str, str]) -> Field:
    choices: tuple[str, ...] = ()
    kind: Kind = _KINDS.get(str(schema.get("type")), "json")
    if schema.get("type") == "boolean":
        choices = ("true", "false")
    elif isinstance(schema.get("enum"), list) or "const" in schema:
        choices = tuple(json.dumps(one) for one in schema.get("enum", [schema.get("const")]))
    told = [str(schema["description"]).rstrip(" .")] if schema.get("description") else []
    told += [str(schema["format"])] if schema.get("format") else []
    told += ["JSON"] if kind == "json" and not choices else []
    if "default" in schema:
        default = schema["default"]
        told.append(
            "may be left empty" if default is None else f"{_plain(json.dumps(default))} if left empty"
        )
    return Field(
        key=f"{_OF}{name}",
        label=name,
        kind="choice" if choices else kind,
        is_required=is_required,
        about="; ".join(told),
        choices=choices,
        value=given.get(f"{_OF}{name}", ""),
    )


def _plain(text: str) -> str:
    """A JSON text as people say it."""
    value = json.loads(text)
    return value if isinstance(value, str) and value else json.dumps(value, ensure_ascii=False)


def _resolved(one: Any, whole: Schema) -> Schema:
    """A property without what is referred to, and without null, which is what is left empty."""
    if not isinstance(one, Mapping):
        return {}
    reference = one.get("$ref")
    if isinstance(reference, str) and reference.startswith("#/$defs/"):
        there = whole.get("$defs", {}).get(reference.removeprefix("#/$defs/"), {})
        return {**there, **{key: value for key, value in one.items() if key != "$ref"}}
    choices = [choice for choice in one.get("anyOf", ()) if choice != {"type": "null"}]
    if len(choices) == 1 and "$ref" not in choices[0]:
        return {**choices[0], **{key: value for key, value in one.items() if key != "anyOf"}}
    return one


def _takes_nothing(schema: Schema) -> bool:
    return schema.get("type") == "object" and not schema.get("properties")


def _sketch(schema: Schema) -> dict[str, Any]:
    """What has to be filled in."""
    required = schema.get("required", ())
    return {name: None for name in schema.get("properties", {}) if name in required}


def _read(what: str, text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise errors.InvalidInput(
            f"{what} not JSON: {error}", hint='write a number, true, "text", [list] or {"name": value}'
        ) from error
