"""Which requirements ask for more than those before them.

They are PEP 508 texts in the one spelling that a manifest has them in: `pydantic>=2.13,<3; os_name == "nt"`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final, NamedTuple

_TEXT: Final = re.compile(
    r"(?P<name>[\w.-]+)(?:\[(?P<extras>[^]]*)\])?\s*(?P<asked>[^;]*?)\s*(?:;\s*(?P<condition>.+))?"
)
_BOUND: Final = re.compile(r"(?P<operator>[<>]=?)(?P<release>\d+(?:\.\d+)*)")


class _Requirement(NamedTuple):
    name: str
    extras: frozenset[str]
    asked: frozenset[str]  # clauses of a range, or a URL
    condition: str


def name(requirement: str) -> str:
    """The distribution that it asks for."""
    return _parse(requirement).name


def newly_asked(before: Iterable[str], after: Iterable[str]) -> tuple[str, ...]:
    """Those of the later requirements that none of the earlier ones has met already, in order.

    What cannot be told from the text counts as asked: `==2.*` after `>=2,<3` is.
    """
    known = [_parse(text) for text in before]
    return tuple(text for text in sorted(after) if not any(_meets(one, _parse(text)) for one in known))


def _meets(known: _Requirement, wanted: _Requirement) -> bool:
    """Whether whatever meets the one meets the other."""
    return (
        known.name == wanted.name
        and known.extras >= wanted.extras
        and known.condition in ("", wanted.condition)
        and all(any(_implies(one, clause) for one in known.asked) for clause in wanted.asked)
    )


def _implies(known: str, wanted: str) -> bool:
    first, second = _BOUND.fullmatch(known), _BOUND.fullmatch(wanted)
    if known == wanted:
        return True
    if first is None or second is None or first["operator"][0] != second["operator"][0]:
        return False
    bounds = _numbers(first["release"]), _numbers(second["release"])
    if bounds[0] == bounds[1]:
        return len(first["operator"]) <= len(second["operator"])  # `<3` implies `<=3`
    return bounds[0] > bounds[1] if first["operator"][0] == ">" else bounds[0] < bounds[1]


def _numbers(release: str) -> tuple[int, ...]:
    """So that 2 and 2.0 are equal."""
    numbers = [*map(int, release.split("."))]
    while numbers and not numbers[-1]:
        numbers.pop()
    return tuple(numbers)


def _parse(text: str) -> _Requirement:
    found = _TEXT.fullmatch(text)
    assert found is not None  # a manifest's requirements have been read by `packaging`
    return _Requirement(
        found["name"],
        frozenset(filter(None, (found["extras"] or "").split(","))),
        frozenset(filter(None, found["asked"].split(","))),
        found["condition"] or "",
    )
