"""What a device remembers of one context, as it is kept in a file."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from peers_runtime.model.catalog import Membership, Package
from peers_runtime.rules.history import Seen
from peers_runtime.rules.roster import Roster


class Said(NamedTuple):
    """What a version's row says, by digests: of what resolution reads of it, and of all of it."""

    in_short: str
    in_full: str


@dataclass
class Known:
    """Of one context.

    `as_of`: how many changes its members had had when all of it was looked at last. `removed`: the revisions
    at which packages were uninstalled. `said`: what signed rows said when they were judged last.
    """

    roster: Roster | None = None
    as_of: int = 0
    packages: dict[str, Package] = field(default_factory=dict[str, Package])
    removed: dict[str, int] = field(default_factory=dict[str, int])
    seen: dict[str, Seen] = field(default_factory=dict[str, Seen])
    said: dict[str, Said] = field(default_factory=dict[str, Said])
    refused: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    stamp: tuple[int, int, int] | None = None

    def as_data(self) -> dict[str, Any]:
        changes = self.roster.changes if self.roster is not None else ()
        return {
            "members": [one.wire() for one in changes],
            "asOf": self.as_of,
            "packages": {row: one.wire() for row, one in self.packages.items()},
            "removed": self.removed,
            "seen": self.seen,
            "said": self.said,
            "refused": self.refused,
        }

    @classmethod
    def from_data(cls, data: dict[str, Any], stamp: tuple[int, int, int]) -> Known:
        return cls(
            Roster(Membership.model_validate(one) for one in data["members"]),
            int(data["asOf"]),
            {str(row): Package.model_validate(one) for row, one in data["packages"].items()},
            {str(row): int(revision) for row, revision in data["removed"].items()},
            {str(row): Seen(int(count), str(head)) for row, (count, head) in data["seen"].items()},
            {
                str(row): Said(str(short), str(full)) for row, (short, full) in data.get("said", {}).items()
            },  # none yet in older ones
            {str(row): [str(one) for one in said] for row, said in data["refused"].items()},
            stamp,
        )


def stamp(path: str) -> tuple[int, int, int] | None:
    """What tells two states of a file apart; None when it is not there."""
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size
