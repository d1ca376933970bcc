"""What is said of a snapshot and its digest does not cover: one file each, with its checksum in a first line.

On the way to a first import: imports nothing heavy.
"""

from __future__ import annotations

import os

from peers_runtime.base import errors
from peers_runtime.snapshots import blobs, disk


class Abouts:
    """The files of one home, in `folder`."""

    def __init__(self, folder: str) -> None:
        self._folder = folder

    def path(self, digest: str) -> str:
        return os.path.join(self._folder, f"{digest}.json")

    def write(self, digest: str, data: bytes) -> None:
        """Put a sealed text in its place, unless a whole one is there. Raises `HomeNotWritable`."""
        try:
            self.read(digest)
        except errors.StorageError:
            disk.write(self.path(digest), data)

    def read(self, digest: str) -> bytes:
        """The text without its checksum. Raises `HomeDamaged` or `DamagedBytes`."""
        path = self.path(digest)
        try:
            with open(path, "rb") as file:
                checksum, _, data = file.read().partition(b"\n")
        except OSError as error:
            raise errors.HomeDamaged(
                f"{path} cannot be read: {error.strerror}", hint="install the package again", digest=digest
            ) from error
        if blobs.digest_of(data).encode() != checksum:
            raise errors.DamagedBytes(
                f"{path} was changed: its bytes differ from the digest in its first line",
                hint="remove the file and install the package again",
                digest=digest,
            )
        return data


def sealed(about: bytes) -> bytes:
    """With its checksum in a first line: no digest names it."""
    return blobs.digest_of(about).encode() + b"\n" + about
