"""Where a package may come from: a folder, a wheel, or a distribution of this environment."""

from __future__ import annotations

import os
from pathlib import Path

from peers_runtime.base import errors
from peers_runtime.snapshots import distributions, folders, wheels
from peers_runtime.snapshots.distributions import AvailableDistribution, available
from peers_runtime.snapshots.source import Source

__all__ = ["AvailableDistribution", "Source", "available", "read"]

_ENTRY_POINT = "entry-point:"


def read(source: str | os.PathLike[str]) -> Source:
    """Read a project's folder, a `.whl`, or `"entry-point:NAME"`; none of its code runs.

    Raises `NoPackageThere`, `InvalidDefinition`, `InvalidVersion`, `InvalidSetting`, `TagInCode`,
    `ReservedName`, `BadWheel`.
    """
    if isinstance(source, str) and source.startswith(_ENTRY_POINT):
        return distributions.read(source.removeprefix(_ENTRY_POINT))
    path = Path(source).expanduser()
    if path.is_dir():
        return folders.read(path)
    if path.is_file() and path.suffix == ".whl":
        return wheels.read(path)
    what = "is neither a folder nor a .whl file" if path.exists() else "does not exist"
    raise errors.NoPackageThere(
        f"{path} {what}",
        hint=f"give a project's folder, a wheel, or {_ENTRY_POINT}NAME for an installed distribution",
        where=str(path),
    )
