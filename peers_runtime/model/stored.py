"""A snapshot as a home keeps it."""

from __future__ import annotations

from peers_runtime.model.wire import Record


class Stored(Record):
    """Which content is kept, of which package and version it was captured, and when."""

    digest: str
    name: str
    version: str
    created_at: str  # ISO 8601 in UTC
