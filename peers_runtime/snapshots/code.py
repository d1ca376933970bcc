"""Compiled code, local to one home: one mapped file per snapshot and interpreter.

A file is a header, an index and the marshalled code of each module. The index and every module carry an
HMAC under the host's key; nothing is unmarshalled before its HMAC is right, because a damaged code
object crashes the interpreter. Whatever is in doubt counts as absent, and is compiled again by the
caller from verified source.

On the way to a first import: imports nothing heavy, pydantic least of all.
"""

from __future__ import annotations

import hmac
import marshal
import mmap
import os
import stat

from peers_runtime.base import errors
from peers_runtime.snapshots import disk, interpreter

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import CodeType

    Module = tuple[str, str, bytes, str]  # logical name, source digest, source, path
    Entry = tuple[str, int, int, bytes]  # source digest, offset, length, HMAC
    Index = dict[str, Entry]

_MAGIC = b"peers code 1\n\0\0\0"
_MAC_LENGTH = 32
_HEADER_LENGTH = len(_MAGIC) + 8 + _MAC_LENGTH


class CodeStore:
    """Code files under `folder`, one subfolder per interpreter, authenticated with `key`."""

    def __init__(self, folder: str | os.PathLike[str], key: bytes) -> None:
        tag = interpreter.tag()
        self._folder = os.path.join(os.fspath(folder), tag)
        self._seal = _Seal(key, tag)

    def build(self, digest: str, modules: Iterable[Module], siblings: Iterable[str] = ()) -> None:
        """`assemble`, then `write`; what does not compile is left out."""
        self.write(digest, self.assemble(digest, modules, siblings, strict=False))

    def assemble(
        self, digest: str, modules: Iterable[Module], siblings: Iterable[str] = (), *, strict: bool = True
    ) -> bytes:
        """The code file of snapshot `digest` as bytes; nothing is written.

        Sources that a file of `siblings` (snapshot digests, the likeliest first) has compiled are not
        compiled again. Raises `CompilationError` when `strict`; a module that no import statement can name
        may fail in any case, and is left out.
        """
        modules = list(modules)
        ready = self._ready({source_digest for _, source_digest, _, _ in modules}, siblings)
        index: Index = {}
        body = bytearray()
        for name, source_digest, source, path in modules:
            if source_digest not in ready:
                try:
                    data = interpreter.dumps(interpreter.compiled(source, path, path))
                except errors.CompilationError:
                    if strict and all(part.isidentifier() for part in name.split(".")):
                        raise
                    continue
                ready[source_digest] = data, self._seal.module(source_digest, data)
            data, mac = ready[source_digest]
            index[name] = source_digest, len(body), len(data), mac
            body += data
        table = marshal.dumps(index)
        length = len(table).to_bytes(8, "big")
        return b"".join((_MAGIC, length, self._seal.index(digest, table), table, bytes(body)))

    def write(self, digest: str, data: bytes) -> None:
        """Put an assembled file in its place, at once or not at all. Raises `HomeNotWritable`."""
        disk.write(self._path(digest), data)

    def remove(self, digest: str) -> None:
        """Remove the code files of a snapshot, those of other interpreters too."""
        parent = os.path.dirname(self._folder)
        folders = os.listdir(parent) if os.path.isdir(parent) else []
        disk.remove(os.path.join(parent, folder, f"{digest}.code") for folder in folders)

    def open(self, digest: str) -> CodeFile | None:
        """The code of a snapshot; None when missing, damaged, another host's or writable by others."""
        try:
            descriptor = os.open(self._path(digest), os.O_RDONLY)
        except OSError:
            return None
        try:
            status = os.fstat(descriptor)
            if not _is_ours(status) or status.st_size < _HEADER_LENGTH:
                return None
            mapped = mmap.mmap(descriptor, 0, access=mmap.ACCESS_READ)
        except (OSError, ValueError):
            return None
        finally:
            os.close(descriptor)
        return self._checked(digest, mapped)

    def _checked(self, digest: str, mapped: mmap.mmap) -> CodeFile | None:
        length = int.from_bytes(mapped[len(_MAGIC) : len(_MAGIC) + 8], "big")
        start = _HEADER_LENGTH + length
        if mapped[: len(_MAGIC)] != _MAGIC or start > len(mapped):
            return None
        mac = mapped[_HEADER_LENGTH - _MAC_LENGTH : _HEADER_LENGTH]
        table = mapped[_HEADER_LENGTH:start]
        if not hmac.compare_digest(mac, self._seal.index(digest, table)):
            return None
        return CodeFile(mapped, start, marshal.loads(table), self._seal)  # noqa: S302 - authenticated above

    def _ready(self, wanted: set[str], siblings: Iterable[str]) -> dict[str, tuple[bytes, bytes]]:
        """Source digest -> (marshalled code, HMAC), as far as siblings have it whole."""
        ready: dict[str, tuple[bytes, bytes]] = {}
        for sibling in siblings:
            if len(ready) == len(wanted):
                break
            file = self.open(sibling)
            if file is not None:
                ready.update(file.entries(wanted - ready.keys()))
        return ready

    def _path(self, digest: str) -> str:
        return os.path.join(self._folder, f"{digest}.code")


class CodeFile:
    """One snapshot's compiled modules, read from the mapped file one by one."""

    __slots__ = ("_index", "_mapped", "_seal", "_start")

    def __init__(self, mapped: mmap.mmap, start: int, index: Index, seal: _Seal) -> None:
        self._mapped = mapped
        self._start = start
        self._index = index
        self._seal = seal

    def code(self, module: str, source_digest: str, filename: str) -> CodeType | None:
        """A new code object with this `co_filename`; None when absent, of other source, or in doubt."""
        entry = self._index.get(module)
        if entry is None or entry[0] != source_digest:
            return None
        data = self._bytes(entry)
        return None if data is None else interpreter.loads(data, filename)

    def entries(self, source_digests: set[str]) -> dict[str, tuple[bytes, bytes]]:
        """Those of the wanted sources that are here and whole: marshalled code and HMAC."""
        found: dict[str, tuple[bytes, bytes]] = {}
        for entry in self._index.values():
            if entry[0] in source_digests and entry[0] not in found:
                data = self._bytes(entry)
                if data is not None:
                    found[entry[0]] = data, entry[3]
        return found

    def _bytes(self, entry: Entry) -> bytes | None:
        source_digest, offset, length, mac = entry
        start = self._start + offset
        # A copy: what is checked is what is unmarshalled, whatever happens to the file meanwhile.
        data = self._mapped[start : start + length]
        return data if hmac.compare_digest(mac, self._seal.module(source_digest, data)) else None


class _Seal:
    """HMAC-SHA256 with the host's key over bytes and what they are; no kind can stand for the other."""

    __slots__ = ("_index", "_key", "_module")

    def __init__(self, key: bytes, tag: str) -> None:
        self._key = key
        self._index = f"index {tag} ".encode()
        self._module = f"module {tag} ".encode()

    def index(self, digest: str, table: bytes) -> bytes:
        return hmac.digest(self._key, self._index + digest.encode() + b"\0" + table, "sha256")

    def module(self, source_digest: str, data: bytes) -> bytes:
        return hmac.digest(self._key, self._module + source_digest.encode() + b"\0" + data, "sha256")


def _is_ours(status: os.stat_result) -> bool:
    if not stat.S_ISREG(status.st_mode):
        return False
    if os.name == "nt":  # access lists, not modes, guard a home on Windows
        return True
    return status.st_uid in {0, os.geteuid()} and not status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
