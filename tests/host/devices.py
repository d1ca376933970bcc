"""Two devices of one group: homes that open one catalog and one folder of blobs."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from peers_runtime import PeersError, Runtime
from tests import postgres

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

    def change(self, statement: str, *values: object) -> None:
        """Change one row by hand, which tells nobody; the statement has `?` for each of the values."""
        if isinstance(self.catalog, Path):
            with closing(sqlite3.connect(self.catalog)) as connection, connection:
                assert connection.execute(statement, values).rowcount == 1
        else:
            with postgres.Database(self.catalog).connected() as session:
                assert session.execute(statement.replace("?", "%s"), values).rowcount == 1


def until(holds: Callable[[], object], instead: Callable[[], object] = lambda: "") -> None:
    """Waits until something holds. An error of ours means that it does not yet.

    `instead` says what there is, for who finds that it never came to hold.
    """
    began = time.monotonic()
    while True:
        try:
            if holds():
                return
        except PeersError:
            pass
        assert time.monotonic() - began < PATIENCE_S, f"it has not come to hold {instead()}"
        time.sleep(0.01)  # most of what holds tells nobody


class Clock:
    """A lock that nobody lets go of; the waiting for it takes no time, and is added up."""

    def __init__(self) -> None:
        self.passed_s = 0.0

    def acquire(self, timeout: float) -> bool:
        self.passed_s += timeout
        return False
