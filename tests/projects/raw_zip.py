"""ZIP archives put together by hand, so that each of their fields can lie."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

STORED, DEFLATED = 0, 8
UTF8 = 1 << 11
_LOCAL = {
    "signature": "4s",
    "version": "H",
    "flags": "H",
    "method": "H",
    "time": "H",
    "date": "H",
    "checksum": "L",
    "packed_size": "L",
    "size": "L",
    "name_length": "H",
    "extra_length": "H",
}
_CENTRAL = {
    "signature": "4s",
    "made_by": "H",
    **{name: form for name, form in _LOCAL.items() if name != "signature"},
    "comment_length": "H",
    "disk": "H",
    "internal": "H",
    "external": "L",
    "offset": "L",
}
_END = {
    "signature": "4s",
    "disk": "H",
    "directory_disk": "H",
    "entries_here": "H",
    "entries": "H",
    "directory_size": "L",
    "directory_offset": "L",
    "comment_length": "H",
}
Lies = Mapping[str, int | bytes]


def deflated(data: bytes) -> bytes:
    return zlib.compress(data, 9, -15)


def zeros(size: int) -> bytes:
    """`size` zeros, a multiple of 1 MiB, deflated about a thousand times smaller, at no cost."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packer.compress(b"")
    block = packer.compress(bytes(1 << 20)) + packer.flush(zlib.Z_FULL_FLUSH)
    return block * (size >> 20) + packer.flush()


def zeros_checksum(size: int) -> int:
    checksum = 0
    for _ in range(size >> 20):
        checksum = zlib.crc32(bytes(1 << 20), checksum)
    return checksum


@dataclass(frozen=True)
class File:
    """One file: what is true of it, and the lies that its headers tell."""

    name: bytes = b"notes/store.py"
    data: bytes = b"notes = []\n" * 20
    method: int = DEFLATED
    packed: bytes | None = None  # what lies there instead of the packed data
    lies: Lies = field(default_factory=dict[str, int | bytes])  # in both headers
    local: Lies = field(default_factory=dict[str, int | bytes])
    central: Lies = field(default_factory=dict[str, int | bytes])
    local_name: bytes | None = None
    local_extra: bytes = b""
    central_extra: bytes = b""
    comment: bytes = b""
    before: bytes = b""  # what lies before its local header
    after: bytes = b""  # what lies after its content
    is_listed: bool = True  # in the central directory

    @property
    def content(self) -> bytes:
        if self.packed is not None:
            return self.packed
        return deflated(self.data) if self.method == DEFLATED else self.data

    def facts(self) -> dict[str, int | bytes]:
        return {
            "version": 20,
            "flags": 0 if self.name.isascii() else UTF8,
            "method": self.method,
            "time": 0,
            "date": 33,
            "checksum": zlib.crc32(self.data),
            "packed_size": len(self.content),
            "size": len(self.data),
            **self.lies,
        }

    def local_part(self) -> bytes:
        name = self.name if self.local_name is None else self.local_name
        facts = {
            "signature": b"PK\x03\x04",
            **self.facts(),
            "name_length": len(name),
            "extra_length": len(self.local_extra),
            **self.local,
        }
        return _packed(_LOCAL, facts) + name + self.local_extra

    def central_part(self, offset: int) -> bytes:
        facts = {
            "signature": b"PK\x01\x02",
            "made_by": 0x0314,
            **self.facts(),
            "name_length": len(self.name),
            "extra_length": len(self.central_extra),
            "comment_length": len(self.comment),
            "disk": 0,
            "internal": 0,
            "external": 0o100644 << 16,
            "offset": offset,
            **self.central,
        }
        return _packed(_CENTRAL, facts) + self.name + self.central_extra + self.comment


def archive(
    *files: File,
    before_directory: bytes = b"",
    before_end: bytes = b"",
    after: bytes = b"",
    directory: Sequence[int] | None = None,  # the order of its headers
    **end: int | bytes,
) -> bytes:
    """The archive of these files, as honest as they are; `end` are lies of the end record."""
    data = bytearray()
    headers: list[bytes] = []
    for each in files:
        data += each.before
        if each.is_listed:
            headers.append(each.central_part(len(data)))
        data += each.local_part() + each.content + each.after
    data += before_directory
    listed = b"".join(headers if directory is None else (headers[index] for index in directory))
    facts = {
        "signature": b"PK\x05\x06",
        "disk": 0,
        "directory_disk": 0,
        "entries_here": len(headers),
        "entries": len(headers),
        "directory_size": len(listed),
        "directory_offset": len(data),
        "comment_length": 0,
        **end,
    }
    return bytes(data) + listed + before_end + _packed(_END, facts) + after


def named(name: str | bytes, **other: Lies) -> File:
    return replace(File(), name=name if isinstance(name, bytes) else name.encode(), **other)


def _packed(form: Mapping[str, str], facts: Mapping[str, int | bytes]) -> bytes:
    return struct.pack("<" + "".join(form.values()), *(facts[name] for name in form))
