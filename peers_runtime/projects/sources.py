"""Where a package may come from: a folder, a wheel, or a distribution of this environment.

What reads wheels and distributions is imported for these: it costs more than to read a folder.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path

from peers_runtime.base import errors
from peers_runtime.projects.working_copy import WorkingCopy
from peers_runtime.snapshots.source import Source

__all__ = ["Source", "read"]

_ENTRY_POINT = "entry-point:"
_ANY = f"give a project's folder, a wheel, or {_ENTRY_POINT}NAME for an installed distribution"
_FOLDER = "give the folder of a project, which holds its pyproject.toml"
_WHEEL = "give a packed wheel"
_SHOWN = 300  # characters of a path that there is not


def read(source: str | os.PathLike[str]) -> Source:
    """Read a project's folder, a `.whl`, or `"entry-point:NAME"`; none of its code runs.

    Raises `NoPackageThere`, `InvalidDefinition`, `InvalidVersion`, `InvalidSetting`, `TagInCode`,
    `ReservedName`, `BadWheel`, `StillChanging`.
    """
    if isinstance(source, str) and source.startswith(_ENTRY_POINT):
        from peers_runtime.projects import distributions

        return distributions.read(source.removeprefix(_ENTRY_POINT))
    path, mode = _look(source, _ANY)
    if stat.S_ISDIR(mode):
        return WorkingCopy(path).read()
    if stat.S_ISREG(mode) and path.suffix == ".whl":
        from peers_runtime.projects import packed, wheels

        return packed.read(path).source if wheels.is_packed(path) else wheels.read(path)
    raise _nothing(str(path), "is neither a folder nor a .whl file", _ANY)


def folder(path: str | os.PathLike[str]) -> Path:
    """A folder, which may hold a project. Raises `NoPackageThere` for what is none."""
    found, mode = _look(path, _FOLDER)
    if stat.S_ISDIR(mode):
        return found
    raise _nothing(str(found), "is no folder", _FOLDER)


def wheel(path: str | os.PathLike[str]) -> Path:
    """A file, which may be a wheel. Raises `NoPackageThere` for what is none."""
    found, mode = _look(path, _WHEEL)
    if stat.S_ISREG(mode):
        return found
    raise _nothing(str(found), "is no file", _WHEEL)


def _look(source: str | os.PathLike[str], wanted: str) -> tuple[Path, int]:
    """The path, and the mode of what is there. Raises `NoPackageThere`, which says what is `wanted`."""
    if source == "":  # which pathlib takes for the current folder
        raise _nothing("''", "names no folder", wanted)
    try:
        path = Path(source).expanduser()
    except (TypeError, RuntimeError) as error:  # no path at all, or nobody's home
        raise _nothing(ascii(source), f"is no path: {error}", wanted) from error
    try:
        return path, path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        raise _nothing(str(path), "does not exist", wanted) from None
    except OSError as error:
        raise _nothing(str(path), f"cannot be looked at: {error.strerror}", wanted) from error
    except ValueError as error:  # a character that no file name has
        raise _nothing(ascii(str(path)), "is no path", wanted) from error


def _nothing(where: str, what: str, wanted: str) -> errors.NoPackageThere:
    shown = where if len(where) <= _SHOWN else f"{where[:_SHOWN]}…"
    return errors.NoPackageThere(
        f"{shown} {what}",
        hint=wanted,
        where=where,
    )
