"""Where packed wheels are put: whole or not at all, and never in place of another one."""

from __future__ import annotations

import contextlib
import os

from peers_runtime.base import errors
from peers_runtime.snapshots import disk


def is_there(path: str, data: bytes) -> bool:
    """Whether the file has these bytes already.

    Raises `PackageVersionExists` when it has others, and `WheelNotWritten` when that cannot be seen, or no
    folder can be where it is to lie.
    """
    try:
        with open(path, "rb") as file:
            found = file.read(len(data) + 1)
    except FileNotFoundError:
        return False
    except OSError as error:
        raise _not_written(path, error) from error
    if found == data:
        return True
    raise errors.PackageVersionExists(
        f"{path} is there already, with other content: a version is packed once",
        hint="raise the version, pack into another folder (--out), or remove the file if nobody has it",
        path=path,
    )


def put(path: str, data: bytes, undo: contextlib.ExitStack) -> bool:
    """Make the file, and the folders that it lies in; answers False when it was there, as `is_there`.

    What was made is taken away again by `undo`. Raises as `is_there`; then nothing was changed.
    """
    if is_there(path, data):
        return False
    try:
        with contextlib.ExitStack() as made:
            disk.make_folders(os.path.dirname(path), made)
            disk.put_new(path, data)
            made.callback(disk.remove, [path])
            undo.push(made.pop_all())
    except OSError as error:
        if isinstance(error, FileExistsError) and os.path.isfile(path):  # somebody else was faster
            return not is_there(path, data)
        raise _not_written(path, error) from error
    return True


def _not_written(path: str, error: OSError) -> errors.WheelNotWritten:
    reason = error.strerror or str(error)
    return errors.WheelNotWritten(
        f"{path} cannot be written: {reason}",
        hint="give a folder that can be written: --out FOLDER",
        path=path,
        reason=reason,
    )
