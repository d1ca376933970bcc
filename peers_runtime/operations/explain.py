"""What a code means: of an error, or of a remark of `peers check`."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from peers_runtime.base import errors, remarks

_AREA: Final = re.compile(r"(\d\d) ([a-z][a-zA-Z ]+)")


@dataclass(frozen=True)
class Explanation:
    """`kind` is the error's class, and None for a remark; `move` says whose move it is."""

    code: str
    name: str
    area: str
    family: str
    move: str
    text: str
    kind: type[errors.PeersError] | None = None

    @property
    def summary(self) -> str:
        return self.text.partition("\n")[0]


def explanations() -> Mapping[str, Explanation]:
    """Of every code, in their order: errors first."""
    areas = dict(_AREA.findall(" ".join(_said(errors).split())))
    found = [*_errors(errors.PeersError, areas), *_remarks(areas)]
    return {one.code: one for one in sorted(found, key=lambda one: one.code)}


def _errors(parent: type[errors.PeersError], areas: Mapping[str, str]) -> Iterator[Explanation]:
    for kind in parent.__subclasses__():
        if "code" in vars(kind):
            family = kind.__mro__[1]
            area = areas.get(kind.code[1:3], "")
            yield Explanation(
                kind.code, kind.__name__, area, family.__name__, _said(family), _said(kind), kind
            )
        yield from _errors(kind, areas)


def _remarks(areas: Mapping[str, str]) -> Iterator[Explanation]:
    move = "Nothing is refused for it; a package's author may want to mend it."
    for kind in remarks.KINDS:
        yield Explanation(kind.code, kind.name, areas[kind.code[1:3]], "warning", move, kind.explanation)


def _said(of: object) -> str:
    return inspect.getdoc(of) or ""
