"""What a tool is called by clients: a name that depends on nothing but the tool itself.

Clients and the models behind them take letters, digits, `_` and `-` alone, so `notes:add_note` is
`notes-add_note`. Names of packages and tools have no `-` of their own; so two tools never have one name, and
no tool gets another one because some package has come. Those of the platform go by their bare names, which
have more than one.
"""

from __future__ import annotations

import hashlib
import re
from typing import Final

PLATFORM: Final = "peers"  # the reserved package: what the host itself contributes
_TAKEN: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")  # by every client that is known
_READABLE: Final = 40  # characters of a name that is not taken as it is


def listed(package: str, name: str) -> str:
    """The tool's name for clients.

    One that is too long, or has letters of other alphabets, ends with a digest of itself instead.
    """
    whole = name if package == PLATFORM else f"{package}-{name}"
    if _TAKEN.fullmatch(whole):
        return whole
    readable = re.sub(r"[^A-Za-z0-9_-]", "_", whole)[:_READABLE]
    return f"{readable}-{hashlib.sha256(whole.encode()).hexdigest()[:16]}-"
