"""What this device thinks of records: those that are not what they should be are listed and never applied.

What is here is local, in `quarantine.json` of the home: each device judges for itself, and remembers how far
it has seen each history go, so that nobody can put an older record back.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress

from peers_runtime.model.catalog import ContextKind, Member, PackageVersion
from peers_runtime.rules import history

Judge = Callable[[PackageVersion, Mapping[str, Member], ContextKind, history.Seen | None], tuple[str, ...]]
"""What is wrong with a record, in words: by the members of its context, and by what was seen of it before."""

Tell = Callable[[PackageVersion, tuple[str, ...]], object]
"""Hears of what is wrong with a record, once; and of a record with which all is well again."""


class Quarantine:
    """The rows under quarantine, by `package_version_id`. Safe in threads.

    Without a `judge` every record is taken as it is. A file that cannot be read is as an empty one.
    """

    def __init__(self, path: str, judge: Judge | None = None, tell: Tell = lambda *_: None) -> None:
        self._path = path
        self._judge = judge
        self._tell = tell
        self._guard = threading.Lock()
        self._found: dict[str, list[str]] = {}
        self._seen: dict[str, history.Seen] = {}
        if judge is not None:
            self._read()

    def __contains__(self, package_version_id: str) -> bool:
        return package_version_id in self._found

    @property
    def rows(self) -> frozenset[str]:
        """What is under quarantine."""
        return frozenset(self._found)

    @property
    def judges(self) -> bool:
        return self._judge is not None

    def judge(
        self, versions: Iterable[PackageVersion], members: Mapping[str, Member], kind: ContextKind
    ) -> None:
        """Look at records of one context, which come with their histories; about 0.4 ms for a signed one."""
        assert self._judge is not None  # else there is nothing to ask
        changed: list[tuple[PackageVersion, tuple[str, ...]]] = []
        with self._guard:
            before = dict(self._seen)
            for version in versions:
                row = version.package_version_id
                problems = self._judge(version, members, kind, self._seen.get(row))
                if list(problems) != self._found.get(row, []):
                    changed.append((version, problems))
                if problems:
                    self._found[row] = list(problems)
                else:
                    self._found.pop(row, None)
                    seen = history.seen(version)
                    if seen is not None:
                        self._seen[row] = seen
            if changed or self._seen != before:
                self._write()
        for version, problems in changed:
            self._tell(version, problems)

    def _read(self) -> None:
        with suppress(OSError, ValueError, TypeError, AttributeError, KeyError):
            with open(self._path, encoding="utf-8") as file:
                known = json.load(file)
            seen = {
                str(row): history.Seen(int(count), str(head)) for row, (count, head) in known["seen"].items()
            }
            self._found = {str(row): [str(one) for one in said] for row, said in known["refused"].items()}
            self._seen = seen

    def _write(self) -> None:
        """In a home that cannot be written this process alone knows; others judge for themselves."""
        new = f"{self._path}.new"
        try:
            with open(new, "w", encoding="utf-8") as file:
                json.dump({"refused": self._found, "seen": self._seen}, file)
            os.replace(new, self._path)
        except OSError:
            with suppress(OSError):
                os.unlink(new)
