"""What goes through a contract, or from a step to the next: JSON data of a bounded size."""

from __future__ import annotations

from typing import Any

from pydantic_core import PydanticSerializationError, from_json, to_json

from peers_runtime.base import errors

LARGEST_GIVEN = 2**20  # bytes of JSON that a consumer may give in one call
LARGEST_ANSWER = 2**24  # bytes of JSON that a provider may answer with


def given(value: object, what: str, name: str) -> Any:
    """What a consumer gives, as data. Raises `InvalidPayload` for what is none, and `PayloadTooLarge`.

    `what` says of which member `name` it is: `"what the tool {!r} is given"`.
    """
    return _data(value, what, name, LARGEST_GIVEN, by_alias=True)


def answered(value: object, what: str, name: str, *, by_alias: bool = True) -> Any:
    """What a provider answers with, as data; see `given`."""
    return _data(value, what, name, LARGEST_ANSWER, by_alias=by_alias)


def _data(value: object, what: str, name: str, largest: int, *, by_alias: bool) -> Any:
    try:
        text = to_json(value, by_alias=by_alias)
    except (PydanticSerializationError, ValueError) as error:
        raise errors.InvalidPayload(
            f"{what.format(name)} cannot be written as JSON: {error}",
            hint="give texts, numbers, lists and dictionaries, or a pydantic model of these",
        ) from None
    if len(text) > largest:
        raise errors.PayloadTooLarge(
            f"{what.format(name)} has {len(text):,} bytes as JSON; at most {largest:,} are taken at once",
            hint="ask for less at once (limit=…), or keep what is large in a table, and give its key",
            bytes=len(text),
            most=largest,
        )
    return from_json(text)
