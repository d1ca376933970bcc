"""What is wrong with one signature: whose it should be, by which keys, over what."""

from __future__ import annotations

from collections.abc import Callable

from peers_runtime.base import errors
from peers_runtime.model.catalog import Member, Role

Opened = Callable[[str, str], bytes]
"""The bytes that were signed, of an envelope and the public key that it must verify with.

Raises `SignatureInvalid`.
"""

Sign = Callable[[bytes], str]
"""An envelope around a statement, with the key of who acts."""


def fault(envelope: str | None, statement: bytes, member: Member, opened: Opened) -> str | None:
    """Why the envelope is not `member`'s signature over the statement, in words; None when it is.

    Costs one verification for each key of the member, until one fits.
    """
    by = member.actor_id
    if envelope is None:
        return "it is not signed"
    if not member.public_keys:
        return f"{by} is no member of the context" if member.role is Role.NONE else f"no key of {by} is known"
    said = ""
    for key in member.public_keys:
        try:
            if opened(envelope, key) == statement:
                return None
            return f"{by} has signed something else than stands here"
        except errors.SignatureInvalid as error:
            said = error.message
    return said
