"""Removing what killed processes were about to put in place."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator

from peers_runtime.snapshots import disk

_OLD_S = 3600.0  # seconds, in which every living process has put its temporaries in place or removed them
_PLACES = ("", "about", "blobs/*", "calls", "code/*", "files", "keys", "realms")  # folders of a home
_TEMPORARY = re.compile(r"\.tmp$|\.new$|\.json\.\d+$")


def tidy(home: str, now_s: float) -> list[str]:
    """Remove temporaries that are older than an hour by the clock time `now_s`; answers with their paths.

    Costs listing the folders of the home in which some may lie, at most about three hundred; no file is
    opened. What cannot be removed stays.
    """
    gone = []
    for entry in _temporaries(home):
        try:
            is_old = now_s - entry.stat(follow_symlinks=False).st_mtime > _OLD_S
        except OSError:  # its maker has put it in place
            continue
        if is_old:
            if entry.is_dir(follow_symlinks=False):
                disk.remove_folder(entry.path)
            else:
                disk.remove([entry.path])
            gone.append(entry.path)
    return gone


def _temporaries(home: str) -> Iterator[os.DirEntry[str]]:
    for place in _PLACES:
        parent, _, below = place.partition("/")
        folder = os.path.join(home, parent)
        folders = [entry.path for entry in _entries(folder) if entry.is_dir()] if below else [folder]
        for one in folders:
            yield from (entry for entry in _entries(one) if _TEMPORARY.search(entry.name))


def _entries(folder: str) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except OSError:
        return []
