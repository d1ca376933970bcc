"""Whether anybody has a file open for writing. Linux can tell; elsewhere nobody knows."""

from __future__ import annotations

import errno
import os
import signal
import sys

if sys.platform == "linux":
    import fcntl

    def open_for_writing(path: str) -> bool | None:
        """Whether any process, this one included, has the file at `path` open for writing; None: unknown.

        Takes a read lease and gives it back, which costs a few µs: the kernel refuses one while there is a
        writer. None for files of another user (without CAP_LEASE), for file systems without leases (most
        network ones) and for what is no readable regular file. Who opens the file for writing in these few
        µs waits for their end; only an open with O_NONBLOCK, which no editor does on a file, would fail.
        """
        try:
            descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
        except OSError:
            return None
        try:
            # The kernel signals a holder whose lease is in a writer's way. Its SIGIO would end this
            # process; SIGURG is ignored unless somebody asks for it.
            fcntl.fcntl(descriptor, fcntl.F_SETSIG, signal.SIGURG)
            fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_RDLCK)
            fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_UNLCK)
        except OSError as error:
            return True if error.errno == errno.EAGAIN else None
        finally:
            os.close(descriptor)  # gives the lease back too
        return False

else:

    def open_for_writing(path: str) -> bool | None:  # noqa: ARG001 - one signature
        """None: this system cannot tell."""
        return None
