"""Whether data fits a JSON Schema, and why not, in a line.

Imports jsonschema on first use: a host that meets no props never pays for it.
"""

from __future__ import annotations

import functools
import json

from peers_runtime.contributions import fitting

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import Any


def fault(schema: Mapping[str, Any]) -> str | None:
    """Why `schema` is no JSON Schema of the draft that it names (2020-12 when it names none), or None."""
    from jsonschema import SchemaError, validators

    try:
        validators.validator_for(dict(schema), validators.Draft202012Validator).check_schema(dict(schema))
    except SchemaError as error:
        return f"{_path(error.absolute_path)}{error.message}"
    return None


def refusal(schema: Mapping[str, Any], value: object) -> str | None:
    """Why `value` does not fit `schema`, in a line, or None. Keeps compiled validators for the next call."""
    return _refusal(_validator(json.dumps(schema, sort_keys=True, separators=(",", ":"))), value)


def compiled(schema: Mapping[str, Any]) -> Callable[[object], str | None]:
    """`refusal` for one schema, for who keeps it; most data is seen to fit at a glance."""
    validator = _validator(json.dumps(schema, sort_keys=True, separators=(",", ":")))
    fits = fitting.glance(schema)
    if fits is None:
        return functools.partial(_refusal, validator)
    return lambda value: None if fits(value) else _refusal(validator, value)


def _refusal(validator: Any, value: object) -> str | None:
    from referencing.exceptions import Unresolvable

    try:
        errors = sorted(validator.iter_errors(value), key=lambda error: [*map(str, error.absolute_path)])
    except Unresolvable as error:
        return f"the schema refers to {error.ref!r}, which it does not hold"
    return f"{_path(errors[0].absolute_path)}{errors[0].message}" if errors else None


@functools.lru_cache(maxsize=2048)
def _validator(schema_text: str) -> Any:
    from jsonschema import validators
    from referencing import Registry

    schema = json.loads(schema_text)
    kind = validators.validator_for(schema, validators.Draft202012Validator)
    return kind(
        schema, registry=Registry()
    )  # without one of our own, a "$ref" would be fetched over the network


def _path(parts: Iterable[object]) -> str:
    path = ".".join(str(part) for part in parts)
    return f"{path}: " if path else ""
