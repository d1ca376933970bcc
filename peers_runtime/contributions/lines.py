"""The line of a package's own that an error came through, as text: nothing of the version is held."""

from __future__ import annotations

import linecache
from typing import NamedTuple

from peers_runtime.contributions.ports import Contributor, package_of


class Line(NamedTuple):
    """`source` is its text, empty where that cannot be read."""

    module: str  # by its author's name
    path: str
    number: int
    source: str


def innermost(version: Contributor, error: BaseException) -> Line | None:
    """None for an error that came through no code of the version's package."""
    found, at = None, error.__traceback__
    while at is not None:
        module = version.logical(str(at.tb_frame.f_globals.get("__name__", "")))
        if module.partition(".")[0] == package_of(version):
            found = module, at
        at = at.tb_next
    if found is None:
        return None
    module, inside = found
    frame, number = inside.tb_frame, inside.tb_lineno
    path = frame.f_code.co_filename
    source = linecache.getline(path, number, frame.f_globals)
    return Line(module, path, number, source.strip())
