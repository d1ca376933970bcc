"""The files of snapshots laid out in folders: hard links of blobs, read-only, made whole or not at all.

For what needs a real file's name: `__file__`, `__path__`, debuggers. Code is never loaded from here.
Who reads one claims it; one that nobody claims may be given up, and is laid out again when it is needed.
On the way to a first import: imports only os, and fcntl.
"""

from __future__ import annotations

import os
import threading
from weakref import WeakValueDictionary

from peers_runtime.base import errors
from peers_runtime.snapshots import blobs, claims, disk

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Self

    Read = Callable[[str], bytes]  # digest -> verified bytes

_MODE = 0o444


class Folder(str):
    """Where a snapshot's files lie, which nobody gives up as long as this object is held."""

    __slots__ = ("__weakref__", "_claim")
    _claim: int | None

    def __new__(cls, path: str, claim: int | None = None) -> Self:
        folder = super().__new__(cls, path)
        folder._claim = claim
        return folder

    def __del__(self) -> None:
        if self._claim is not None:
            os.close(self._claim)


class Trees:
    """Folders under `folder`, each named by its snapshot's digest; links lead into `store`."""

    def __init__(self, folder: str | os.PathLike[str], store: blobs.Blobs) -> None:
        self._folder = os.path.abspath(folder)
        self._store = store
        self._found: WeakValueDictionary[str, Folder] = WeakValueDictionary()
        self._temporary: str | None = None
        self._lock = threading.Lock()

    def find_or_make(self, digest: str, files: Mapping[str, str]) -> Folder:
        """The folder of a snapshot with these files (path -> digest), claimed.

        One that is there is taken as it is. Where none can be written it is a temporary one, which goes
        with this object. Raises `DamagedBytes` or `HomeDamaged` instead of laying out changed bytes.
        """
        found = self._found.get(digest)
        if found is None:
            found = self._found[digest] = self._claimed(digest, files)
        return found

    def give_up(self, digest: str) -> None:
        """Remove what is laid out of a snapshot, unless somebody claims it."""
        folder = os.path.join(self._folder, digest)
        sole = claims.sole(folder)
        if sole is None:
            return
        try:
            outdated = self._set_aside(folder) if claims.is_at(folder, sole) else None
        except errors.HomeNotWritable:
            outdated = None
        finally:
            os.close(sole)
        if outdated is not None:
            disk.remove_folder(outdated)

    def ensure(self, digest: str, files: Mapping[str, str], read: Read) -> None:
        """Lay out a snapshot, again when a laid-out file was changed. Raises `HomeNotWritable`."""
        folder = os.path.join(self._folder, digest)
        is_there = os.path.isdir(folder)
        if self._is_whole(folder, files):
            return
        if is_there:
            self._take_away(folder)
        self._make(self._folder, digest, files, read)

    def remove(self, digest: str) -> None:
        """Remove what is laid out of a snapshot, as far as the disk allows."""
        folder = os.path.join(self._folder, digest)
        if os.path.isdir(folder):
            self._take_away(folder)

    def _make(self, parent: str, digest: str, files: Mapping[str, str], read: Read) -> str:
        folder = os.path.join(parent, digest)
        temporary = disk.temporary_name(folder)
        try:
            os.makedirs(temporary)
            for path, file_digest in files.items():
                target = os.path.join(temporary, *path.split("/"))
                os.makedirs(os.path.dirname(target), exist_ok=True)
                self._link(file_digest, read(file_digest), target)
            disk.put_folder(temporary, folder)
        except OSError as error:
            if not self._is_whole(folder, files):  # else another process was as fast
                raise disk.not_writable(error, folder) from error
        finally:
            disk.remove_folder(temporary)
        return folder

    def _claimed(self, digest: str, files: Mapping[str, str]) -> Folder:
        folder = os.path.join(self._folder, digest)
        while True:  # until nobody has given it up meanwhile
            if not os.path.isdir(folder):
                try:
                    self._make(self._folder, digest, files, self._store.get)
                except errors.HomeNotWritable:
                    return Folder(self._make_temporary(digest, files))
            claim = claims.shared(folder, wait=True)
            if claim is None and os.path.isdir(folder):
                return Folder(folder)  # there are no locks, and nothing is given up without
            if claim is not None and claims.is_at(folder, claim):
                return Folder(folder, claim)
            if claim is not None:
                os.close(claim)

    def _make_temporary(self, digest: str, files: Mapping[str, str]) -> str:
        parent = self._temporary_folder()
        folder = os.path.join(parent, digest)
        return folder if os.path.isdir(folder) else self._make(parent, digest, files, self._store.get)

    def _take_away(self, folder: str) -> None:
        outdated = self._set_aside(folder)
        if outdated is not None:
            disk.remove_folder(outdated)

    def _set_aside(self, folder: str) -> str | None:
        """By one rename, so that others find it there or not, never in part; its name then, if any."""
        outdated = disk.temporary_name(folder)
        try:
            os.rename(folder, outdated)
        except FileNotFoundError:  # another process did
            return None
        except OSError as error:
            raise disk.not_writable(error, folder) from error
        return outdated

    def _link(self, digest: str, data: bytes, target: str) -> None:
        try:
            os.link(self._store.path(digest), target)
        except OSError:  # another file system, one without links, or too many links to one blob
            disk.write_new(target, data, _MODE)

    def _is_whole(self, folder: str, files: Mapping[str, str]) -> bool:
        try:
            for path, digest in files.items():
                with open(os.path.join(folder, *path.split("/")), "rb") as file:
                    if blobs.digest_of(file.read()) != digest:
                        return False
        except OSError:
            return False
        return True

    def _temporary_folder(self) -> str:
        with self._lock:
            if self._temporary is None:
                import shutil
                import tempfile
                import weakref

                self._temporary = tempfile.mkdtemp(prefix="peers-files-")
                weakref.finalize(self, shutil.rmtree, self._temporary, ignore_errors=True)
            return self._temporary
