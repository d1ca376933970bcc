"""Archives that must be refused: how each is broken, the rule that it breaks, and what it is made of."""

from __future__ import annotations

import stat
import struct
import zlib
from collections.abc import Callable, Mapping
from dataclasses import replace

from peers_runtime.projects.refusals import Rule
from tests.projects.raw_zip import DEFLATED, STORED, UTF8, File, archive, deflated, named, zeros

Hostile = Mapping[str, tuple[Rule, Callable[[], bytes]]]

ONE = File()
TWO = File(b"notes/package.py", b"package = object()\n", STORED)
LINK = File(b"notes/link", b"/etc/passwd", STORED)
MIB = 1 << 20
ELSEWHERE = 0xFFFFFFFF


def both(**lies: int | bytes) -> Callable[[], bytes]:
    """Both headers of a file tell these lies."""
    return lambda: archive(replace(ONE, lies=lies), TWO)


def central(**lies: int | bytes) -> Callable[[], bytes]:
    return lambda: archive(replace(ONE, central=lies), TWO)


def local(**lies: int | bytes) -> Callable[[], bytes]:
    return lambda: archive(replace(ONE, local=lies), TWO)


def end(**lies: int | bytes) -> Callable[[], bytes]:
    return lambda: archive(ONE, TWO, **lies)


def mode(mode: int) -> Callable[[], bytes]:
    return lambda: archive(replace(LINK, central={"external": mode << 16}), TWO)


def whole() -> bytes:
    return archive(ONE, TWO)


def quoted_overlap() -> bytes:
    """The local header of the kernel is quoted by a stored block of the first: both unpack the kernel."""
    kernel = File(b"notes/b", b"\0" * 4000, packed=deflated(b"\0" * 4000))
    inner = kernel.local_part() + kernel.content
    header = kernel.local_part()
    quote = b"\x00" + struct.pack("<HH", len(header), 0xFFFF ^ len(header)) + header
    first = File(b"notes/a", header + kernel.data, packed=quote + kernel.content)
    start = len(first.local_part()) + 5
    data = first.local_part() + first.content
    listed = first.central_part(0) + kernel.central_part(start)
    assert data[start:] == inner
    return _ended(data, listed, 2)


def same_content() -> bytes:
    """Two entries of the directory that lead to one local header."""
    return _ended(
        ONE.local_part() + ONE.content, ONE.central_part(0) + replace(ONE, name=b"other").central_part(0), 2
    )


def full_piece() -> bytes:
    """A deflated content of 65536 bytes, and bytes after it."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    head = packer.compress(bytes(MIB)) + packer.flush(zlib.Z_FULL_FLUSH)
    rest = bytes((1 << 16) - len(head) - 5)
    size = len(rest)
    packed = head + b"\x01" + struct.pack("<HH", size, 0xFFFF ^ size) + rest
    return archive(File(b"a", bytes(MIB + size), packed=packed + b"evil"))


def directory_in_a_file() -> bytes:
    """The directory is the content of the only file."""
    file = File(b"a", bytes(47), STORED)
    return _ended(file.local_part(), file.central_part(0), 1)


def zip64() -> bytes:
    """A whole ZIP64 end record and its locator; the old one says nothing."""
    data = archive(ONE)
    size = len(ONE.central_part(0))
    start = len(data) - 22 - size
    record = struct.pack("<4sQHHLLQQQQ", b"PK\x06\x06", 44, 45, 45, 0, 0, 1, 1, size, start)
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, start + size, 1)
    old = struct.pack("<4sHHHHLLH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, ELSEWHERE, ELSEWHERE, 0)
    return data[:-22] + record + locator + old


def hidden_in_the_end() -> bytes:
    """The comment holds a second directory and a second end record, which count from where they are."""
    listed = ONE.central_part(0)
    ours = ONE.local_part() + ONE.content
    second = _ended(TWO.local_part() + TWO.content, TWO.central_part(0), 1)
    return _ended(ours, listed, 1, comment=second)


def end_record(count: int, size: int, offset: int, comment: bytes = b"") -> bytes:
    facts = (b"PK\x05\x06", 0, 0, count, count, size, offset, len(comment))
    return struct.pack("<4sHHHHLLH", *facts) + comment


def _ended(data: bytes, listed: bytes, count: int, comment: bytes = b"") -> bytes:
    return data + listed + end_record(count, len(listed), len(data), comment)


WHOLE: Hostile = {
    "no bytes": ("end-record", lambda: b""),
    "no archive": ("end-record", lambda: b"no archive at all, and longer than an end record"),
    "an end record cut short": ("end-record", lambda: whole()[:-1]),
    "the first half": ("end-record", lambda: whole()[: len(whole()) // 2]),
    "no directory and no end": ("end-record", lambda: ONE.local_part() + ONE.content),
    "nothing but an end record cut short": ("end-record", lambda: b"PK\x05\x06" + bytes(10)),
    "a byte after the end": ("trailing-bytes", lambda: whole() + b"\n"),
    "a page after the end": ("trailing-bytes", lambda: whole() + bytes(4096)),
    "a comment": ("comment", lambda: archive(ONE, comment_length=5, after=b"hello")),
    "a comment that is not there": ("comment", end(comment_length=5)),
    "another archive in the comment": ("leading-bytes", hidden_in_the_end),
    "two archives, one after the other": ("leading-bytes", lambda: archive(TWO, ONE) + archive(ONE)),
    "a script before an archive": ("leading-bytes", lambda: b"#!/bin/sh\nexit\n" + whole()),
    "a script before an archive that knows of it": (
        "leading-bytes",
        lambda: archive(replace(ONE, before=b"#!/bin/sh\nexit\n"), TWO),
    ),
    "a hidden first file": ("leading-bytes", lambda: archive(replace(ONE, is_listed=False), TWO)),
    "a hidden file in the middle": ("gap", lambda: archive(TWO, replace(ONE, is_listed=False), LINK)),
    "a hidden last file": ("gap", lambda: archive(TWO, replace(ONE, is_listed=False))),
    "bytes between two files": ("gap", lambda: archive(ONE, replace(TWO, before=b"\0"))),
    "bytes before the directory": ("gap", lambda: archive(ONE, TWO, before_directory=b"\0")),
    "bytes after the directory": ("gap", lambda: archive(ONE, TWO, before_end=b"\0")),
    "bytes in the directory": (
        "gap",
        lambda: archive(ONE, before_end=bytes(9), directory_size=len(ONE.central_part(0)) + 9),
    ),
    "bytes before an empty directory": ("leading-bytes", lambda: archive(before_directory=b"hello")),
    "a directory with more headers than are counted": ("gap", end(entries=1, entries_here=1)),
    "a directory with fewer headers than are counted": ("central-header", end(entries=3, entries_here=3)),
    "a directory that begins in a file": ("leading-bytes", end(directory_offset=10)),
    "a directory within a file": ("overlap", directory_in_a_file),
    "a directory that reaches into the end record": ("overlap", end(directory_size=1000)),
    "a directory in another order": ("leading-bytes", lambda: archive(ONE, TWO, directory=(1, 0))),
    "a file listed twice": ("overlap", lambda: archive(ONE, directory=(0, 0), entries=2, entries_here=2)),
    "two names for one content": ("overlap", same_content),
    "a quoted overlap": ("overlap", quoted_overlap),
    "a file within a file": (
        "overlap",
        lambda: archive(File(b"a", archive(ONE), STORED), replace(ONE, central={"offset": 31})),
    ),
    "a place after the end": ("gap", lambda: archive(ONE, replace(TWO, central={"offset": 10**6}))),
    "one of several disks": ("multi-disk", end(disk=1)),
    "a directory on another disk": ("multi-disk", end(directory_disk=1)),
    "two counts": ("multi-disk", end(entries_here=1)),
    "a file on another disk": ("multi-disk", central(disk=1)),
    "ZIP64": ("zip64", zip64),
    "a ZIP64 count": ("zip64", end(entries=0xFFFF, entries_here=0xFFFF)),
    "a ZIP64 directory": ("zip64", end(directory_offset=ELSEWHERE)),
    "a ZIP64 directory size": ("zip64", end(directory_size=ELSEWHERE)),
    "a ZIP64 size": ("zip64", both(size=ELSEWHERE)),
    "a ZIP64 packed size": ("zip64", both(packed_size=ELSEWHERE)),
    "a ZIP64 place": ("zip64", central(offset=ELSEWHERE)),
    "more files than are read": (
        "count",
        lambda: archive(*(File(b"%d" % number, b"", STORED) for number in range(20_001))),
    ),
    "more bytes than are unpacked": (
        "total-size",
        lambda: archive(
            *(File(b"%d" % number, packed=bytes(MIB), lies={"size": 200 * MIB}) for number in range(6))
        ),
    ),
}

HEADERS: Hostile = {
    "another central signature": ("central-header", central(signature=b"PK\x01\x03")),
    "a name that reaches beyond": (
        "central-header",
        lambda: archive(named("a", central={"name_length": 99})),
    ),
    "a name that reaches into the end": (
        "central-header",
        lambda: archive(named("a", central={"name_length": 11})),
    ),
    "no header": ("central-header", lambda: _ended(b"", bytes(60), 1)),
    "half a header": ("central-header", lambda: _ended(b"", ONE.central_part(0)[:40], 1)),
    "another local signature": ("local-header", local(signature=b"PK\x03\x05")),
    "another local version": ("local-header", local(version=10)),
    "other local flags": ("local-header", local(flags=UTF8)),
    "a local descriptor": ("local-header", local(flags=8, checksum=0, packed_size=0, size=0)),
    "another local method": ("local-header", local(method=STORED)),
    "another local time": ("local-header", local(time=1)),
    "another local date": ("local-header", local(date=0x5C21)),
    "another local checksum": ("local-header", local(checksum=1)),
    "another local packed size": ("local-header", local(packed_size=1)),
    "another local size": ("local-header", local(size=1)),
    "another local length of the name": ("local-header", local(name_length=5)),
    "another local length of extra fields": ("local-header", local(extra_length=4)),
    "another local name": (
        "local-header",
        lambda: archive(replace(ONE, local_name=b"notes/../ev.py"), TWO),
    ),
    "another case of the local name": (
        "local-header",
        lambda: archive(replace(ONE, local_name=b"notes/STORE.py"), TWO),
    ),
    "another version of ZIP": ("version", both(version=45)),
    "an older version of ZIP": ("version", both(version=10)),
    "made on another system": ("version", central(made_by=20)),
    "encrypted": ("encrypted", both(flags=1)),
    "strongly encrypted": ("encrypted", both(flags=1 << 6)),
    "with masked headers": ("encrypted", both(flags=1 << 13)),
    "sizes after the content": ("data-descriptor", both(flags=1 << 3)),
    "an option of deflate": ("flags", both(flags=1 << 1)),
    "patched data": ("flags", both(flags=1 << 5)),
    "a reserved flag": ("flags", both(flags=1 << 15)),
    **{
        f"packed by method {method}": ("method", both(method=method))
        for method in (1, 6, 9, 12, 14, 93, 95, 98, 99, 0xFFFF)
    },
    "a time": ("timestamp", both(time=1)),
    "a date": ("timestamp", both(date=0x5C21)),
    "no date": ("timestamp", both(date=0)),
    "an extra field": ("extra-field", lambda: archive(replace(ONE, central_extra=b"UT\0\0"), TWO)),
    "a second name in an extra field": (
        "extra-field",
        lambda: archive(
            replace(ONE, central_extra=b"up\x0a\0\x01\0\0\0\0evil\0", local_extra=b"up\0\0"), TWO
        ),
    ),
    "a ZIP64 extra field": (
        "extra-field",
        lambda: archive(replace(ONE, central_extra=struct.pack("<HHQ", 1, 8, 220)), TWO),
    ),
    "an extra field that is not there": ("extra-field", central(extra_length=9)),
    "a comment of a file": ("comment", lambda: archive(replace(ONE, comment=b"hello"), TWO)),
    "a link": ("link", mode(stat.S_IFLNK | 0o777)),
    "a character device": ("link", mode(stat.S_IFCHR | 0o644)),
    "a block device": ("link", mode(stat.S_IFBLK | 0o644)),
    "a pipe": ("link", mode(stat.S_IFIFO | 0o644)),
    "a socket": ("link", mode(stat.S_IFSOCK | 0o644)),
    "a folder by its mode": ("folder", mode(stat.S_IFDIR | 0o755)),
    "a folder by its attribute": ("folder", central(external=(0o100644 << 16) | 0x10)),
    "a program": ("attributes", mode(stat.S_IFREG | 0o755)),
    "a program with its owner's rights": ("attributes", mode(stat.S_IFREG | 0o4755)),
    "no mode": ("attributes", mode(0)),
    "hidden by an attribute": ("attributes", central(external=(0o100644 << 16) | 2)),
    "an inner attribute": ("attributes", central(internal=1)),
}

CONTENT: Hostile = {
    "another checksum": ("checksum", both(checksum=1)),
    "another content": ("checksum", lambda: archive(replace(TWO, packed=b"package = 0bject()\n"))),
    "another deflated content": ("checksum", lambda: archive(replace(ONE, packed=deflated(b"bytes" * 44)))),
    "a size that is too small": ("size", both(size=219)),
    "a size that is too large": ("size", both(size=221)),
    "a stored size that is too large": ("packed-size", lambda: archive(replace(TWO, lies={"size": 20}))),
    "a stored size that is too small": ("packed-size", lambda: archive(replace(TWO, lies={"size": 18}))),
    "deflated and larger": ("packed-size", lambda: archive(replace(TWO, data=b"x", method=DEFLATED))),
    "deflated and as large": ("packed-size", lambda: archive(replace(TWO, data=b"aaaaa", method=DEFLATED))),
    "nothing, deflated": ("packed-size", lambda: archive(replace(TWO, data=b"", method=DEFLATED))),
    "much around nothing": (
        "packed-size",
        lambda: archive(replace(ONE, packed=b"\0\0\0\xff\xff" * 99 + deflated(ONE.data))),
    ),
    "a packed size that ends early": (
        "deflate",
        lambda: archive(replace(ONE, packed=deflated(ONE.data)[:-3])),
    ),
    "bytes after the content": ("deflate", lambda: archive(replace(ONE, packed=deflated(ONE.data) + b"\0"))),
    "bytes after a content that fills what is read at once": ("deflate", full_piece),
    "two contents": ("deflate", lambda: archive(replace(ONE, packed=deflated(ONE.data) + deflated(b"evil")))),
    "a block of no kind": ("deflate", lambda: archive(replace(ONE, packed=b"\x07" + bytes(20)))),
    "a distance before the beginning": (
        "deflate",
        lambda: archive(replace(ONE, packed=b"\x03\x02\0" + bytes(9))),
    ),
    "no end of the content": ("deflate", lambda: archive(replace(ONE, packed=b"\0\0\0\xff\xff"))),
    "a bomb": ("ratio", lambda: archive(replace(ONE, data=bytes(MIB)))),
    "a bomb of many small files": (
        "ratio",
        lambda: archive(*(File(b"%d" % number, bytes(60_000)) for number in range(100))),
    ),
    "a bomb that claims to be small": (
        "size",
        lambda: archive(replace(ONE, packed=zeros(256 * MIB), lies={"size": MIB})),
    ),
    "a bomb that claims to be small in the directory only": (
        "local-header",
        lambda: archive(
            replace(ONE, packed=zeros(256 * MIB), central={"size": MIB}, local={"size": 256 * MIB})
        ),
    ),
    "a bomb that claims to be stored": (
        "packed-size",
        lambda: archive(replace(ONE, packed=zeros(256 * MIB), method=STORED, lies={"size": 256 * MIB})),
    ),
    "a file larger than is unpacked": (
        "file-size",
        lambda: archive(replace(ONE, lies={"size": 256 * MIB + 1, "packed_size": 2 * MIB})),
    ),
    "a file of four gigabytes": ("file-size", both(size=ELSEWHERE - 1)),
}
