"""Code objects that the versions of one working copy share: one per file of an author.

Imports nothing heavy, and cannot grow with the number of versions.
"""

from __future__ import annotations

from time import perf_counter

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import CodeType


class SharedCode:
    """The latest code object of each file, by its name on disk. Safe for many threads."""

    def __init__(self) -> None:
        self._latest: dict[str, tuple[str, CodeType]] = {}  # file name -> digest of its source, code
        self.spent_s = 0.0  # seconds spent on what was not there, in all

    def get(self, filename: str, source_digest: str, make: Callable[[], CodeType]) -> CodeType:
        """The code of a file with this content; made, and then kept instead of an older one, when missing."""
        found = self._latest.get(filename)
        if found is None or found[0] != source_digest:
            began = perf_counter()
            try:
                found = self._latest[filename] = source_digest, make()
            finally:
                self.spent_s += perf_counter() - began
        return found[1]
