"""What each loaded realm was made of, by its tag, so that a worker process can load it too.

On the way to a first import: imports nothing heavy.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from typing import Any


class Closures:
    """One small file per tag in `folder`; they are forgotten with the snapshots that they name."""

    def __init__(self, folder: str) -> None:
        self._folder = folder

    def remember(self, tag: str, closure: Mapping[str, Any]) -> None:
        """Write a closure down, as plain JSON data. Nothing is written that is there already.

        What cannot be written is missed by workers only, and the next process writes it.
        """
        path = self._path(tag)
        if os.path.exists(path):
            return
        new = f"{path}.{os.getpid()}"
        try:
            with open(new, "w", encoding="utf-8") as file:
                json.dump(closure, file)
            os.replace(new, path)
        except OSError:
            with suppress(OSError):
                os.unlink(new)

    def find(self, tag: str) -> Mapping[str, Any] | None:
        """The closure with this tag, if this home has ever loaded it."""
        try:
            with open(self._path(tag), encoding="utf-8") as file:
                found: Mapping[str, Any] = json.load(file)
                return found
        except (FileNotFoundError, ValueError):  # or it was cut off when the power went
            return None

    def forget(self, digests: Collection[str]) -> None:
        """Remove every closure that needs one of these snapshots. Costs reading all there are."""
        for name in os.listdir(self._folder) if os.path.isdir(self._folder) else ():
            tag = name.removesuffix(".json")
            closure = self.find(tag) if tag != name else None
            if closure is not None and _needs(closure, digests):
                with suppress(OSError):
                    os.unlink(self._path(tag))

    def _path(self, tag: str) -> str:
        return os.path.join(self._folder, f"{tag}.json")


def _needs(closure: Mapping[str, Any], digests: Collection[str]) -> bool:
    return closure["digest"] in digests or any(_needs(package, digests) for package in closure["packages"])
