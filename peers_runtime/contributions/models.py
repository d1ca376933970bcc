"""Validating with authors' pydantic models, and saying what does not fit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, ValidationError

from peers_runtime.base import errors

Model = TypeVar("Model", bound=BaseModel)
Faults = list[dict[str, Any]]
Refused = Callable[[str, Faults], errors.PeersError]


def validated(
    model: type[Model], given: object, error: Refused, extra: Literal["forbid"] | None = None
) -> Model:
    """An instance of `model`; fields may come under their names or their aliases, bytes are JSON.

    Raises what `error` makes of the faults in a line and as data, [{field, fault, kind}, …]. With `extra`
    undeclared fields are faults at any depth, whatever the model says.
    """
    return judge(model, error, extra)(given)


def judge(
    model: type[Model], error: Refused, extra: Literal["forbid"] | None = None
) -> Callable[[object], Model]:
    """`validated` for one model, for who keeps it."""
    validator: Any = model.__pydantic_validator__  # what `model_validate` calls, a quarter faster
    of_python, of_json = validator.validate_python, validator.validate_json

    def judged(given: object) -> Model:
        try:
            if isinstance(given, bytes):
                return of_json(given, extra=extra, by_alias=True, by_name=True)  # type: ignore[no-any-return]  # what pydantic's core gives has no type
            return of_python(given, extra=extra, by_alias=True, by_name=True)  # type: ignore[no-any-return]  # as above
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

    return judged
