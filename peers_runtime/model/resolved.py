"""A version as whoever uses it gets it."""

from __future__ import annotations

from peers_runtime.model.manifest import Asset, Component
from peers_runtime.model.wire import Record


class Resolved(Record):
    """A version's components and assets.

    `dependencies` are there when they were asked for: all that the version depends on, itself or through
    others, each once, by `projectId@version`.
    """

    id: str
    version: str
    components: tuple[Component, ...]
    assets: tuple[Asset, ...]
    dependencies: dict[str, Resolved] | None = None
