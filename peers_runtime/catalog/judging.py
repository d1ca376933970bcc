"""Versions that say something else than when this device judged them last: they are judged anew before use.

The feed of changes is not signed: whoever writes the catalog says what is in it. So every row that is read,
to resolve or to act, is compared with what it said then. That costs microseconds for a row, and nothing while
nothing is new.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, RowMapping, select

from peers_runtime.catalog import schema
from peers_runtime.catalog.beliefs import Beliefs
from peers_runtime.catalog.known import Said
from peers_runtime.model.catalog import Context, Package, PackageVersion, VersionTag
from peers_runtime.rules import authorship
from peers_runtime.rules.roster import Roster

LONG = ("app_navs", "history")
"""The columns that cost most to read, and which resolution seldom looks at."""


@dataclass(frozen=True)
class Judge:
    """Who judges the versions of a context: by its members, and by the packages that are believed there."""

    beliefs: Beliefs
    context: Context
    roster: Roster
    packages: Mapping[str, Package | None]  # by id

    def look(self, rows: Sequence[RowMapping]) -> None:
        """Look at rows, which come whole."""
        keys = {
            package_id: authorship.publish_keys(package)
            for package_id, package in self.packages.items()
            if package is not None
        }
        read = [(PackageVersion(**row), _said(row)) for row in rows]
        self.beliefs.judge(read, self.roster, self.context.kind, keys)

    def look_again(self, rows: Sequence[RowMapping]) -> None:
        """Look at those rows, which come whole, that say something else than when they were judged last."""
        changed = [row for row in rows if differs(row, self.beliefs)]
        if changed:
            self.look(changed)


def differs(row: RowMapping, beliefs: Beliefs) -> bool:
    """Whether a row, which may come without its `LONG` columns, is to be judged before it is used."""
    if not beliefs.judges:
        return False
    is_bare = row["version_tag"] == VersionTag.DEV and row["signature"] is None  # there is nothing to verify
    digest = None if is_bare else _full(row) if "history" in row else _short(row)
    return beliefs.differs(row["context_id"], row["package_version_id"], digest)


def standing(connection: Connection, row_id: str) -> Said | None:
    """What the row says in this view of the catalog."""
    table = schema.package_versions
    row = connection.execute(select(table).where(table.c.package_version_id == row_id)).mappings().first()
    return None if row is None else _said(row)


def _said(row: RowMapping) -> Said:
    return Said(_short(row), _full(row))


def _short(row: RowMapping) -> str:
    return _digest([value for column, value in row.items() if column not in LONG])


def _full(row: RowMapping) -> str:
    return _digest(list(row.values()))


def _digest(values: Sequence[object]) -> str:
    """By the order of the table's columns: when that changes, everything is judged once more."""
    return hashlib.sha256(repr(values).encode()).hexdigest()
