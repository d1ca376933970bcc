"""A disk that loses power: what it may hold after a crash, by what POSIX promises and no more.

What is promised: the data of a file once `fsync` of the file has returned; the entries of a folder once
`fsync` of the folder has; that a rename within a folder happens or not. All else that was asked for by then
may have happened or not, in any combination; data that were being written may be there in part, sector by
sector, and the file may have grown without them.
"""

from __future__ import annotations

import hashlib
import os
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from tests.crash.recorded import (
    Change,
    Cut,
    FolderMade,
    Linked,
    Opened,
    Removed,
    Renamed,
    Said,
    Synced,
    Written,
)

_SECTOR = 512  # bytes that a disk writes whole or not at all

Write = Written | Cut


@dataclass(frozen=True)
class Luck:
    """Which of the pending changes have happened: by their number, and whether they are of names."""

    what: str
    kept: Callable[[int, bool], bool]
    torn: random.Random | None = None  # data that were not kept may be there in part


def lucks(pending: int, chance: random.Random, rounds: int) -> Iterator[Luck]:
    """All or nothing, all of one kind, each change alone, each one lost; `rounds` that are left to chance."""
    yield Luck("nothing has happened", lambda number, of_names: False)
    yield Luck("all has happened", lambda number, of_names: True)
    yield Luck("names only", lambda number, of_names: of_names)
    yield Luck("data only", lambda number, of_names: not of_names)
    for one in range(pending):
        yield Luck(f"only change {one}", lambda number, of_names, one=one: number == one)
        yield Luck(f"all but change {one}", lambda number, of_names, one=one: number != one)
    for _ in range(rounds):
        yield Luck("by chance", lambda number, of_names: chance.random() < 0.5, chance)


@dataclass
class Node:
    """A file or a folder, by whatever names. `sure` lasts; `pending` may."""

    mode: int
    is_folder: bool
    data: bytes = b""
    entries: dict[str, Node] = field(default_factory=dict)
    pending: list[Write] = field(default_factory=list)
    pending_entries: list[tuple[tuple[str, Node | None], ...]] = field(default_factory=list)
    now: bytes = b""  # what a running program reads
    names: dict[str, Node] = field(default_factory=dict)

    def settle(self) -> None:
        """fsync."""
        self.data, self.pending = self.now, []
        self.entries, self.pending_entries = dict(self.names), []


class Disk:
    """As found at `home`, all of it on the disk; then changes come. `umask` is that of the program."""

    def __init__(self, home: Path, umask: int) -> None:
        self._home = str(home)
        self._umask = umask
        self._top = self._found(home)

    def _found(self, path: Path) -> Node:
        by_inode: dict[int, Node] = {}

        def read(path: Path) -> Node:
            status = path.stat()
            if path.is_dir():
                node = Node(status.st_mode & 0o777, is_folder=True)
                node.names = {one.name: read(one) for one in path.iterdir() if not one.name.endswith("-shm")}
            elif status.st_ino in by_inode:
                return by_inode[status.st_ino]
            else:
                node = by_inode[status.st_ino] = Node(status.st_mode & 0o777, is_folder=False)
                node.now = path.read_bytes()
            node.settle()
            return node

        return read(path)

    def do(self, change: Change) -> None:
        match change:
            case Opened(path, makes, cuts, mode):
                self._open(path, makes, cuts, mode)
            case Written(path, offset, data):
                self._write(self._node(path), offset, data)
            case Cut(path, size):
                self._cut(self._node(path), size)
            case Synced(path):
                if (node := self._node(path)) is not None:
                    node.settle()
            case FolderMade(path, mode):
                self._enter(path, Node(mode & ~self._umask, is_folder=True))
            case Removed(path):
                self._change(*self._place(path), None)
            case Linked(old, new):
                linked = self._node(old)
                assert linked is not None
                self._enter(new, linked)
            case Renamed(old, new):
                self._rename(old, new)
            case Said():
                pass

    def _open(self, path: str, makes: bool, cuts: bool, mode: int) -> None:
        node = self._node(path)
        if node is None:
            assert makes
            self._enter(path, Node(mode & ~self._umask, is_folder=False))
        elif cuts:
            self._cut(node, 0)

    def _write(self, node: Node | None, offset: int, data: bytes) -> None:
        if node is None:  # its last name is gone
            return
        offset = len(node.now) if offset < 0 else offset
        node.pending.append(Written("", offset, data))
        node.now = _written(node.now, offset, data)

    def _cut(self, node: Node | None, size: int) -> None:
        if node is not None and len(node.now) != size:
            node.pending.append(Cut("", size))
            node.now = node.now[:size].ljust(size, b"\0")

    def _rename(self, old: str, new: str) -> None:
        moved = self._node(old)
        assert moved is not None, old
        (old_folder, old_name), (new_folder, new_name) = self._place(old), self._place(new)
        if old_folder is new_folder:
            old_folder.names.pop(old_name)
            old_folder.names[new_name] = moved
            old_folder.pending_entries.append(((old_name, None), (new_name, moved)))
        else:
            self._change(new_folder, new_name, moved)
            self._change(old_folder, old_name, None)

    def _enter(self, path: str, node: Node) -> None:
        self._change(*self._place(path), node)

    def _change(self, folder: Node, name: str, node: Node | None) -> None:
        if node is None:
            folder.names.pop(name)
        else:
            folder.names[name] = node
        folder.pending_entries.append(((name, node),))

    def _place(self, path: str) -> tuple[Node, str]:
        folder = self._node(os.path.dirname(path))
        assert folder is not None, path
        return folder, os.path.basename(path)

    def _node(self, path: str) -> Node | None:
        node: Node | None = self._top
        relative = os.path.relpath(path, self._home)
        for name in [] if relative == "." else relative.split("/"):
            node = node.names.get(name) if node is not None else None
        return node

    # ── the power goes ───────────────────────────────────────────────────────────────────────────

    def pending(self) -> int:
        """How many changes may still be lost."""
        return sum(len(one.pending) + len(one.pending_entries) for one in self._nodes())

    def crashed(self, luck: Luck) -> State:
        """What may be found afterwards."""
        numbers = count()
        made: dict[int, Node] = {}

        def left(node: Node) -> Node:
            if id(node) not in made:
                found = made[id(node)] = Node(node.mode, node.is_folder)
                found.data = _data_left(node, lambda: luck.kept(next(numbers), False), luck.torn)
                entries = dict(node.entries)
                for parts in node.pending_entries:
                    if luck.kept(next(numbers), True):
                        _enter(entries, parts)
                found.entries = {name: left(one) for name, one in sorted(entries.items())}
            return made[id(node)]

        return State(left(self._top))

    def _nodes(self) -> list[Node]:
        found: dict[int, Node] = {}

        def walk(node: Node) -> None:
            if id(node) not in found:
                found[id(node)] = node
                for one in (*node.names.values(), *node.entries.values()):
                    walk(one)

        walk(self._top)
        return list(found.values())


@dataclass(frozen=True)
class State:
    """What is on the disk when the power is back."""

    top: Node

    def digest(self) -> str:
        """Equal for equal states."""
        seen: dict[int, int] = {}
        sum_ = hashlib.sha256()

        def walk(node: Node, name: str) -> None:
            number = seen.setdefault(id(node), len(seen))
            sum_.update(f"{name!r} {number} {node.mode} {node.is_folder} {len(node.data)}\n".encode())
            sum_.update(node.data)
            for one in sorted(node.entries):
                walk(node.entries[one], one)

        walk(self.top, "")
        return sum_.hexdigest()

    def lay(self, home: Path) -> None:
        """Write it to a folder that is not there yet."""
        laid: dict[int, Path] = {}

        def write(node: Node, path: Path) -> None:
            if node.is_folder:
                path.mkdir()
                for name, one in node.entries.items():
                    write(one, path / name)
            elif id(node) in laid:
                path.hardlink_to(laid[id(node)])
                return
            else:
                laid[id(node)] = path
                path.write_bytes(node.data)
            path.chmod(node.mode)

        write(self.top, home)


def _enter(entries: dict[str, Node], parts: tuple[tuple[str, Node | None], ...]) -> None:
    for name, node in parts:
        if node is None:
            entries.pop(name, None)
        else:
            entries[name] = node


def _data_left(node: Node, kept: Callable[[], bool], torn: random.Random | None) -> bytes:
    data = node.data
    for one in node.pending:
        keeps = kept()
        if isinstance(one, Cut):
            data = data[: one.size].ljust(one.size, b"\0") if keeps else data
        elif keeps:
            data = _written(data, one.offset, one.data)
        elif torn is not None:
            data = _torn(data, one, torn)
    return data


def _torn(data: bytes, write: Written, chance: random.Random) -> bytes:
    """Some sectors of a write, or only the room that it takes, or nothing."""
    if chance.random() < 0.4:
        return data
    if chance.random() < 0.3:
        return data.ljust(write.offset + len(write.data), b"\0")
    start = write.offset - write.offset % _SECTOR
    for sector in range(start, write.offset + len(write.data), _SECTOR):
        if chance.random() < 0.5:
            begin, end = max(sector, write.offset), sector + _SECTOR
            part = write.data[begin - write.offset : end - write.offset]
            data = _written(data, begin, part)
    return data


def _written(data: bytes, offset: int, part: bytes) -> bytes:
    return data[:offset].ljust(offset, b"\0") + part + data[offset + len(part) :]
