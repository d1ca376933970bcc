"""Data files of a realm's packages, read from where the bytes are kept."""

from __future__ import annotations

import contextlib
import importlib.resources
import io
import os
from importlib.resources.abc import Traversable, TraversableResources
from pathlib import Path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Generator, Iterator
    from typing import Any

    from peers_runtime.importing.realm import Realm


class Reader(TraversableResources):
    """What `importlib.resources` asks a loader for."""

    def __init__(self, realm: Realm, package: str) -> None:
        self._realm = realm
        self._package = package

    def files(self) -> Resource:
        return Resource(self._realm, self._package.partition(".")[0], self._package.replace(".", "/"))


class Resource(Traversable):
    """A file or folder of a snapshot or private distribution, by its posix path.

    Where it is taken for the path that an installed package's would be, it is that of the file laid out.
    """

    def __init__(self, realm: Realm, root: str, path: str) -> None:
        self._realm = realm
        self._root = root
        self._path = path

    def __repr__(self) -> str:
        return f"<resource {self._realm.label}:{self._path}>"

    def __str__(self) -> str:
        return os.fspath(self)

    def __fspath__(self) -> str:
        contents = self._realm.contents
        holds = (digest for digest, path in self._files() if f"{path}/".startswith(f"{self._path}/"))
        digest = next(holds, contents.digests(self._root)[0])
        return os.path.join(contents.folder(digest), *self._path.split("/"))

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return getattr(Path(self), name)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Resource) and other._realm is self._realm and other._path == self._path

    def __hash__(self) -> int:
        return hash(self._path)

    @property
    def name(self) -> str:
        return self._path.rpartition("/")[2]

    def iterdir(self) -> Iterator[Resource]:
        start = self._path + "/"
        seen: dict[str, None] = {}
        for _, path in self._files():
            if path.startswith(start):
                seen[path[len(start) :].partition("/")[0]] = None
        if not seen:
            raise NotADirectoryError(self._path) if self.is_file() else FileNotFoundError(self._path)
        for name in seen:
            yield Resource(self._realm, self._root, start + name)

    def is_dir(self) -> bool:
        start = self._path + "/"
        return any(path.startswith(start) for _, path in self._files())

    def is_file(self) -> bool:
        return any(path == self._path for _, path in self._files())

    def joinpath(self, *descendants: Any) -> Resource:
        path = self._path
        for descendant in descendants:
            for part in str(descendant).split("/"):
                if part == "..":
                    path = path.rpartition("/")[0]
                elif part not in ("", "."):
                    path = f"{path}/{part}"
        return Resource(self._realm, self._root, path)

    def __truediv__(self, child: Any) -> Resource:
        return self.joinpath(child)

    def open(self, mode: str = "r", *args: Any, **kwargs: Any) -> Any:
        if mode not in ("r", "rb"):
            raise ValueError(f"a package's file can only be read, not opened with {mode!r}")
        stream = io.BytesIO(self.read_bytes())
        return stream if mode == "rb" else io.TextIOWrapper(stream, *args, **kwargs)

    def read_bytes(self) -> bytes:
        for digest, path in self._files():
            if path == self._path:
                return self._realm.read.source(digest, path)
        raise IsADirectoryError(self._path) if self.is_dir() else FileNotFoundError(self._path)

    def read_text(self, encoding: str | None = None, errors: str | None = None) -> str:
        with self.open("r", encoding=encoding, errors=errors) as stream:
            text: str = stream.read()
        return text

    def _files(self) -> Iterator[tuple[str, str]]:
        for digest in self._realm.contents.digests(self._root):
            for path in self._realm.read.paths(digest):
                yield digest, path


@contextlib.contextmanager
def _as_file(resource: Resource) -> Generator[Path]:
    yield Path(resource)


_as_file_by_type: Any = importlib.resources.as_file  # its annotation does not tell that it dispatches
_as_file_by_type.register(Resource, _as_file)  # no copy is made, nor of a path
