"""Which snapshots of working copies a process may still read, so that no other process gives them up.

A claim is a shared lock of the operating system on the snapshot's file in `about/`: it ends with the
process, however that ends. On a host's start path: imports only os and fcntl, and only for dev versions.
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
                descriptor = _locked(os.path.join(self._about, f"{digest}.json"), exclusive=False)
                if descriptor is not None:
                    self._held[digest] = descriptor

    def close(self) -> None:
        self.hold(())


def sole(path: str) -> int | None:
    """A descriptor of a snapshot's file in `about/` when nobody claims it, who then waits for its closing."""
    return _locked(path, exclusive=True)


def _locked(path: str, *, exclusive: bool) -> int | None:
    import fcntl

    try:
        descriptor = os.open(path, os.O_RDONLY)
    except OSError:
        return None
    try:
        fcntl.flock(descriptor, (fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH) | fcntl.LOCK_NB)
    except OSError:  # somebody has it, or a file system without locks: then it is not given up
        os.close(descriptor)
        return None
    return descriptor
