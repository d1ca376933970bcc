"""One lock file around every write to SQLite, over threads and processes.

SQLite before 3.51.3 can lose pages when a writer restarts the write-ahead log beside a checkpointer;
with this lock around every write transaction and checkpoint there is only ever one of either. With many
processes it is also faster than SQLite's own waiting, which sleeps and polls.

POSIX only: `flock` belongs to the open file, so that it excludes threads as well, and the kernel frees it
when its holder dies. Windows would need `msvcrt.locking` in `hold`, and has none of it yet.
"""

from __future__ import annotations

import errno
import fcntl
import os
from collections.abc import Generator
from contextlib import contextmanager

from peers_runtime.base import errors

_NOT_WRITABLE = frozenset(
    {
        errno.EROFS,
        errno.EACCES,
        errno.EPERM,
        errno.ENOSPC,
        errno.EDQUOT,
        errno.EFBIG,
        errno.EIO,
        errno.ENOTDIR,
        errno.EEXIST,
    }
)


@contextmanager
def hold(path: str) -> Generator[None]:
    """Waits until nobody else holds `path`. Not reentrant. Raises `HomeNotWritable`."""
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
    except OSError as error:
        raise not_writable(path, error) from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        try:
            yield
        finally:
            # Said aloud, because a child forked meanwhile shares the open file and would keep the lock.
            fcntl.flock(descriptor, fcntl.LOCK_UN)
    finally:
        os.close(descriptor)


def not_writable(path: str, error: OSError) -> errors.StorageError | OSError:
    """`HomeNotWritable` when that is what the error means, else the error itself."""
    if error.errno not in _NOT_WRITABLE:
        return error
    return errors.HomeNotWritable(
        f"{path} cannot be written: {error.strerror}",
        hint="make the home writable and free space on its disk, or choose another home with --home",
        path=path,
        reason=error.strerror,
    )
