"""Names for what is generated: identifiers in Python and in TypeScript, each given once."""

from __future__ import annotations

import re
from collections.abc import Iterable

_WORD = re.compile(r"[A-Za-z0-9]+")
_PART = re.compile(r"[A-Z]+(?![a-z])[0-9]*|[A-Z]?[a-z][a-z0-9]*|[0-9][a-z0-9]*")
_LONGEST = 80


class Names:
    """The names of one module; `reserved` ones are never given."""

    def __init__(self, reserved: Iterable[str] = ()) -> None:
        self._taken = {*reserved}

    def take(self, *words: str) -> str:
        """`AddTaskResult` of `add_task` and `result`; with a number where that is taken."""
        wanted = class_name(*words)
        name, number = wanted, 1
        while name in self._taken:
            number += 1
            name = f"{wanted}{number}"
        self._taken.add(name)
        return name

    def __contains__(self, name: str) -> bool:
        return name in self._taken


def class_name(*words: str) -> str:
    """The words as one name in capitals: what is neither a letter of ASCII nor a digit parts them."""
    parts = [part for word in words for part in _WORD.findall(word)]
    name = "".join(part[0].upper() + part[1:] for part in parts)[:_LONGEST]
    return name if name and not name[0].isdigit() else f"Named{name}"


def module_name(name: str, version: int) -> str:
    """`tasks_2` of `Tasks` and 2; of a name without letters it is `contract_2`."""
    parts = [part.lower() for part in _PART.findall(name)]
    if not parts or parts[0][0].isdigit():
        parts.insert(0, "contract")
    return f"{'_'.join(parts)[:_LONGEST]}_{version}"
