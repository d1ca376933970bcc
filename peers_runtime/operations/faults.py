"""Where an author should look when something of a package has failed."""

from __future__ import annotations

import linecache
import os
import re
import sysconfig
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from peers_runtime.base import errors


@dataclass(frozen=True)
class Place:
    """A line of a file that an error is about."""

    path: str
    line: int
    known: str = ""  # the line's text, when there is no such file to read it from

    @property
    def source(self) -> str:
        return (linecache.getline(self.path, self.line) or self.known).rstrip()


def find_place(error: errors.PeersError) -> Place | None:
    """Where the author should look: the error's own facts, else where its cause was raised."""
    import traceback  # costs more than a short command that does not fail

    path, line = error.facts.get("path"), error.facts.get("line")
    if isinstance(path, str) and isinstance(line, int):
        cause = error.__cause__
        return Place(path, line, (cause.text or "") if isinstance(cause, SyntaxError) else "")
    for said in (f"{error.facts.get('where')}: ", error.message):
        found = _PLACE.match(said)
        if found is not None:
            return Place(found["path"], int(found["line"]))
    for cause in causes(error):
        if isinstance(cause, SyntaxError) and cause.filename and cause.lineno:
            return Place(cause.filename, cause.lineno)
        frames = [
            frame for frame in traceback.extract_tb(cause.__traceback__) if not _is_library(frame.filename)
        ]
        if frames and frames[-1].lineno:
            return Place(frames[-1].filename, frames[-1].lineno)
    return None


def without_place(message: str) -> str:
    """An error's message without the place that it begins with, for who shows the place beside it."""
    return _PLACE.sub("", message)


def causes(error: BaseException) -> Iterator[BaseException]:
    """What led to an error, the nearest first."""
    cause = error.__cause__
    while cause is not None:
        yield cause
        cause = cause.__cause__


def _is_library(path: str) -> bool:
    """Whether it is code of the runtime, of Python or of a distribution, which no author wants to see."""
    return path.startswith((_OURS, "<frozen ", *_LIBRARIES))


_PLACE: Final = re.compile(r"^(?P<path>[^\n:]+?\.[A-Za-z]\w*)(?::|, line )(?P<line>\d+): ")
_OURS: Final = os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep
_LIBRARIES: Final = tuple(
    os.path.join(path, "")
    for name in ("stdlib", "platstdlib", "purelib", "platlib")
    for path in {sysconfig.get_path(name), os.path.realpath(sysconfig.get_path(name))}
)
