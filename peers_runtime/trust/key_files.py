"""Files that hold a key: whole or not there, for their owner's eyes only.

On the way of a host that uses none: imports only os and stat.
"""

from __future__ import annotations

import os
import stat

from peers_runtime.base import errors

_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def put_new(path: str, data: bytes) -> bool:
    """A file that was not there, on the disk before this returns; False when there is one. Raises OSError.

    Whoever is killed at it leaves at most a file ending in `.tmp`, which nobody reads.
    """
    temporary = f"{path}.{os.urandom(8).hex()}.tmp"
    try:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with open(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.link(temporary, path)  # unlike a rename it never replaces
        is_new = True
    except FileExistsError:
        is_new = False
    finally:
        if os.path.lexists(temporary):
            os.unlink(temporary)
    # also by those who were slower: what they use it for may reach the disk before the winner comes to this
    folder = os.open(os.path.dirname(path), os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return is_new


def read(path: str, lost: str) -> bytes:
    """Raises `KeyExposed`, and `KeyDamaged` for what is not there or no file.

    `lost` says what becomes of what the key was for, when there is no other copy of it.
    """
    try:
        # a pipe in the file's place must not keep us waiting
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except OSError as error:
        raise damaged(path, f"it cannot be read: {error.strerror}", lost) from error
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise damaged(path, "it is no file", lost)
        refuse_exposed(path, status, 0o600)
        with open(descriptor, "rb", closefd=False) as file:
            return file.read()
    except OSError as error:
        raise damaged(path, f"it cannot be read: {error.strerror}", lost) from error
    finally:
        os.close(descriptor)


def refuse_exposed(path: str, status: os.stat_result, mode: int) -> None:
    """Raises `KeyExposed` when it is somebody else's, or lets others in; `mode` is what it should have."""
    if status.st_uid != os.geteuid():
        raise errors.KeyExposed(
            f"{path} belongs to another user (id {status.st_uid}), who can use what is in it",
            hint="run this as that user, or choose a home of your own with --home",
            path=path,
        )
    if status.st_mode & _OTHERS:
        raise errors.KeyExposed(
            f"others than its owner may use {path} (mode {status.st_mode & 0o777:04o})",
            hint=f"chmod {mode:o} {path}; whoever has read a key can use it",
            path=path,
        )


def damaged(path: str, what: str, lost: str) -> errors.KeyDamaged:
    return errors.KeyDamaged(
        f"the key {path} is damaged: {what}",
        hint=f"restore it from a backup; without one, put it aside; {lost}: mv {path} {path}.damaged",
        path=path,
    )
