"""The files that compiled code lies in: a header, an index by source, and the marshalled code of each source.

The header may name other files that hold what this one lacks. It, the index and every piece of code carry an
HMAC under the host's key; nothing is unmarshalled before its HMAC is right, because a damaged code object
crashes the interpreter. Whatever is in doubt counts as absent.

On the way to a first import: imports nothing heavy, pydantic least of all.
"""

from __future__ import annotations

import hmac
import marshal
import mmap
import os
import stat

from peers_runtime.snapshots import interpreter

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from types import CodeType

    Code = tuple[bytes, bytes]  # marshalled, HMAC
    Entry = tuple[int, int, bytes]  # offset, length, HMAC
    Index = dict[str, Entry]  # by the digest of the source

_MAGIC = b"peers code 2\n\0\0\0"
_LENGTH = 8  # bytes of a length
_MAC_LENGTH = 32
_DIGEST_LENGTH = 32
_HEADER_LENGTH = len(_MAGIC) + 2 * _LENGTH + _MAC_LENGTH


class CodeFile:
    """One mapped file; code is read from it piece by piece. `others` are the digests of those it names."""

    __slots__ = ("__weakref__", "_index", "_mapped", "_seal", "_start", "others")

    def __init__(
        self, mapped: mmap.mmap, start: int, index: Index, others: tuple[str, ...], seal: Seal
    ) -> None:
        self._mapped = mapped
        self._start = start
        self._index = index
        self._seal = seal
        self.others = others

    @property
    def sources(self) -> Collection[str]:
        """The digests of the sources whose code is said to be here; `found` says whether it is whole."""
        return self._index.keys()

    def code(self, source_digest: str, filename: str) -> CodeType | None:
        """A new code object with this `co_filename`; None when it is not here, or in doubt."""
        entry = self._index.get(source_digest)
        data = None if entry is None else self._bytes(source_digest, entry)
        return None if data is None else interpreter.loads(data, filename)

    def found(self, source_digests: Iterable[str]) -> dict[str, Code]:
        """The code of those of the sources that are here and whole."""
        found: dict[str, Code] = {}
        for source_digest in source_digests:
            entry = self._index.get(source_digest)
            data = None if entry is None else self._bytes(source_digest, entry)
            if entry is not None and data is not None:
                found[source_digest] = data, entry[2]
        return found

    def _bytes(self, source_digest: str, entry: Entry) -> bytes | None:
        offset, length, mac = entry
        start = self._start + offset
        # A copy: what is checked is what is unmarshalled, whatever happens to the file meanwhile.
        data = self._mapped[start : start + length]
        return data if hmac.compare_digest(mac, self._seal.code(source_digest, data)) else None


class Seal:
    """HMAC-SHA256 with the host's key over bytes and what they are; no kind can stand for the other."""

    __slots__ = ("_code", "_index", "_key")

    def __init__(self, key: bytes, tag: str) -> None:
        self._key = key
        self._index = f"index {tag} ".encode()
        self._code = f"module {tag} ".encode()

    def index(self, digest: str, lengths: bytes, rest: bytes) -> bytes:
        return hmac.digest(self._key, self._index + digest.encode() + b"\0" + lengths + rest, "sha256")

    def code(self, source_digest: str, data: bytes) -> bytes:
        return hmac.digest(self._key, self._code + source_digest.encode() + b"\0" + data, "sha256")


def packed(digest: str, codes: Mapping[str, Code], others: Iterable[str], seal: Seal) -> bytes:
    """The file of snapshot `digest` with this code by source, which names the files of `others`."""
    index: Index = {}
    end = 0
    for source_digest, (data, mac) in codes.items():
        index[source_digest] = end, len(data), mac
        end += len(data)
    names, table = b"".join(map(bytes.fromhex, others)), marshal.dumps(index)
    lengths = b"".join(len(part).to_bytes(_LENGTH, "big") for part in (names, table))
    mac = seal.index(digest, lengths, names + table)
    return b"".join((_MAGIC, lengths, mac, names, table, *(data for data, _ in codes.values())))


def opened(path: str, digest: str, seal: Seal) -> CodeFile | None:
    """The file of snapshot `digest`; None when missing, damaged, another host's or writable by others."""
    try:
        descriptor = os.open(path, os.O_RDONLY)
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
    names, table = _lengths(mapped[:_HEADER_LENGTH])
    start = _HEADER_LENGTH + names + table
    if mapped[: len(_MAGIC)] != _MAGIC or start > len(mapped):
        return None
    rest = mapped[_HEADER_LENGTH:start]
    lengths = mapped[len(_MAGIC) : len(_MAGIC) + 2 * _LENGTH]
    mac = mapped[_HEADER_LENGTH - _MAC_LENGTH : _HEADER_LENGTH]
    if not hmac.compare_digest(mac, seal.index(digest, lengths, rest)):
        return None
    index = marshal.loads(rest[names:])  # noqa: S302 - authenticated above
    return CodeFile(mapped, start, index, _digests(rest[:names]), seal)


def others(path: str) -> tuple[str, ...]:
    """The digests of the files that this one names, of any interpreter; taken at its word, unchecked."""
    try:
        with open(path, "rb") as file:
            header = file.read(_HEADER_LENGTH)
            if len(header) < _HEADER_LENGTH or not header.startswith(_MAGIC):
                return ()
            return _digests(file.read(min(_lengths(header)[0], os.fstat(file.fileno()).st_size)))
    except OSError:
        return ()


def _lengths(header: bytes) -> tuple[int, int]:
    """How many bytes the names of other files take, and the index."""
    start = len(_MAGIC)
    first, second = header[start : start + _LENGTH], header[start + _LENGTH : start + 2 * _LENGTH]
    return int.from_bytes(first, "big"), int.from_bytes(second, "big")


def _digests(names: bytes) -> tuple[str, ...]:
    return tuple(
        names[start : start + _DIGEST_LENGTH].hex() for start in range(0, len(names), _DIGEST_LENGTH)
    )


def _is_ours(status: os.stat_result) -> bool:
    if not stat.S_ISREG(status.st_mode):
        return False
    if os.name == "nt":  # access lists, not modes, guard a home on Windows
        return True
    return status.st_uid in {0, os.geteuid()} and not status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
