"""A packed wheel as data: what is in it, and how it differs from the release before it."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from pydantic import Field

from peers_runtime.model.components import ComponentChanges, Increment, StatusChanges
from peers_runtime.model.manifest import FileEntry, Manifest
from peers_runtime.model.wire import Record


class Bump(StrEnum):
    """Which number of a Semantic Version goes up."""

    MAJOR = "major"
    MINOR = "minor"
    PATCH = "patch"


class Change(Record):
    """One part of a package that differs between two versions.

    `kind` is "route", "UI", "tool", "table", "contract", "hook", "app nav" or "file"; `needs` are the inputs
    that it requires now and did not before.
    """

    kind: str
    name: str
    change: Literal["added", "removed", "changed"]
    needs: tuple[str, ...] = ()


class Suggestion(Record):
    """How far a version should be above the one before it, and why."""

    bump: Bump
    version: str  # the lowest one that is far enough above
    reasons: tuple[str, ...]


class Wheel(Record):
    """A packed wheel: `entries` are all its files, in its order; `manifest` tells which are the package's."""

    filename: str
    digest: str  # of the wheel itself
    size: int  # bytes
    entries: tuple[FileEntry, ...]
    manifest: Manifest


class Packed(Record):
    """The answer of packing: the wheel, where it is, and what its author should know.

    `written` is False for a dry run, and when the same wheel was there already. `changes`, `suggestion` and
    `component_changes` compare with `previous`, when there is a package before this one. What was said of
    components is published by the package: `version_increments` are those whose numbers grow by that.
    """

    wheel: Wheel
    path: str
    written: bool
    previous: str | None = None
    changes: tuple[Change, ...] = ()
    suggestion: Suggestion | None = None
    component_changes: ComponentChanges = ComponentChanges()
    status_changes: StatusChanges = StatusChanges()
    version_increments: dict[str, Increment] = Field(default_factory=dict)  # by the component's id
    warnings: tuple[str, ...] = ()
