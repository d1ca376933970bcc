"""Which file of which snapshot or private distribution each module of a realm is."""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from peers_runtime.importing.lock import Lock
    from peers_runtime.importing.ports import Bytes
    from peers_runtime.model.modules import ModuleFile


class Found:
    """A module's place. `digest`, `path` and `filename` are None for a namespace package."""

    __slots__ = ("digest", "filename", "locations", "logical", "path", "share")

    def __init__(
        self,
        logical: str,
        digest: str | None,
        path: str | None,
        filename: str | None,
        locations: list[str] | None,
        share: bool,
    ) -> None:
        self.logical = logical
        self.digest = digest
        self.path = path
        self.filename = filename
        self.locations = locations  # folders of a package; None for a plain module
        self.share = share


class Contents:
    """The modules and files of one realm. `read` gives the bytes that are to be read now."""

    __slots__ = ("_folders", "_found", "_lock", "_origins", "_read", "_roots")

    def __init__(self, lock: Lock, read: Callable[[], Bytes]) -> None:
        self._lock = lock
        self._read = read
        self._origins = {lock.digest: lock.origin} if lock.origin is not None else {}
        self._folders: dict[str, str] = {}
        self._found: dict[str, Found] = {}
        self._roots: dict[str, tuple[str, ...]] = {}
        for private in lock.private:
            for name in private.imports:
                if name in sys.stdlib_module_names:
                    continue  # a backport of what this interpreter has: everywhere the latter comes first
                self._roots[name] = (*self._roots.get(name, ()), private.digest)
        self._roots[lock.name] = (lock.digest,)

    @property
    def roots(self) -> tuple[str, ...]:
        """The top-level import names of the realm's own: the package's, and its private ones."""
        return tuple(self._roots)

    def find(self, logical: str) -> Found | None:
        found = self._found.get(logical)
        if found is None:
            found = self._look(logical)
            if found is not None:
                self._found[logical] = found
        return found

    def children(self, logical: str) -> dict[str, ModuleFile]:
        """The direct submodules of a package, by their last name; namespace packages among them."""
        start = logical + "."
        children: dict[str, ModuleFile] = {}
        for digest in self._roots.get(logical.partition(".")[0], ()):
            for name, file in self._read().modules(digest).items():
                last = name[len(start) :]
                if name.startswith(start) and "." not in last and (file.path or last not in children):
                    children[last] = file
        return children

    def folders(self, logical: str) -> list[str]:
        """Where a package's modules lie: of a namespace package, in each distribution that has any."""
        parts = logical.split(".")
        return [
            os.path.join(self.folder(digest), *parts)
            for digest in self._roots.get(parts[0], ())
            if logical in self._read().modules(digest)
        ]

    def packages_at(self, folder: str) -> Iterator[str]:
        """The logical names of the packages whose modules lie in an absolute folder; '' for the top."""
        folder = os.path.normcase(os.path.normpath(folder))
        for root, digests in self._roots.items():
            for digest in digests:
                base = os.path.normcase(os.path.normpath(self.folder(digest)))
                if folder == base:
                    yield ""
                elif folder.startswith(base + os.sep):
                    name = ".".join(folder[len(base) + 1 :].split(os.sep))
                    if name.partition(".")[0] == root:
                        yield name

    def file_at(self, filename: str) -> tuple[str, str] | None:
        """The digest and posix path of a file, given where it lies on disk; None when it is not ours."""
        wanted = os.path.normpath(filename)
        for digests in self._roots.values():
            for digest in digests:
                base = os.path.normpath(self.folder(digest)) + os.sep
                if wanted.startswith(base):
                    return digest, wanted[len(base) :].replace(os.sep, "/")
        return None

    def digests(self, root: str) -> tuple[str, ...]:
        """The snapshots or distributions that a top-level import name comes from."""
        return self._roots.get(root, ())

    def folder(self, digest: str) -> str:
        """Where the files of a digest are said to lie: the author's folder in dev, else the laid-out one."""
        folder = self._folders.get(digest)
        if folder is None:
            folder = self._origins.get(digest) or self._read().folder(digest)
            self._folders[digest] = folder
        return folder

    def laid_out(self) -> tuple[str, ...]:
        """What the filenames of modules and data that have been asked for begin with; no author's folder."""
        return tuple(
            os.path.join(folder, "")
            for digest, folder in self._folders.items()
            if digest not in self._origins
        )

    def _look(self, logical: str) -> Found | None:
        locations: list[str] = []
        for digest in self._roots.get(logical.partition(".")[0], ()):
            file = self._read().modules(digest).get(logical)
            if file is None:
                continue
            if file.path is None:
                locations.append(os.path.join(self.folder(digest), *logical.split(".")))
                continue
            path = file.path if os.sep == "/" else file.path.replace("/", os.sep)
            filename = f"{self.folder(digest)}{os.sep}{path}"
            folder = [os.path.dirname(filename)] if file.is_package else None
            return Found(logical, digest, file.path, filename, folder, digest in self._origins)
        return Found(logical, None, None, None, locations, False) if locations else None
