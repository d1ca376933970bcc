"""Two devices of one group: homes that open one catalog and one folder of blobs."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from peers_runtime import PeersError, Runtime

PATIENCE_S = 20.0


class Group:
    """What the devices of a group share, in a folder; `open` gives one of them."""

    def __init__(self, folder: Path, catalog: str | None = None) -> None:
        self.folder = folder
        self.catalog = catalog or folder / "shared" / "team.sqlite"
        self.blobs = folder / "shared" / "blobs"
        self.blobs.mkdir(parents=True)

    def open(self, device: str, actor: str = "ada", **more: Any) -> Runtime:
        shared = {"catalog": self.catalog, "blobs": self.blobs, "facades": False, **more}
        return Runtime.open(self.folder / device, device=device, actor=actor, **shared)


def until(holds: Callable[[], object]) -> None:
    """Waits until something holds. An error of ours means that it does not yet."""
    began = time.monotonic()
    while True:
        try:
            if holds():
                return
        except PeersError:
            pass
        assert time.monotonic() - began < PATIENCE_S, "it has not come to hold"
        time.sleep(0.01)  # most of what holds tells nobody


class Clock:
    """A lock that nobody lets go of; the waiting for it takes no time, and is added up."""

    def __init__(self) -> None:
        self.passed_s = 0.0

    def acquire(self, timeout: float) -> bool:
        self.passed_s += timeout
        return False
