"""What of a snapshot a process may still read, so that no other process gives it up.

A claim is a shared lock of the operating system, which ends with the process, however that ends. That on a
snapshot of a working copy is on its file in `about/`, that on what is laid out of any snapshot on its folder.
On a host's start path: imports only os and fcntl, and only for dev versions and what is loaded.
"""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection


class Claims:
    """Those of one runtime on the home at `home`."""

    def __init__(self, home: str) -> None:
        self._about = os.path.join(home, "about")
        self._held: dict[str, int] = {}  # digest -> descriptor

    def hold(self, digests: Collection[str]) -> None:
        """Claim these snapshots and no others any more; one that is not there is passed over."""
        for digest in [one for one in self._held if one not in digests]:
            os.close(self._held.pop(digest))
        for digest in digests:
            if digest not in self._held:
                descriptor = shared(os.path.join(self._about, f"{digest}.json"))
                if descriptor is not None:
                    self._held[digest] = descriptor

    def close(self) -> None:
        self.hold(())


def sole(path: str) -> int | None:
    """A descriptor of what nobody claims; who then wants to finds it locked until that is closed."""
    return _locked(path, exclusive=True)


def shared(path: str, *, wait: bool = False) -> int | None:
    """A descriptor whose closing ends a claim; None when it is not there, or on a file system without locks.

    What somebody is giving up at this moment is waited for, or None.
    """
    return _locked(path, wait=wait)


def is_at(path: str, descriptor: int) -> bool:
    """Whether this is what lies at `path` now: between opening and locking it may have been given up."""
    try:
        return os.path.samestat(os.fstat(descriptor), os.stat(path))
    except OSError:
        return False


def _locked(path: str, *, exclusive: bool = False, wait: bool = False) -> int | None:
    import fcntl

    try:
        descriptor = os.open(path, os.O_RDONLY)
    except OSError:
        return None
    kind = fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH
    try:
        fcntl.flock(descriptor, kind if wait else kind | fcntl.LOCK_NB)
    except OSError:  # somebody has it, or a file system without locks: then it is not given up
        os.close(descriptor)
        return None
    return descriptor
