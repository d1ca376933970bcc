"""Records that are not what they should be, as this device has found them: kept, listed, never applied.

What is here is local, in `quarantine.json` of the home: each device judges for itself.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress

from peers_runtime.model.catalog import ContextKind, Member, PackageVersion

Judge = Callable[[PackageVersion, Mapping[str, Member], ContextKind, bool], tuple[str, ...]]
"""What is wrong with a record and its history, in words.

The members are those of its context; True says that the record was written just now.
"""

Tell = Callable[[PackageVersion, tuple[str, ...]], object]
"""Hears of what is wrong with a record, once; and of a record with which all is well again."""


class Quarantine:
    """The rows under quarantine, by `package_version_id`. Safe in threads.

    Without a `judge` every record is taken as it is. A file that cannot be read is as an empty one: what is
    in doubt is judged again when it would be used.
    """

    def __init__(self, path: str, judge: Judge | None = None, tell: Tell = lambda *_: None) -> None:
        self._path = path
        self._judge = judge
        self._tell = tell
        self._guard = threading.Lock()
        self._found: dict[str, list[str]] = _read(path) if judge is not None else {}

    def __contains__(self, package_version_id: str) -> bool:
        return package_version_id in self._found

    def admits(
        self, version: PackageVersion, members: Mapping[str, Member], kind: ContextKind, *, just_now: bool
    ) -> bool:
        """Judge a record, which comes with its history; False: it is under quarantine from now on."""
        if self._judge is None:
            return True
        problems = self._judge(version, members, kind, just_now)
        with self._guard:
            former = self._found.get(version.package_version_id)
            if list(problems) == (former or []):
                return not problems
            if problems:
                self._found[version.package_version_id] = list(problems)
            else:
                del self._found[version.package_version_id]
            self._write()
        self._tell(version, problems)
        return not problems

    def _write(self) -> None:
        """In a home that cannot be written this process alone knows; others judge for themselves."""
        new = f"{self._path}.new"
        with suppress(OSError):
            with open(new, "w", encoding="utf-8") as file:
                json.dump(self._found, file)
            os.replace(new, self._path)


def _read(path: str) -> dict[str, list[str]]:
    try:
        with open(path, encoding="utf-8") as file:
            found = json.load(file)
    except (OSError, ValueError):
        return {}
    return {str(row): [str(one) for one in problems] for row, problems in found.items()}
