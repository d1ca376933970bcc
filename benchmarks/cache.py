"""Folders that are made once and used by later runs, under the system's folder for temporary files."""

from __future__ import annotations

import functools
import hashlib
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[1]
_MAKERS = ("peers_runtime/**/*.py", "benchmarks/*.py", "benchmarks/starters/json_index.py")
_KEPT_S = 3600  # how long a state of the code that nobody measures any more is kept: about 100 MB each


def folder(name: str, make: Callable[[Path], object]) -> Path:
    """The folder of that name; `make` fills an empty one when there is none yet, else it is not called."""
    place = _place() / name
    if not place.is_dir():
        new = place.with_name(f"{name}.{os.getpid()}")
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir(parents=True)
        make(new)
        new.rename(place)
    return place


@functools.cache
def _place() -> Path:
    """One folder per state of the code that made what is kept; those that are no longer used go."""
    parent = Path(tempfile.gettempdir()) / f"peers-benchmarks-{os.getuid()}"
    parent.mkdir(mode=0o700, exist_ok=True)
    state = hashlib.sha256(sys.version.encode())
    for source in sorted(source for pattern in _MAKERS for source in ROOT.glob(pattern)):
        state.update(source.read_bytes())
    place = parent / state.hexdigest()[:16]
    place.mkdir(exist_ok=True)
    place.touch()
    for other in parent.iterdir():
        if other.stat().st_mtime < time.time() - _KEPT_S:
            shutil.rmtree(other, ignore_errors=True)
    return place
