"""What of a project's folder does not get into its package, or not as its author may expect."""

from __future__ import annotations

import os
from collections.abc import Iterator

from peers_runtime.snapshots import layout
from peers_runtime.snapshots.source import Source

_CACHE = "__pycache__"  # which nobody expects in a package


def remarks(source: Source) -> tuple[str, ...]:
    """A sentence for each file, folder or link of the import package, as a look at the disk finds it."""
    assert source.package_folder is not None  # only what has a folder leaves something out of it
    return tuple(sorted(_remarks(source, source.package_folder)))


def _remarks(source: Source, top: str) -> Iterator[str]:
    for place, folders, files in os.walk(os.path.join(top, source.name)):
        left_out = [name for name in folders if not layout.keeps_folder(name)]
        folders[:] = [name for name in folders if name not in left_out]
        for name in (*folders, *files):
            path = os.path.join(place, name)
            shown = _shown(path, top)
            if os.path.islink(path):
                yield _of_link(source, path, shown)
            elif name in files and shown not in source.files:
                yield f"{shown} is left out: it is hidden, compiled, left by an editor or no file"
        for name in left_out:
            if name != _CACHE:
                yield f"{_shown(os.path.join(place, name), top)}/ is left out: it is hidden or a cache"


def _of_link(source: Source, path: str, shown: str) -> str:
    if not os.path.exists(path):
        return f"{shown} is a link that leads nowhere, and is left out"
    if shown in source.files or any(one.startswith(f"{shown}/") for one in source.files):
        return f"{shown} is a link: a copy of what it leads to is in the package"
    return f"{shown} is a link, and is left out"


def _shown(path: str, top: str) -> str:
    return os.path.relpath(path, top).replace(os.sep, "/")
