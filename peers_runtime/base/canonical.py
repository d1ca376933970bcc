"""Canonical JSON (RFC 8785): data has one spelling in bytes, so that its digest and signature mean the data.

The only home of `rfc8785`.
"""

from __future__ import annotations

import hashlib
from typing import Any

import rfc8785


def dumps(data: Any) -> bytes:
    """The RFC 8785 JSON of plain data.

    Raises ValueError for what JSON cannot hold exactly: numbers that are not finite, whole ones from 2**53,
    text with lone surrogates, keys that are no text, other types.
    """
    return rfc8785.dumps(data)


def digest(data: Any) -> str:
    """The SHA-256 of `dumps(data)`, in 64 hexadecimal digits; raises ValueError likewise."""
    return hashlib.sha256(dumps(data)).hexdigest()
