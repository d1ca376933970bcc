"""What an act asks of the kernel, recorded by strace and told as changes of a disk.

Everything that writes is seen: our own calls and SQLite's. Writes through mapped memory would not be; only
SQLite's `-shm` is written so, which is no part of what lasts.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

_CALLS = (
    "openat,creat,close,lseek,write,writev,pwrite64,pwritev,pwritev2,truncate,ftruncate,fallocate,"
    "copy_file_range,sendfile,rename,renameat,renameat2,link,linkat,symlink,symlinkat,unlink,unlinkat,"
    "mkdir,mkdirat,rmdir,fsync,fdatasync,sync_file_range"
)
_LINE = re.compile(r"^(\d+) +(\w+)\((.*)\) += (-?\d+|\?)(.*)$")
_CUT = re.compile(r"^(\d+) +(\w+)\((.*) <unfinished \.\.\.>$")
_REST = re.compile(r"^(\d+) +<\.\.\. (\w+) resumed>(.*)$")
_HANDLE = re.compile(r"^(\d+|AT_FDCWD)<(.*)>(?:\(deleted\))?$")


# ── what changes a disk ──────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Opened:
    """A file was made when it was not there, or cut to nothing; `mode` is what was asked for."""

    path: str
    makes: bool
    cuts: bool
    mode: int


@dataclass(frozen=True)
class Written:
    path: str
    offset: int
    data: bytes


@dataclass(frozen=True)
class Cut:
    path: str
    size: int


@dataclass(frozen=True)
class Renamed:
    old: str
    new: str


@dataclass(frozen=True)
class Linked:
    old: str
    new: str


@dataclass(frozen=True)
class Removed:
    path: str


@dataclass(frozen=True)
class FolderMade:
    path: str
    mode: int


@dataclass(frozen=True)
class Synced:
    """The data of a file, or the entries of a folder, are on the disk."""

    path: str


@dataclass(frozen=True)
class Said:
    """What the act had to say at this moment, by writing to its file of notes."""

    text: str


Change = Opened | Written | Cut | Renamed | Linked | Removed | FolderMade | Synced | Said


def record(command: Sequence[str], home: Path, notes: Path, folder: Path) -> list[Change]:
    """Run a program that acts on `home` and writes lines to `notes`; answers with what it changed, in order.

    Raises `AssertionError` when it fails, or when it changed the home in a way that is not understood.
    """
    strace = shutil.which("strace")
    assert strace is not None, "these tests need the program strace (Debian: apt-get install strace)"
    log = folder / "calls"
    traced = [strace, "-f", "-y", "-xx", "-s", "100000000", "-e", "signal=none", "-e", f"trace={_CALLS}"]
    run = subprocess.run(
        [*traced, "--seccomp-bpf", "-o", str(log), *command],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert run.returncode == 0, run.stderr
    with log.open(encoding="ascii") as lines:
        return list(_Reading(str(home), str(notes)).changes(lines))


class _Reading:
    def __init__(self, home: str, notes: str) -> None:
        self._home = home
        self._notes = notes
        self._places: dict[tuple[int, str], int] = {}  # descriptor and path -> where the next write goes
        self._appends: set[tuple[int, str]] = set()
        self._sizes: dict[str, int] = {}

    def changes(self, lines: Iterator[str]) -> Iterator[Change]:
        cut: dict[str, str] = {}
        for line in lines:
            line = line.rstrip("\n")
            if found := _CUT.match(line):
                cut[found[1]] = f"{found[1]} {found[2]}({found[3]}"
                continue
            if found := _REST.match(line):
                line = cut.pop(found[1]) + found[3]
            if (found := _LINE.match(line)) and not found[4].startswith(("-", "?")):
                yield from self._change(found[2], _arguments(found[3]), int(found[4]), found[5])

    def _change(self, call: str, given: list[str], answer: int, more: str) -> Iterator[Change]:
        match call:
            case "openat":
                yield from self._opened(_at(given[0], given[1]), given[2], given[3:], answer)
            case "lseek" | "write" | "pwrite64" | "ftruncate" | "fsync" | "fdatasync":
                number, path = _handle(given[0])
                if self._is_ours(path):
                    yield from self._on_file(call, (number, path), given, answer)
            case "rename" | "link":
                yield from self._two(call, _text(given[0]), _text(given[1]))
            case "renameat" | "renameat2" | "linkat":
                yield from self._two(call, _at(given[0], given[1]), _at(given[2], given[3]))
            case "unlink" | "rmdir":
                yield from self._removed(_text(given[0]))
            case "unlinkat":
                yield from self._removed(_at(given[0], given[1]))
            case "mkdir":
                yield from self._folder(_text(given[0]), given[1])
            case "mkdirat":
                yield from self._folder(_at(given[0], given[1]), given[2])
            case "close":
                pass
            case _:
                paths = [_handle(one)[1] for one in given if _HANDLE.match(one)]
                assert not any(map(self._is_ours, paths)), f"{call} of {paths}"

    def _opened(self, path: str, flags: str, mode: list[str], number: int) -> Iterator[Change]:
        if not self._is_ours(path):
            return
        words = flags.split("|")
        self._places[number, path] = 0
        self._appends.discard((number, path))
        if "O_APPEND" in words:
            self._appends.add((number, path))
        if "O_TRUNC" in words:
            self._sizes[path] = 0
        if path != self._notes and ("O_CREAT" in words or "O_TRUNC" in words):
            yield Opened(path, "O_CREAT" in words, "O_TRUNC" in words, int(mode[0], 8) if mode else 0)

    def _on_file(self, call: str, handle: tuple[int, str], given: list[str], answer: int) -> Iterator[Change]:
        _, path = handle
        if call == "lseek":
            self._places[handle] = answer
        elif call in ("fsync", "fdatasync"):
            yield Synced(path)
        elif call == "ftruncate":
            self._sizes[path] = int(given[1])
            yield Cut(path, int(given[1]))
        else:
            data = _bytes(given[1])[:answer]
            if path == self._notes:
                yield Said(data.decode())
                return
            if call == "pwrite64":
                offset = int(given[3])
            else:
                offset = self._size(path) if handle in self._appends else self._places.get(handle, 0)
                self._places[handle] = offset + answer
            self._sizes[path] = max(self._sizes.get(path, 0), offset + answer)
            yield Written(path, offset, data)

    def _size(self, path: str) -> int:
        """Of a file that is appended to; what it had before is not known here, and -1 says: at its end."""
        return self._sizes.get(path, -1)

    def _two(self, call: str, old: str, new: str) -> Iterator[Change]:
        if self._is_ours(old) or self._is_ours(new):
            yield (Linked if call.startswith("link") else Renamed)(old, new)

    def _removed(self, path: str) -> Iterator[Change]:
        if self._is_ours(path):
            yield Removed(path)

    def _folder(self, path: str, mode: str) -> Iterator[Change]:
        if self._is_ours(path):
            yield FolderMade(path, int(mode, 8))

    def _is_ours(self, path: str) -> bool:
        if path == self._notes:
            return True
        return (path == self._home or path.startswith(self._home + "/")) and not path.endswith("-shm")


# ── strace's spelling ────────────────────────────────────────────────────────────────────────────


def _arguments(text: str) -> list[str]:
    """Strings are all hexadecimal, so that no comma is inside one."""
    return text.split(", ")


def _bytes(quoted: str) -> bytes:
    assert quoted.startswith('"'), quoted
    assert quoted.endswith('"'), quoted[-20:]
    return bytes.fromhex(quoted[1:-1].replace("\\x", ""))


def _text(quoted: str) -> str:
    return os.fsdecode(_bytes(quoted))


def _handle(given: str) -> tuple[int, str]:
    found = _HANDLE.match(given)
    if found is None:
        return -1, ""
    path = os.fsdecode(bytes.fromhex(found[2].replace("\\x", ""))) if found[2].startswith("\\x") else found[2]
    return (-1 if found[1] == "AT_FDCWD" else int(found[1])), path


def _at(folder: str, name: str) -> str:
    return os.path.normpath(os.path.join(_handle(folder)[1], _text(name)))
