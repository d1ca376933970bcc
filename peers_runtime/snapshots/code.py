"""Compiled code, local to one home: one file per snapshot and interpreter, which names others for the rest.

The versions of a package share most of their sources, so the file of a snapshot holds what those of its
siblings lack, and names the few that hold the rest. It is read from their own bytes, never from what they
name in turn. What is not found there, because a file is missing, was made anew or is in doubt, is compiled
again by the caller from verified source. A file goes with its snapshot, or with the last that names it.

On the way to a first import: imports nothing heavy, pydantic least of all.
"""

from __future__ import annotations

import os
from weakref import WeakValueDictionary

from peers_runtime.base import errors
from peers_runtime.snapshots import code_files, disk, interpreter

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
    from types import CodeType

    from peers_runtime.snapshots.code_files import Code, CodeFile

    Module = tuple[str, str, bytes, str]  # logical name, source digest, source, path

_MOST_OTHERS = 4  # files that one may name: each is opened by who imports what lies there
_OWN_SHARE = 4  # a file holds all of its code when more than one in so many bytes is its own anyway


class CodeStore:
    """Code files under `folder`, one subfolder per interpreter, authenticated with `key`."""

    def __init__(self, folder: str | os.PathLike[str], key: bytes) -> None:
        tag = interpreter.tag()
        self._folder = os.path.join(os.fspath(folder), tag)
        self._seal = code_files.Seal(key, tag)
        self._opened: WeakValueDictionary[str, CodeFile] = WeakValueDictionary()  # each keeps a descriptor

    def build(self, digest: str, modules: Iterable[Module], siblings: Iterable[str] = ()) -> None:
        """`assemble`, then `write`; what does not compile is left out."""
        self.write(digest, self.assemble(digest, modules, siblings, strict=False))

    def assemble(
        self, digest: str, modules: Iterable[Module], siblings: Iterable[str] = (), *, strict: bool = True
    ) -> bytes:
        """The code file of snapshot `digest` as bytes; nothing is written.

        Sources that a file of `siblings` (snapshot digests, the likeliest first) has compiled are not
        compiled again, nor is their code written again where that saves much. What the file of `digest`
        itself holds it goes on holding: others may name it. Raises `CompilationError` when `strict`; a
        module that no import statement can name may fail in any case, and is left out.
        """
        modules = list(modules)
        wanted = {source_digest for _, source_digest, _, _ in modules}
        holders: dict[str, set[str]] = {}  # snapshot -> those of the wanted sources that its file holds
        is_named = False
        for name, file in self._files((digest, *siblings)):
            holders[name] = wanted.intersection(file.sources)
            is_named = is_named or digest in file.others
        stays = holders.get(digest, wanted if is_named else set())
        elsewhere = self._elsewhere(wanted - stays, holders)
        shared = {source: code for codes in elsewhere.values() for source, code in codes.items()}
        own = self._copied(wanted - shared.keys(), holders)
        for name, source_digest, source, path in modules:
            if source_digest in own or source_digest in shared:
                continue
            try:
                data = interpreter.dumps(interpreter.compiled(source, path, path))
            except errors.CompilationError:
                if strict and all(part.isidentifier() for part in name.split(".")):
                    raise
                continue
            own[source_digest] = data, self._seal.code(source_digest, data)
        if _size(own) * _OWN_SHARE > _size(own) + _size(shared):
            own, elsewhere = {**shared, **own}, {}
        # in the order of the modules: the same again is the same bytes
        ordered = {one: own[one] for _, one, _, _ in modules if one in own}
        return code_files.packed(digest, ordered, elsewhere, self._seal)

    def write(self, digest: str, data: bytes) -> None:
        """Put an assembled file in its place, at once or not at all. Raises `HomeNotWritable`."""
        disk.write(self._path(digest), data)

    def remove(self, digests: Collection[str], is_here: Callable[[str], bool]) -> None:
        """Remove the code files of snapshots that are no longer here, those of other interpreters too.

        One that the file of another snapshot names stays until that goes as well: else removing a version
        would have the others compiled again. Costs reading the header of every code file.
        """
        parent = os.path.dirname(self._folder)
        for tag in os.listdir(parent) if os.path.isdir(parent) else ():
            paths = {
                name.removesuffix(".code"): os.path.join(parent, tag, name)
                for name in os.listdir(os.path.join(parent, tag))
                if name.endswith(".code")
            }
            others = {digest: code_files.others(path) for digest, path in paths.items()}
            doomed = set(digests).union(*(others.get(digest, ()) for digest in digests))
            gone = {digest for digest in doomed if digest in paths and not is_here(digest)}
            named = {other for digest in paths.keys() - gone for other in others[digest]}
            disk.remove(paths[digest] for digest in gone - named)

    def open(self, digest: str) -> SnapshotCode | None:
        """The code of a snapshot; None when missing, damaged, another host's or writable by others."""
        file = self._file(digest)
        if file is None:
            return None
        self._opened[digest] = file
        return SnapshotCode(file, self._other)

    def _other(self, digest: str) -> CodeFile | None:
        """A file that others name, opened once for all of them."""
        file = self._opened.get(digest) or self._file(digest)
        if file is not None:
            self._opened[digest] = file
        return file

    def _file(self, digest: str) -> CodeFile | None:
        return code_files.opened(self._path(digest), digest, self._seal)

    def _files(self, digests: Iterable[str]) -> Iterator[tuple[str, CodeFile]]:
        """The files of these snapshots and then those that they name, each once, one held open at a time."""
        waiting, seen = list(digests), set[str]()
        for digest in waiting:  # grows meanwhile
            if digest not in seen:
                seen.add(digest)
                file = self._file(digest)
                if file is not None:
                    waiting += file.others
                    yield digest, file

    def _elsewhere(
        self, wanted: set[str], holders: Mapping[str, Collection[str]]
    ) -> dict[str, Mapping[str, Code]]:
        """The few files that hold most of the wanted sources, and what each holds of them, whole."""
        chosen: dict[str, Mapping[str, Code]] = {}
        held = {digest: wanted.intersection(sources) for digest, sources in holders.items()}
        while len(chosen) < _MOST_OTHERS and any(held.values()):
            digest = max(held, key=lambda one: len(held[one]))
            file = self._file(digest)
            found = {} if file is None else file.found(held[digest])
            if found:
                chosen[digest] = found
            del held[digest]
            for sources in held.values():
                sources.difference_update(found)
        return chosen

    def _copied(self, wanted: set[str], holders: Mapping[str, Collection[str]]) -> dict[str, Code]:
        """The code of those of the wanted sources that a file holds, whole."""
        copied: dict[str, Code] = {}
        for digest, sources in holders.items():
            missing = wanted.intersection(sources) - copied.keys()
            file = self._file(digest) if missing else None
            if file is not None:
                copied.update(file.found(missing))
        return copied

    def _path(self, digest: str) -> str:
        return os.path.join(self._folder, f"{digest}.code")


class SnapshotCode:
    """One snapshot's compiled code: its own file, and those it names, which are opened when first needed."""

    __slots__ = ("_file", "_open", "_others")

    def __init__(self, file: CodeFile, open_other: Callable[[str], CodeFile | None]) -> None:
        self._file = file
        self._open = open_other
        self._others: dict[str, CodeFile | None] = {}

    def code(self, source_digest: str, filename: str) -> CodeType | None:
        """A new code object of this source with this `co_filename`; None when absent or in doubt."""
        found = self._file.code(source_digest, filename)
        for digest in self._file.others:
            if found is not None:
                break
            if digest not in self._others:
                self._others[digest] = self._open(digest)
            other = self._others[digest]
            found = None if other is None else other.code(source_digest, filename)
        return found


def _size(codes: Mapping[str, Code]) -> int:
    return sum(len(data) for data, _ in codes.values())
