"""A packed wheel as data: what is in it, and how it differs from the release before it."""

from __future__ import annotations

from peers_runtime.model.differences import Change, Suggestion
from peers_runtime.model.manifest import FileEntry, Manifest
from peers_runtime.model.wire import Record


class Wheel(Record):
    """A packed wheel: `entries` are all its files, in its order; `manifest` tells which are the package's."""

    filename: str
    digest: str  # of the wheel itself
    size: int  # bytes
    entries: tuple[FileEntry, ...]
    manifest: Manifest


class Packed(Record):
    """The answer of packing: the wheel, where it is, and what its author should know.

    `written` is False for a dry run, and when the same wheel was there already. `changes` and `suggestion`
    compare with `previous`, the latest version released in the context, when there is one.
    """

    wheel: Wheel
    path: str
    written: bool
    previous: str | None = None
    changes: tuple[Change, ...] = ()
    suggestion: Suggestion | None = None
    warnings: tuple[str, ...] = ()
