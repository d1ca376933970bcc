"""A package that is to be made, as data: what it would be, its wheel, what changed since the last one."""

from __future__ import annotations

from pydantic import Field

from peers_runtime.model.components import ComponentChanges, Increment, StatusChanges
from peers_runtime.model.differences import Change, Suggestion
from peers_runtime.model.manifest import (
    Asset,
    Component,
    Dependency,
    FileEntry,
    Manifest,
    PrivateEntry,
    Requires,
)
from peers_runtime.model.wire import Record


class Wheel(Record):
    """A packed wheel: `entries` are all its files, in its order; `manifest` tells which are the package's."""

    filename: str
    digest: str  # of the wheel itself
    size: int  # bytes
    entries: tuple[FileEntry, ...]
    manifest: Manifest


class Report(Record):
    """What an author should know of a package that is to be made.

    `changes`, `suggestion` and `component_changes` compare with `previous`, when there is a package before
    this one. What is said of components is published by the package: `version_increments` are those whose
    numbers grow by that.
    """

    previous: str | None = None
    changes: tuple[Change, ...] = ()
    suggestion: Suggestion | None = None
    component_changes: ComponentChanges = ComponentChanges()
    status_changes: StatusChanges = StatusChanges()
    version_increments: dict[str, Increment] = Field(default_factory=dict)  # by the component's id
    warnings: tuple[str, ...] = ()


class Packed(Report):
    """The answer of packing: a `Report`, the wheel, and where it is.

    `written` is False for a dry run, and when the same wheel was there already.
    """

    wheel: Wheel
    path: str
    written: bool


class Draft(Report):
    """The package that a working copy would be made now, with its `Report`.

    `id` is that of the snapshot that it would be; components have the numbers that they would get.
    """

    id: str
    name: str
    version: str
    components: tuple[Component, ...]
    assets: tuple[Asset, ...]
    requires: Requires
    private: tuple[PrivateEntry, ...]
    dependencies: tuple[Dependency, ...] = ()
