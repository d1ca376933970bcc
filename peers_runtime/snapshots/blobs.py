"""A folder of files named by the SHA-256 of their content.

On the way to a first import: imports only hashlib and os.
"""

from __future__ import annotations

import hashlib
import os
import time

from peers_runtime.base import errors
from peers_runtime.snapshots import disk

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

_HEX = frozenset("0123456789abcdef")
_FRESH_S = 60.0  # seconds between storing bytes and recording the snapshot that has them, at most
MODE = 0o444  # laid-out files are hard links of blobs, and nobody may write through one


def digest_of(data: bytes) -> str:
    """The lower-case hexadecimal SHA-256 of `data`: its name in every folder of blobs."""
    return hashlib.sha256(data).hexdigest()


def is_digest(text: object) -> bool:
    return isinstance(text, str) and len(text) == 64 and _HEX.issuperset(text)


class Blobs:
    """Content-addressed bytes under `folder`, which is made when something is first put there."""

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        self._folder = os.fspath(folder)

    def path(self, digest: str) -> str:
        """Where the blob lies, or would. Raises `DamagedBytes` when `digest` is not 64 hex digits."""
        if not is_digest(digest):
            raise errors.DamagedBytes(
                f"{digest!r} names no stored bytes: a digest is 64 characters of 0-9 and a-f",
                hint="install the package again",
            )
        return os.path.join(self._folder, digest[:2], digest)

    def has(self, digest: str) -> bool:
        """Whether bytes are stored under `digest`; they are not read."""
        return os.path.exists(self.path(digest))

    def get(self, digest: str) -> bytes:
        """The bytes, verified. Raises `DamagedBytes` when they have changed, `HomeDamaged` when missing."""
        data = self.read(digest)
        if digest_of(data) != digest:
            raise self.changed(digest)
        return data

    def read(self, digest: str) -> bytes:
        """What lies under `digest`, for the caller to verify. Raises `HomeDamaged` when missing."""
        path = self.path(digest)
        try:
            with open(path, "rb", buffering=0) as file:
                return file.readall()
        except OSError as error:
            raise errors.HomeDamaged(
                f"{path} cannot be read: {error.strerror}", hint="install the package again", digest=digest
            ) from error

    def changed(self, digest: str) -> errors.DamagedBytes:
        """The error that says that what lies under `digest` has another."""
        return errors.DamagedBytes(
            f"{self.path(digest)} was changed: its bytes differ from the digest it is named by",
            hint="install the package again, which writes the true bytes",
            digest=digest,
        )

    def put(self, data: bytes) -> str:
        """Store `data`, durable on return; answers with its digest. See `put_all`."""
        self.put_all([data])
        return digest_of(data)

    def put_all(self, contents: Iterable[bytes]) -> None:
        """Store many at once, durable on return; bytes that are there and whole are not written again.

        Raises `HomeNotWritable`; then temporaries are removed and each blob is there whole or not at all.
        """
        missing: dict[str, bytes] = {}
        for data in contents:
            digest = digest_of(data)
            if digest not in missing and not self._is_whole(digest):
                missing[digest] = data
        temporaries = {digest: disk.temporary_name(self.path(digest)) for digest in missing}
        folders = {os.path.dirname(temporary) for temporary in temporaries.values()}
        try:
            for folder in folders:
                os.makedirs(folder, exist_ok=True)
            for digest, temporary in temporaries.items():
                disk.write_new(temporary, missing[digest], MODE)
            for digest, temporary in temporaries.items():
                os.replace(temporary, self.path(digest))
            for folder in (*folders, self._folder) if folders else ():
                disk.sync_folder(folder)
        except OSError as error:
            disk.remove(temporaries.values())
            raise disk.not_writable(error, self._folder) from error

    def remove_old(self, digests: Iterable[str]) -> None:
        """Remove those of the bytes that nobody has stored, or found stored, in the last minute."""
        disk.remove(self.path(digest) for digest in digests if not self.is_fresh(digest))

    def is_fresh(self, digest: str) -> bool:
        """Whether somebody has stored the bytes, or found them stored, in the last minute."""
        try:
            return time.time() - os.stat(self.path(digest)).st_mtime < _FRESH_S
        except OSError:
            return False

    def touch(self, digest: str) -> None:
        """Have the bytes fresh from now on, see `remove_old`."""
        try:
            os.utime(self.path(digest))
        except OSError:  # a home that cannot be written; nothing is removed from it either
            pass

    def _is_whole(self, digest: str) -> bool:
        try:
            self.get(digest)
        except errors.StorageError:
            return False
        self.touch(digest)
        return True
