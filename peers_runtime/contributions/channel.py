"""A file between a tool's caller and the process that runs it: "stop" one way, progress the other.

It has a fixed size. The latest reports are kept, in their order; a slow reader misses older ones, and a
writer never waits. Any two processes that see one folder can use it.
"""

from __future__ import annotations

import math
import os
import struct
import zlib
from collections.abc import Sequence

from peers_runtime.base import errors

Report = tuple[float, float | None, str]
"""(done, total if known, message)."""

_SLOTS = 64  # reports that are kept between two looks
_SLOT = 256  # bytes
_START = 64  # the first byte says whether to stop; reports come after these
_HEAD = struct.Struct("<IQddH")  # checksum of the rest, number, done, total or NaN, bytes of the message
_ROOM = _SLOT - _HEAD.size


def make(folder: str) -> str:
    """Make one and answer with its path; its name lets `tidy` find what killed hosts have left."""
    path = os.path.join(folder, f"{os.urandom(12).hex()}.tmp")
    try:
        os.makedirs(folder, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            os.ftruncate(descriptor, _START + _SLOTS * _SLOT)
        finally:
            os.close(descriptor)
    except OSError as error:
        raise errors.HomeNotWritable(
            f"a call to another process needs a file in {folder}: {error.strerror}",
            hint="make the home writable, or run the tool in this process",
            path=path,
        ) from error
    return path


def stop(path: str) -> None:
    """Tell the tool to stop."""
    descriptor = os.open(path, os.O_WRONLY)
    try:
        os.pwrite(descriptor, b"\1", 0)
    finally:
        os.close(descriptor)


def reports(path: str, after: int) -> Sequence[tuple[int, Report]]:
    """Those with a higher number than `after` that are kept, each with its number, in order."""
    with open(path, "rb") as file:
        data = file.read()
    found: list[tuple[int, Report]] = []
    for start in range(_START, len(data), _SLOT):
        slot = data[start : start + _SLOT]
        checksum, number, done, total, length = _HEAD.unpack_from(slot)
        body = slot[4 : _HEAD.size + length]
        if number > after and zlib.crc32(body) == checksum:  # else it is being written
            message = slot[_HEAD.size : _HEAD.size + length].decode(errors="ignore")
            found.append((number, (done, None if math.isnan(total) else total, message)))
    return sorted(found)


class Channel:
    """The end of the process that runs the tool. Raises `FileNotFoundError` when nobody waits any more."""

    def __init__(self, path: str) -> None:
        self._file = os.open(path, os.O_RDWR)
        self._number = 0

    def is_set(self) -> bool:
        """Whether the tool should stop."""
        return os.pread(self._file, 1, 0) == b"\1"

    def progress(self, done: float, total: float | None, message: str) -> None:
        self._number += 1
        text = message.encode(errors="replace")[:_ROOM]
        known = math.nan if total is None else total
        body = _HEAD.pack(0, self._number, done, known, len(text))[4:] + text
        at = _START + (self._number - 1) % _SLOTS * _SLOT
        os.pwrite(self._file, zlib.crc32(body).to_bytes(4, "little") + body, at)

    def close(self) -> None:
        os.close(self._file)
