"""Writing files whole or not at all, so that a crash, a kill or a full disk leaves no half of one.

On the way to a first import: imports only os.
"""

from __future__ import annotations

import errno
import os

from peers_runtime.base import errors

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from contextlib import ExitStack

_WITHOUT_LINKS = (errno.EPERM, errno.ENOTSUP, errno.ENOSYS)  # what file systems say that have none
_HINTS = {
    errno.ENOSPC: "free some space on the disk and try again",
    errno.EDQUOT: "the disk quota is used up: free some space and try again",
    errno.EFBIG: "the file size limit of this process is too low (ulimit -f)",
    errno.EROFS: "the home lies on a read-only file system; choose another home to change something",
    errno.EACCES: "give the user of this process the right to write there, or choose another home",
    errno.EPERM: "give the user of this process the right to write there, or choose another home",
}


def temporary_name(path: str) -> str:
    """A name beside `path` that nobody else uses."""
    return f"{path}.{os.urandom(8).hex()}.tmp"


def write(path: str, data: bytes, mode: int = 0o600) -> None:
    """Replace the file at `path`, durable on return. Raises `HomeNotWritable`; then nothing changed."""
    temporary = temporary_name(path)
    try:
        os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
        write_new(temporary, data, mode)
        os.replace(temporary, path)
        sync_folder(os.path.dirname(path))
    except OSError as error:
        remove([temporary])
        raise not_writable(error, path) from error


def replace(path: str, data: bytes) -> None:
    """Replace a file, which keeps its mode, durable on return; raises OSError, and nothing changed then."""
    temporary = temporary_name(path)
    try:
        mode = os.stat(path).st_mode & 0o777 if os.path.exists(path) else 0o644
        write_new(temporary, data, mode)
        os.replace(temporary, path)
        sync_folder(os.path.dirname(path))
    except OSError:
        remove([temporary])
        raise


def write_new(path: str, data: bytes, mode: int) -> None:
    """Make a file that must not exist yet and flush it to the disk; raises OSError."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(descriptor, rest) :]
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def put_new(path: str, data: bytes) -> None:
    """Make a file for everybody to read, durable on return; raises OSError, also when `path` is taken.

    Nobody ever sees a part of it, and nothing is left when this raises.
    """
    temporary = temporary_name(path)
    try:
        write_new(temporary, data, 0o644)
        _name(temporary, path)
    finally:
        remove([temporary])
    try:
        sync_folder(os.path.dirname(path))
    except BaseException:
        remove([path])
        raise


def sync_folder(folder: str) -> None:
    """Flush a folder's entries to the disk, so that a rename in it outlives a power loss."""
    if os.name == "nt":  # NTFS journals renames, and Windows cannot open a folder
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def put_folder(temporary: str, folder: str) -> None:
    """Rename a filled folder into place, durable on return. Raises OSError, also when `folder` is taken."""
    for place, _, _ in os.walk(temporary):
        sync_folder(place)
    os.rename(temporary, folder)
    sync_folder(os.path.dirname(folder))


def make_folders(folder: str, undo: ExitStack) -> None:
    """Make a folder and those above it; `undo` removes those that were not there. Raises OSError."""
    missing: list[str] = []
    while not os.path.isdir(folder):
        missing.append(folder)
        folder = os.path.dirname(folder)
    for one in reversed(missing):
        try:
            os.mkdir(one)
        except FileExistsError:
            if not os.path.isdir(one):
                raise
        else:
            undo.callback(remove_empty_folder, one)


def remove_folder(folder: str) -> None:
    """Remove a folder and all in it, when it is there and as far as the disk allows."""
    for place, folders, files in os.walk(folder, topdown=False):
        remove(os.path.join(place, name) for name in files)
        for name in folders:
            remove_empty_folder(os.path.join(place, name))
    remove_empty_folder(folder)


def remove(paths: Iterable[str]) -> None:
    """Remove those of the files that are there, as far as the disk allows."""
    for path in paths:
        try:
            os.unlink(path)
        except OSError:
            pass


def not_writable(error: OSError, path: str) -> errors.HomeNotWritable:
    """The error that says which file could not be written, why, and what helps."""
    reason = error.strerror or str(error)
    return errors.HomeNotWritable(
        f"{path} cannot be written: {reason}",
        hint=_HINTS.get(error.errno or 0, "see whether the disk is in order"),
        path=path,
        reason=reason,
    )


def remove_empty_folder(folder: str) -> None:
    """Remove a folder in which nothing lies."""
    try:
        os.rmdir(folder)
    except OSError:
        pass


def _name(temporary: str, path: str) -> None:
    try:
        os.link(temporary, path)
    except OSError as error:
        if error.errno not in _WITHOUT_LINKS:
            raise
        if os.path.lexists(path):  # two writers may both pass here, where a file system can only rename
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), path) from error
        os.rename(temporary, path)
