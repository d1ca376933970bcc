"""The headers of a strict archive: how each is spelled, and reading the central directory.

Each field has one value but for what says a file's name, packing, checksum, sizes and place. A header is
therefore right when it equals the one that is spelled from these; only to name the fault is it looked into.
"""

from __future__ import annotations

import os
import stat
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, NamedTuple

from peers_runtime.projects import entry_names
from peers_runtime.projects.refusals import Broken, Rule

MAX_FILES = 20_000

_STORED, _DEFLATED = 0, 8
_VERSION = 20  # of ZIP: 2.0, which has deflate and nothing later
_MADE_BY = 3 << 8 | _VERSION  # on Unix
_DAY = 1 << 5 | 1  # 1980-01-01, the first one that ZIP knows
_MODE = (stat.S_IFREG | 0o644) << 16
_IN_CODE_PAGE, _IN_UTF8 = 0, 1 << 11  # flags; names in ASCII are the same in both
_ENCRYPTED = 1 | 1 << 6 | 1 << 13
_DESCRIBED_LATER = 1 << 3
_ELSEWHERE = 0xFFFFFFFF  # in ZIP64
_ELSEWHERE_COUNT = 0xFFFF
_FOLDER = 1 << 4  # of MS-DOS

_LOCAL = struct.Struct("<4s5H3L2H")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_END = struct.Struct("<4s4H2LH")
_LOCAL_SIGNATURE, _CENTRAL_SIGNATURE, _END_SIGNATURE = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"
_LOCATOR_SIGNATURE, _LOCATOR_SIZE = b"PK\x06\x07", 20  # of ZIP64
_MAX_COMMENT = 0xFFFF


@dataclass(frozen=True)
class Entry:
    """What the headers say of a file; sizes and places in bytes."""

    name: str
    is_deflated: bool
    checksum: int  # CRC-32 of the content
    packed_size: int
    size: int
    offset: int  # of its local header

    @property
    def content_offset(self) -> int:
        return self.offset + _LOCAL.size + len(self.name.encode())

    @property
    def end_offset(self) -> int:
        return self.content_offset + self.packed_size


class Directory(NamedTuple):
    """Where the end record says that the central directory lies; it ends where that record begins."""

    entries: int
    offset: int
    end_offset: int


class _Central(NamedTuple):
    signature: bytes
    made_by: int
    version: int
    flags: int
    method: int
    time: int
    date: int
    checksum: int
    packed_size: int
    size: int
    name_length: int
    extra_length: int
    comment_length: int
    disk: int
    internal: int
    external: int
    offset: int


class _End(NamedTuple):
    signature: bytes
    disk: int
    directory_disk: int
    entries_here: int
    entries: int
    directory_size: int
    directory_offset: int
    comment_length: int


_FIXED: tuple[tuple[str, Rule, str], ...] = (
    ("made_by", "version", "was made for another system or by another version of ZIP than 2.0"),
    ("version", "version", "needs another version of ZIP than 2.0"),
    ("method", "method", "is neither stored nor deflated"),
    ("time", "timestamp", "has a time other than 1980-01-01"),
    ("date", "timestamp", "has a time other than 1980-01-01"),
    ("extra_length", "extra-field", "has extra fields"),
    ("comment_length", "comment", "has a comment"),
    ("disk", "multi-disk", "lies on another disk"),
    ("internal", "attributes", "has attributes of its own"),
)


def local(entry: Entry) -> bytes:
    """What stands before the content."""
    name = entry.name.encode()
    shared = _central_fields(entry)[2:12]  # the same fields, from `version` to `extra_length`
    return _LOCAL.pack(_LOCAL_SIGNATURE, *shared) + name


def central(entry: Entry) -> bytes:
    """The entry's part of the central directory."""
    return _CENTRAL.pack(*_central_fields(entry)) + entry.name.encode()


def end(directory: Directory) -> bytes:
    """The end record."""
    size = directory.end_offset - directory.offset
    return _END.pack(_END_SIGNATURE, 0, 0, directory.entries, directory.entries, size, directory.offset, 0)


def read_directory(file: BinaryIO) -> Directory:
    """Where the central directory is. Raises `Broken` when there is more or less than the end record says."""
    start = file.seek(0, os.SEEK_END) - _END.size
    file.seek(max(start, 0))
    raw = file.read(_END.size)
    if start < 0 or not raw.startswith(_END_SIGNATURE):
        raise _no_end(file)
    found = _End._make(_END.unpack(raw))
    directory = Directory(found.entries, found.directory_offset, start)
    is_whole = found.directory_offset + found.directory_size == start and raw == end(directory)
    if found.entries > MAX_FILES or not is_whole:
        raise _end_fault(found, file, start)
    if _at(file, start - _LOCATOR_SIZE, len(_LOCATOR_SIGNATURE)) == _LOCATOR_SIGNATURE:
        raise Broken("zip64", "is a ZIP64 archive")
    return directory


def read_entries(file: BinaryIO, directory: Directory) -> Iterator[Entry]:
    """The entries, which lie one after the other up to the directory, as is checked on the way.

    Raises `Broken`. Nothing of a file's content is read.
    """
    place = directory.offset
    position = 0
    file.seek(place)
    for number in range(directory.entries):
        entry = _read_central(file, directory.end_offset - place, number)
        if entry.offset != position:
            raise _misplaced(entry.offset, position, entry.name)
        place += _CENTRAL.size + len(entry.name.encode())
        position = entry.end_offset
        yield entry
    if directory.offset != position:
        raise _misplaced(directory.offset, position)
    if directory.end_offset != place:
        raise Broken("gap", f"has {directory.end_offset - place} bytes before its end that belong to nothing")


def _central_fields(entry: Entry) -> _Central:
    name = entry.name.encode()
    return _Central(
        signature=_CENTRAL_SIGNATURE,
        made_by=_MADE_BY,
        version=_VERSION,
        flags=_IN_CODE_PAGE if entry.name.isascii() else _IN_UTF8,
        method=_DEFLATED if entry.is_deflated else _STORED,
        time=0,
        date=_DAY,
        checksum=entry.checksum,
        packed_size=entry.packed_size,
        size=entry.size,
        name_length=len(name),
        extra_length=0,
        comment_length=0,
        disk=0,
        internal=0,
        external=_MODE,
        offset=entry.offset,
    )


def _read_central(file: BinaryIO, room: int, number: int) -> Entry:
    """The next header of the central directory, which has `room` bytes left."""
    raw = file.read(_CENTRAL.size)
    if room < _CENTRAL.size or len(raw) < _CENTRAL.size or not raw.startswith(_CENTRAL_SIGNATURE):
        raise Broken("central-header", f"has no header for entry {number} in its central directory")
    found = _Central._make(_CENTRAL.unpack(raw))
    name = entry_names.decoded(file.read(found.name_length))
    entry = Entry(
        name, found.method == _DEFLATED, found.checksum, found.packed_size, found.size, found.offset
    )
    if _ELSEWHERE in {found.packed_size, found.size, found.offset}:
        raise Broken("zip64", "has its sizes or its place in a ZIP64 field", name)
    expected = _central_fields(entry)
    if found != expected:
        raise _difference(found, expected, name)
    if room < _CENTRAL.size + found.name_length:
        raise Broken("central-header", "has a name that reaches into the end record", name)
    return entry


def _difference(found: _Central, expected: _Central, name: str) -> Broken:
    if found.flags != expected.flags:
        return _flag_fault(found.flags, name)
    for attribute, rule, text in _FIXED:
        if getattr(found, attribute) != getattr(expected, attribute):
            return Broken(rule, text, name)
    if found.external != expected.external:
        return _kind_fault(found.external, name)
    return Broken("central-header", "has a header that is cut short", name)


def _flag_fault(flags: int, name: str) -> Broken:
    if flags & _ENCRYPTED:
        return Broken("encrypted", "is encrypted", name)
    if flags & _DESCRIBED_LATER:
        return Broken("data-descriptor", "has its sizes after its content", name)
    if flags & ~_IN_UTF8:
        return Broken("flags", "has flags that nothing here needs", name)
    wrong = "is said to be in UTF-8 and is in ASCII" if flags else "is not in ASCII, nor said to be in UTF-8"
    return Broken("name-flag", f"has a name that {wrong}", name)


def _kind_fault(external: int, name: str) -> Broken:
    kind = stat.S_IFMT(external >> 16)
    if kind == stat.S_IFDIR or external & _FOLDER:
        return Broken("folder", "is a folder; only files are listed", name)
    if kind not in {0, stat.S_IFREG}:
        return Broken("link", "is a link or a device, not a file", name)
    return Broken("attributes", "has other attributes than those of a plain file, rw-r--r--", name)


def _no_end(file: BinaryIO) -> Broken:
    """There is no end record at the end: say what is there instead."""
    size = file.seek(0, os.SEEK_END)
    tail = _at(file, max(size - _MAX_COMMENT - _END.size, 0), _MAX_COMMENT + _END.size)
    start = tail.rfind(_END_SIGNATURE, 0, max(len(tail) - _END.size + len(_END_SIGNATURE), 0))
    if start < 0:
        return Broken("end-record", "has no end record: it is cut short, or no ZIP archive at all")
    after = len(tail) - start - _END.size
    found = _End._make(_END.unpack_from(tail, start))
    if found.comment_length == after:
        return Broken("comment", f"has a comment of {after} bytes")
    return Broken("trailing-bytes", f"has {after} bytes after its end")


def _end_fault(found: _End, file: BinaryIO, start: int) -> Broken:
    """`found`, at `start`, is not the end record of what is before it, or of too much."""
    if found.entries == _ELSEWHERE_COUNT or _ELSEWHERE in {found.directory_size, found.directory_offset}:
        return Broken("zip64", "is a ZIP64 archive")
    if found.disk or found.directory_disk or found.entries_here != found.entries:
        return Broken("multi-disk", "is part of an archive on several disks")
    if found.comment_length:
        return Broken("comment", "is said to have a comment")
    if found.entries > MAX_FILES:
        return Broken("count", f"has {found.entries} entries; at most {MAX_FILES} are read")
    left = start - found.directory_offset - found.directory_size
    if left < 0:
        return Broken("overlap", "has a central directory that reaches into the end record")
    if _at(file, found.directory_offset, len(_CENTRAL_SIGNATURE)) == _CENTRAL_SIGNATURE:
        return Broken("gap", f"has {left} bytes before its end that belong to nothing")
    return Broken("leading-bytes", f"has {left} bytes that belong to nothing, before it or in it")


def _misplaced(offset: int, position: int, entry: str | None = None) -> Broken:
    subject = "has a central directory that lies" if entry is None else "lies"
    if offset < position:
        return Broken("overlap", f"{subject} where another entry is", entry)
    if position == 0:
        return Broken("leading-bytes", f"{subject} after {offset} bytes that belong to nothing", entry)
    return Broken("gap", f"{subject} {offset - position} bytes after the entry before it", entry)


def _at(file: BinaryIO, offset: int, size: int) -> bytes:
    if offset < 0:
        return b""
    file.seek(offset)
    return file.read(size)
