"""A strict archive: the one spelling of ZIP in which a packed wheel travels, read as hostile.

    (local header, name, content) of each file | (central header, name) of each file | end record

Nothing stands before, between or after these, and the files have one order. So there is no room for a second
meaning, nor for anything beside the files. Other programs read it as any ZIP archive.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import zlib
from collections.abc import Generator, Iterator, Mapping
from types import MappingProxyType
from typing import BinaryIO

from peers_runtime.base import errors
from peers_runtime.projects import archive_headers, entry_names, refusals
from peers_runtime.projects.archive_headers import MAX_FILES, Directory, Entry
from peers_runtime.projects.refusals import Broken
from peers_runtime.snapshots.blobs import digest_of

MAX_FILE_SIZE = 256 * 1024 * 1024  # bytes, unpacked
MAX_TOTAL_SIZE = 1024 * 1024 * 1024  # bytes, unpacked
MAX_RATIO = 200  # unpacked : packed; what deflates better than that is stored as it is

_PIECE = 64 * 1024  # bytes that are packed or unpacked at once
_RAW = -zlib.MAX_WBITS  # deflate alone: the archive has its own checksum


class Archive(Mapping[str, bytes]):
    """The files of an archive that was checked as a whole, by name, in its order.

    A file is unpacked each time it is asked for, and compared with what was checked: `BadWheel` when a file
    on the disk has changed since, `NoPackageThere` when it is gone. That takes up to twice the size of
    this one file; nothing is kept.
    """

    def __init__(self, source: bytes | str, where: str, entries: Mapping[Entry, str]) -> None:
        """`source` is the archive or its path; `entries` have the digests of their contents."""
        self.where = where  # how messages name it
        self.digests = MappingProxyType({entry.name: digest for entry, digest in entries.items()})
        self.sizes = MappingProxyType({entry.name: entry.size for entry in entries})  # bytes, unpacked
        self._entries = {entry.name: entry for entry in entries}
        self._source = source

    def __getitem__(self, name: str) -> bytes:
        entry = self._entries[name]
        with refusals.reading(self.where), _opened(self._source) as file:
            file.seek(entry.content_offset)
            data = b"".join(_content(file, entry))
            if digest_of(data) != self.digests[name]:
                raise Broken("changed", "has changed since the archive was checked", name)
            return data

    def __contains__(self, name: object) -> bool:
        return name in self._entries

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)


def read(source: bytes | str | os.PathLike[str], where: str = "") -> Archive:
    """Check an archive, given as its bytes or as a path; `where` is how messages name it, if not by its path.

    Every byte is looked at before this returns: each name, header and size, and each content is unpacked and
    thrown away. Takes time for `MAX_TOTAL_SIZE` at most; memory for the names, of which there are
    `MAX_FILES` at most, and for some pieces of 64 KiB, whatever the archive says: 64 MiB are never reached.
    Writes nothing.

    Raises `BadWheel`, whose `facts["entry"]` and `facts["rule"]` say what is refused by which rule, and
    `NoPackageThere` for a path that cannot be read.
    """
    source = source if isinstance(source, bytes) else os.fspath(source)
    where = where or (source if isinstance(source, str) else "the archive")
    with refusals.reading(where), _opened(source) as file:
        entries = _entries(file)
        file.seek(0)
        return Archive(source, where, {entry: _verified(file, entry) for entry in entries})


def write(files: Mapping[str, bytes]) -> bytes:
    """The archive of these files: sorted by name, with `*.dist-info` last and RECORD at its end.

    The same files give the same bytes, wherever zlib is the same one. What this gives, `read` takes: for
    files that no archive may hold it raises `BadWheel`, with facts as `read` has them.
    """
    with refusals.writing():
        names = sorted(files, key=_place)
        if len(names) > MAX_FILES:
            raise Broken("count", f"has {len(names)} files; at most {MAX_FILES} can be packed")
        parts: list[bytes] = []
        directory: list[bytes] = []
        offset = total = 0
        for name in names:
            packed, entry = _packed(name, files[name], offset)
            total = _checked_total(total, entry)
            parts += archive_headers.local(entry), packed
            directory.append(archive_headers.central(entry))
            offset = entry.end_offset
        entry_names.check_together(names)
    end_offset = offset + sum(map(len, directory))
    end = archive_headers.end(Directory(len(names), offset, end_offset))
    return b"".join((*parts, *directory, end))


@contextlib.contextmanager
def _opened(source: bytes | str) -> Generator[BinaryIO]:
    if isinstance(source, bytes):
        yield io.BytesIO(source)  # shares the bytes
        return
    try:
        with open(source, "rb") as file:
            yield file
    except OSError as error:
        raise errors.NoPackageThere(
            f"{source} cannot be read: {error.strerror or error}",
            hint="see whether the file is there",
            where=source,
        ) from error


def _entries(file: BinaryIO) -> list[Entry]:
    """What the headers say, checked for itself; no content was looked at."""
    found: list[Entry] = []
    total = 0
    for entry in archive_headers.read_entries(file, archive_headers.read_directory(file)):
        total = _checked_total(total, entry)
        found.append(entry)
    entry_names.check_together(entry.name for entry in found)
    return found


def _checked_total(before: int, entry: Entry) -> int:
    """The size of all files up to this one, when its name and its sizes are allowed."""
    entry_names.check(entry.name)
    _check_sizes(entry)
    if before + entry.size > MAX_TOTAL_SIZE:
        raise Broken("total-size", f"unpacks to more than {MAX_TOTAL_SIZE} bytes")
    return before + entry.size


def _check_sizes(entry: Entry) -> None:
    if entry.size > MAX_FILE_SIZE:
        raise Broken("file-size", f"unpacks to more than {MAX_FILE_SIZE} bytes", entry.name)
    if entry.is_deflated and entry.packed_size >= entry.size:
        raise Broken("packed-size", "is deflated and no smaller for it", entry.name)
    if not entry.is_deflated and entry.packed_size != entry.size:
        raise Broken("packed-size", "is stored in another size than its own", entry.name)
    if entry.size > MAX_RATIO * entry.packed_size:
        raise Broken("ratio", f"unpacks to more than {MAX_RATIO} times its size", entry.name)


def _verified(file: BinaryIO, entry: Entry) -> str:
    """The digest of a file's content. `file` stands at its local header, and then after its content."""
    header = archive_headers.local(entry)
    if file.read(len(header)) != header:
        raise Broken("local-header", "has another header than in the central directory", entry.name)
    size = checksum = 0
    digest = hashlib.sha256()
    for piece in _content(file, entry):
        size += len(piece)
        checksum = zlib.crc32(piece, checksum)
        digest.update(piece)
    if size != entry.size:
        raise Broken("size", f"unpacks to {size} bytes instead of {entry.size}", entry.name)
    if checksum != entry.checksum:
        raise Broken("checksum", "has another content than its checksum says", entry.name)
    return digest.hexdigest()


def _content(file: BinaryIO, entry: Entry) -> Iterator[bytes]:
    """The content piece by piece, from where `file` stands; no more of it than the header says."""
    pieces = _inflated(file, entry) if entry.is_deflated else _pieces(file, entry.packed_size)
    size = 0
    for piece in pieces:
        size += len(piece)
        if size > entry.size:
            raise Broken("size", f"unpacks to more than {entry.size} bytes", entry.name)
        yield piece


def _inflated(file: BinaryIO, entry: Entry) -> Iterator[bytes]:
    inflate = zlib.decompressobj(_RAW)
    pieces = _pieces(file, entry.packed_size)
    while not inflate.eof:
        packed = inflate.unconsumed_tail or next(pieces, b"")
        try:
            piece = inflate.decompress(packed, _PIECE)
        except zlib.error as error:
            raise Broken("deflate", f"cannot be unpacked: {error}", entry.name) from None
        if not packed and not piece:
            raise Broken("deflate", "cannot be unpacked: its end is missing", entry.name)
        yield piece
    if inflate.unused_data or next(pieces, b""):
        raise Broken("deflate", "has bytes after the end of its content", entry.name)


def _pieces(file: BinaryIO, size: int) -> Iterator[bytes]:
    """Up to `size` bytes, fewer at the end of the file."""
    while size and (piece := file.read(min(size, _PIECE))):
        size -= len(piece)
        yield piece


def _place(name: str) -> tuple[bool, bool, str]:
    """Wheels have their metadata last, and RECORD as the very last."""
    top, _, rest = name.partition("/")
    is_metadata = top.endswith(".dist-info")
    return is_metadata, is_metadata and rest == "RECORD", name


def _packed(name: str, data: bytes, offset: int) -> tuple[bytes, Entry]:
    """The packed content, deflated where that helps, and the entry at `offset`."""
    deflated = zlib.compress(data, zlib.Z_BEST_COMPRESSION, _RAW)
    is_deflated = len(deflated) < len(data) <= MAX_RATIO * len(deflated)
    packed = deflated if is_deflated else data
    return packed, Entry(name, is_deflated, zlib.crc32(data), len(packed), len(data), offset)
