"""Where homes exchange snapshots: whole ones only, every byte verified by whoever fetches it.

On the way to a first import: imports nothing heavy.
"""

from __future__ import annotations

import os

from peers_runtime.base import errors
from peers_runtime.snapshots import blobs, disk
from peers_runtime.snapshots.listing import Listing

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Protocol

    class Bucket(Protocol):
        """Bytes by name, in a place that several homes reach. Names are parts joined by `/`."""

        name: str  # what messages call it

        def get(self, name: str) -> bytes:
            """Raises OSError; FileNotFoundError when nothing has the name."""
            ...

        def put(self, name: str, data: bytes) -> None:
            """Whole or not at all, durable on return. Raises `HomeNotWritable`."""
            ...


class Parcel:
    """A snapshot on its way: its content, its file in `about/`, and its files by digest.

    Or a private distribution, which has no file in `about/`, and whose wheel is among the files.
    """

    __slots__ = ("about", "content", "digest", "files")

    def __init__(self, digest: str, content: bytes, about: bytes | None, files: Mapping[str, bytes]) -> None:
        self.digest = digest
        self.content = content
        self.about = about
        self.files = files


class SharedBlobs:
    """The snapshots in a bucket. One is there when its content is, which is written last.

    Nothing is removed from it: another home may be about to fetch it.
    """

    def __init__(self, bucket: Bucket) -> None:
        self._bucket = bucket
        self._there: set[str] = set()  # names whose bytes this process has put, or found to be right

    def put(self, parcel: Parcel) -> None:
        """Store what is not there, durable on return; what is there is verified, once in this object's life.

        Raises `HomeNotWritable`.
        """
        for digest, data in parcel.files.items():
            self._put(_blob(digest), data, data.__eq__)
        if parcel.about is not None:
            self._put(_about(parcel.digest), parcel.about, _is_whole)  # another home's tells another time
        self._put(_blob(parcel.digest), parcel.content, parcel.content.__eq__)

    def has_put(self, digest: str) -> bool:
        """Whether this object has put the snapshot there, or found all of it there."""
        return _blob(digest) in self._there

    def get(self, digest: str) -> Parcel:
        """The whole snapshot, or private distribution; not what it needs.

        Raises `NotArrived` when any of it is not there yet, `DamagedBytes` when it was changed, `HomeDamaged`
        when it cannot be read.
        """
        content = self._verified(digest)
        listing = Listing(digest, content)
        files = {one: self._verified(one) for one in listing.blobs}
        about = self._get(_about(digest)) if listing.wheel is None else None
        if about is not None and not _is_whole(about):
            raise _changed(_about(digest), self._bucket, digest)
        return Parcel(digest, content, about, files)

    def _put(self, name: str, data: bytes, is_right: Callable[[bytes], bool]) -> None:
        if name in self._there:
            return
        try:
            is_there = is_right(self._bucket.get(name))
        except OSError:
            is_there = False
        if not is_there:
            self._bucket.put(name, data)
        self._there.add(name)

    def _verified(self, digest: str) -> bytes:
        data = self._get(_blob(digest))
        if blobs.digest_of(data) != digest:
            raise _changed(_blob(digest), self._bucket, digest)
        return data

    def _get(self, name: str) -> bytes:
        try:
            return self._bucket.get(name)
        except FileNotFoundError as error:
            raise errors.NotArrived(
                f"{name} is not in {self._bucket.name} yet",
                hint="it is fetched by itself once it has arrived there; see whether the disk is mounted",
                place=self._bucket.name,
            ) from error
        except OSError as error:
            raise errors.HomeDamaged(
                f"{name} cannot be fetched from {self._bucket.name}: {error.strerror or error}",
                hint="see to the disk, and to the rights of the user of this process",
                place=self._bucket.name,
            ) from error


class SharedFolder:
    """A bucket that is a folder, which must exist. Raises `InvalidSetting` for one that is a home."""

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        self.name = os.path.abspath(os.path.expanduser(os.fspath(folder)))
        if not os.fspath(folder) or os.path.exists(os.path.join(self.name, "home.json")):
            raise errors.InvalidSetting(
                f"{self.name} is a home" if os.fspath(folder) else "the folder of shared blobs has no path",
                hint="let homes share a folder that is none of them",
                blobs=os.fspath(folder),
            )

    def get(self, name: str) -> bytes:
        with open(self._path(name), "rb", buffering=0) as file:
            return file.readall()

    def put(self, name: str, data: bytes) -> None:
        path = self._path(name)
        try:
            os.stat(self.name)  # a disk that is not mounted must not be made up for by a folder
            os.makedirs(os.path.dirname(path), exist_ok=True)
        except OSError as error:
            raise disk.not_writable(error, path) from error
        disk.write(path, data, 0o444)

    def _path(self, name: str) -> str:
        return os.path.join(self.name, *name.split("/"))


def _blob(digest: str) -> str:
    """Raises `DamagedBytes` for a text from elsewhere that is no digest."""
    if not blobs.is_digest(digest):
        raise errors.DamagedBytes(
            f"{digest!r} names no stored bytes: a digest is 64 characters of 0-9 and a-f",
            hint="install the package again",
        )
    return f"blobs/{digest[:2]}/{digest}"


def _about(digest: str) -> str:
    return f"about/{digest}.json"


def _is_whole(about: bytes) -> bool:
    checksum, _, data = about.partition(b"\n")
    return blobs.digest_of(data).encode() == checksum


def _changed(name: str, bucket: Bucket, digest: str) -> errors.DamagedBytes:
    return errors.DamagedBytes(
        f"{name} in {bucket.name} was changed: its bytes differ from the digest",
        hint="install the package again where it was made, which writes the true bytes",
        digest=digest,
    )
