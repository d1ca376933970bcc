"""What differs between two versions of a package, as data."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from peers_runtime.model.wire import Record


class Bump(StrEnum):
    """Which number of a Semantic Version goes up."""

    MAJOR = "major"
    MINOR = "minor"
    PATCH = "patch"


class Change(Record):
    """One part of a package that differs between two versions.

    `kind` is "route", "UI", "tool", "table", "contract", "hook", "app nav", "requirement" (of what the host
    shares), "private requirement", "private distribution" or "file". `needs` are the inputs that the part
    requires now and did not before; of a requirement, what it newly asks for. `losses` are what consumers of
    a contract may lose by, in words, `gains` what else they would notice.
    """

    kind: str
    name: str
    change: Literal["added", "removed", "changed"]
    needs: tuple[str, ...] = ()
    losses: tuple[str, ...] = ()
    gains: tuple[str, ...] = ()
    size_before: int | None = None  # bytes, of a file
    size_after: int | None = None


class Suggestion(Record):
    """How far a version should be above the one before it, and why."""

    bump: Bump
    version: str  # the lowest one that is far enough above
    reasons: tuple[str, ...]


class Compared(Record):
    """One of the two that were compared; `id` is its snapshot's."""

    id: str
    name: str
    version: str


class Diff(Record):
    """What differs between two versions of one package, and which version that calls for."""

    before: Compared
    after: Compared
    changes: tuple[Change, ...]
    suggestion: Suggestion
