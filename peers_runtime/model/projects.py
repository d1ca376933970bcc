"""A project that was made from a template."""

from __future__ import annotations

from peers_runtime.model.wire import Record


class NewProject(Record):
    """`name` is the import name; `files` are the paths below the `folder`, which is absolute."""

    folder: str
    name: str
    template: str
    files: tuple[str, ...]
