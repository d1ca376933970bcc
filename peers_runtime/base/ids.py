"""Permanent ids: `package_id`, `peers_ui_id`, `tool_id`, `contract_id`, `table_id`; and ids of contexts.

A permanent id is 25 characters of `[0-9a-z]`: nine of base-36 milliseconds since the epoch, then sixteen
random ones; so ids sort by the time they were made. A context's id is given by a person.
"""

from __future__ import annotations

from peers_runtime.base import errors

LENGTH = 25
_TIME_LENGTH = 9
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_ALPHABET = frozenset(_DIGITS)
_IN_CONTEXTS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-")
_CONTEXT_LENGTH = 64


def make(milliseconds: int, entropy: int) -> str:
    """The id for a moment (milliseconds since the epoch) and a random number of at least 83 bits."""
    return _base36(milliseconds, _TIME_LENGTH) + _base36(entropy, LENGTH - _TIME_LENGTH)


def is_id(text: object) -> bool:
    return isinstance(text, str) and len(text) == LENGTH and _ALPHABET.issuperset(text)


def check(text: object, field: str) -> str:
    """`text` itself when it is an id; raises `MalformedId` naming `field` otherwise."""
    if isinstance(text, str) and is_id(text):
        return text
    raise errors.MalformedId(
        f"{field} is {text!r}, which is not an id: exactly {LENGTH} characters of 0-9 and a-z are needed",
        hint="make one with: peers id",
        field=field,
        given=repr(text),
    )


def is_context_id(text: object) -> bool:
    """Up to 64 letters, digits, `-`, `_` or `.`, the first a letter or digit: files are named after it."""
    if not isinstance(text, str) or not 0 < len(text) <= _CONTEXT_LENGTH:
        return False
    return text[0] not in "._-" and _IN_CONTEXTS.issuperset(text)


def _base36(number: int, length: int) -> str:
    digits = []
    for _ in range(length):
        number, digit = divmod(number, 36)
        digits.append(_DIGITS[digit])
    return "".join(reversed(digits))
