"""Components between two packages: what was published of them, and how the next package changes that."""

from __future__ import annotations

from enum import StrEnum

from peers_runtime.model.wire import Record


class ComponentStatus(StrEnum):
    """What a component is beside its last published version. Computed, never set: see `rules.components`."""

    DRAFT = "draft"  # never published
    MODIFIED = "modified"  # its content is another one now
    PUBLISHED = "published"  # as it was published
    DELETED = "deleted"  # published, and gone from the tree


class PackedVersion(Record):
    """That a version of a package was packed in a context: which content, when and by whom. For ever."""

    context_id: str
    package_id: str
    version: str
    name: str
    snapshot_digest: str
    at: str  # ISO 8601 in UTC
    by: str


class Publication(Record):
    """A published version of a component: its number, and the package that it first stood in."""

    component_id: str
    number: int
    name: str
    type: str
    content_digest: str  # see `rules.components`
    version: str  # of the package
    snapshot_digest: str
    at: str  # ISO 8601 in UTC
    by: str


class ComponentState(Record):
    """A component of a working copy; `number` is that of its last published version."""

    id: str
    name: str
    type: str
    status: ComponentStatus
    number: int | None = None


class Restored(Record):
    """A component of a working copy that went back to a published version, or would: `written` says which.

    `restored` are the files that became those of that version, `removed` those that are gone, `left` those
    that differ from it still, all by their paths in the package. Where `left` or the definition keep the
    component from being what was published, the `remarks` say so; `status` is what it is then.
    """

    id: str
    name: str  # that it had in that version
    type: str
    status: ComponentStatus
    number: int  # of the published version
    version: str  # of the package that it stood in
    project: str  # the working copy's folder
    restored: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    written: bool = False


class ComponentChanges(Record):
    """Ids of components that the package before did not have, had with other content, or had alone."""

    added: tuple[str, ...] = ()
    updated: tuple[str, ...] = ()
    deleted: tuple[str, ...] = ()


class StatusChanges(Record):
    """Ids of components by the status that they had: all of them are published by a package."""

    draft: tuple[str, ...] = ()
    modified: tuple[str, ...] = ()
    published: tuple[str, ...] = ()


class Increment(Record):
    """How the number of a component grows; a draft had none."""

    from_: int | None = None
    to: int
