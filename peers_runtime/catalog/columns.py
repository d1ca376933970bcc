"""How a row's JSON Schema is stored: one column per property, values that come back as they went in.

Texts, integers, numbers, booleans and moments (`date-time`) have columns of their own, so that they can
be compared and sorted; all else is JSON text with sorted keys, so that equal values are equal text.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, Boolean, Float, String, Text
from sqlalchemy.types import TypeEngine

from peers_runtime.base import errors
from peers_runtime.model.manifest import TableData


class Field(NamedTuple):
    """One property of a row. `kind` is what a stored column must never change."""

    name: str
    kind: str  # "text", "integer", "number", "boolean", "moment" or "json"
    takes_none: bool
    is_required: bool
    default: Any = None

    @property
    def column_type(self) -> TypeEngine[Any]:
        return _STORED[self.kind][0]

    @property
    def stores(self) -> Callable[[Any], Any]:
        """`store`, for a value that is not None, with whatever error the value brings."""
        return _STORED[self.kind][1]

    @property
    def loads(self) -> Callable[[Any], Any] | None:
        """`load`, for a value that is not None; None when it is the stored value itself."""
        return _LOADED.get(self.kind)

    @property
    def column_default(self) -> str | None:
        """What the column holds in rows of versions without it; None where NULL can only mean that.

        As text, which a column of numbers takes as a number.
        """
        if not self.takes_none or self.default is None:
            return None
        stored = self.store(self.default)
        return str(int(stored)) if isinstance(stored, bool) else str(stored)

    @property
    def in_place_of_none(self) -> Any:
        """What a row that leaves the property out holds."""
        return None if self.column_default is None else self.store(self.default)

    def store(self, value: Any) -> Any:
        """The value for the column. Raises `InvalidRow` when it would not come back as it is."""
        if value is None:
            return None
        try:
            return self.stores(value)
        except (TypeError, ValueError, OverflowError) as error:
            raise errors.InvalidRow(
                f"{self.name!r} is {value!r}, which cannot be stored as {self.kind}",
                hint="integers have 64 bits, numbers are finite, texts are Unicode, all else is JSON",
                column=self.name,
                kind=self.kind,
            ) from error

    def load(self, value: Any) -> Any:
        """The value that `store` was given; a moment is a datetime, in UTC when it knew its zone."""
        if value is None:
            return None
        return value if self.loads is None else self.loads(value)


def fields(table: TableData) -> dict[str, Field]:
    """The columns that a table's rows need, by name."""
    definitions = table.row_schema.get("$defs", {})
    required = table.row_schema.get("required", ())
    found: dict[str, Field] = {}
    for name, schema in table.row_schema.get("properties", {}).items():
        kinds = _kinds(schema, definitions)
        stored = kinds - {"null"}
        kind = stored.pop() if len(stored) == 1 else "json"
        found[name] = Field(name, kind, "null" in kinds, name in required, schema.get("default"))
    return found


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    if not value.isascii():
        value.encode()  # raises for half a surrogate pair
    return value


def _integer(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(value)
    if not -(2**63) <= value < 2**63:
        raise OverflowError(value)
    return value


def _number(value: Any) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise TypeError(value)
    number = float(value)
    if number != value or not math.isfinite(number):
        raise ValueError(value)
    return number


def _boolean(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError(value)
    return value


def _moment(value: Any) -> str:
    """ISO 8601 of one length, in UTC when the moment knows its zone: texts sort as time passes."""
    moment = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    return (moment.astimezone(UTC) if moment.tzinfo else moment).isoformat(timespec="microseconds")


def _json(value: Any) -> str:
    return _text(
        json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    )


# bytes of UTF-8 have one order everywhere
_TEXT = Text().with_variant(Text(collation="C"), "postgresql")
_STORED: Mapping[str, tuple[TypeEngine[Any], Callable[[Any], Any]]] = {
    "text": (_TEXT, _text),
    "integer": (BigInteger(), _integer),
    "number": (Float(), _number),
    "boolean": (Boolean(), _boolean),
    "moment": (String().with_variant(String(collation="C"), "postgresql"), _moment),
    "json": (_TEXT, _json),
}
_LOADED: Mapping[str, Callable[[Any], Any]] = {
    "boolean": bool,  # a number to who has asked without saying what the column is
    "moment": datetime.fromisoformat,
    "json": json.loads,
}
_KINDS = {"string": "text", "integer": "integer", "number": "number", "boolean": "boolean", "null": "null"}


def _kinds(schema: Mapping[str, Any], definitions: Mapping[str, Any]) -> set[str]:
    """The kinds of what a schema allows, `null` among them."""
    if "$ref" in schema:
        return _kinds(definitions.get(schema["$ref"].rpartition("/")[2], {}), definitions)
    for word in ("anyOf", "oneOf"):
        if word in schema:
            return {kind for choice in schema[word] for kind in _kinds(choice, definitions)}
    if schema.get("format") == "date-time":
        return {"moment"}
    types = schema.get("type", ["json", "null"])  # no type is any type
    return {_KINDS.get(one, "json") for one in ([types] if isinstance(types, str) else types)}
