"""Validating with authors' pydantic models, and saying what does not fit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, ValidationError

from peers_runtime.base import errors

Model = TypeVar("Model", bound=BaseModel)
Faults = list[dict[str, Any]]


def validated(
    model: type[Model],
    given: object,
    error: Callable[[str, Faults], errors.PeersError],
    extra: Literal["forbid"] | None = None,
) -> Model:
    """An instance of `model`; fields may come under their names or their aliases, bytes are JSON.

    Raises what `error` makes of the faults in a line and as data, [{field, fault, kind}, …]. With `extra`
    undeclared fields are faults at any depth, whatever the model says.
    """
    validator = model.__pydantic_validator__  # what `model_validate` calls, a quarter faster
    validate: Any = validator.validate_json if isinstance(given, bytes) else validator.validate_python
    try:
        valid: Model = validate(given, extra=extra, by_alias=True, by_name=True)
        return valid
    except ValidationError as refused:
        faults = [
            {"field": ".".join(map(str, one["loc"])), "fault": one["msg"], "kind": one["type"]}
            for one in refused.errors(include_url=False, include_context=False, include_input=False)
        ]
    # Outside of the handler: pydantic's error holds the input and the model, ours is text.
    line = "; ".join(
        f"{one['field']}: {one['fault']}" if one["field"] else str(one["fault"]) for one in faults
    )
    raise error(line, faults)
