"""`peers prune`: what nothing uses any more is given up, told before and after."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from tests.cli.running import Ran
from tests.world import project, screen

Peers = Callable[..., Ran]


def test_what_nothing_uses_is_told_of_removed_and_gone(peers: Peers, home: Path, tmp_path: Path) -> None:
    assert peers("prune").out == "removed 0 snapshots\n"
    for shows in ("first", "second"):
        folder = project(tmp_path / "tasks", "tasks", files=screen("tasks", "tasks", shows))
        assert peers("install", folder).code == 0
        if shows == "first":
            first = peers("show", "tasks", "--json").data["manifest"]["id"]
    for path in (home / "blobs").rglob("*"):
        os.utime(path, (0, 0))  # as if all this had been stored long ago
    told = peers("prune", "--dry-run")
    assert told.out.splitlines()[0] == "would remove 1 snapshot"
    assert told.out.splitlines()[-1].split()[:3] == ["tasks", "1.0.0", first]
    assert peers("prune", "--keep", "1", "--dry-run").out == "would remove 0 snapshots\n"
    assert peers("prune", "--keep", "-1", "--json").error["code"] == "P0901"
    (removed,) = peers("prune", "--json").data
    assert removed.keys() == {"digest", "name", "version", "createdAt"}
    assert removed["digest"] == first
    left = {path.name for path in home.rglob("*") if first in path.name}
    assert left <= {f"{first}.code"}  # which the second may name for what has not changed
    assert peers("prune", "--dry-run").out == "would remove 0 snapshots\n"
    assert peers("show", "tasks").code == 0
