"""Mistakes that a kill does not show and a power loss does, put into the program that is recorded."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from typing import Any
from unittest import mock

from peers_runtime.catalog import index
from peers_runtime.operations import install
from peers_runtime.snapshots import disk
from peers_runtime.snapshots.store import SnapshotStore


def without_flushing_blobs() -> None:
    whole = disk.write_new

    def write_new(path: str, data: bytes, mode: int) -> None:
        with mock.patch("os.fsync"):
            whole(path, data, mode)

    disk.write_new = write_new


def without_flushing_folders() -> None:
    disk.sync_folder = lambda folder: None


def row_before_blob() -> None:
    """What was stored reaches the disk only after its row."""
    late: list[str] = []
    add, record = SnapshotStore.add, install.record

    def note(descriptor: int) -> None:
        late.append(os.readlink(f"/proc/self/fd/{descriptor}"))

    def add_without_flushing(self: SnapshotStore, *given: Any, **named: Any) -> None:
        with mock.patch("os.fsync", note):
            add(self, *given, **named)

    def record_and_flush(*given: Any, **named: Any) -> Any:
        done = record(*given, **named)
        for path in late:
            path = path.removesuffix(" (deleted)")
            for one in (path, f"{os.path.dirname(path)}/{os.path.basename(path).split('.')[0]}"):
                if os.path.exists(one):
                    disk.sync_folder(one)
        late.clear()
        return done

    SnapshotStore.add = add_without_flushing  # type: ignore[method-assign]  # the mistake
    install.record = record_and_flush


def without_mark() -> None:
    index.mark = lambda path: None


def without_flushing_the_mark() -> None:
    whole = index.mark

    def mark(path: str) -> None:
        with mock.patch("os.fsync"):
            whole(path)

    index.mark = mark


def without_flushing_sqlite() -> None:
    connect = sqlite3.connect

    class Careless(sqlite3.Connection):
        def execute(self, sql: str, *given: Any) -> sqlite3.Cursor:
            return super().execute("PRAGMA synchronous=OFF" if "synchronous" in sql else sql, *given)

    sqlite3.connect = lambda *given, **named: connect(*given, **{**named, "factory": Careless})


MISTAKES: dict[str, tuple[str, Callable[[], None]]] = {  # with the act that is recorded
    "no fsync of blobs": ("publish", without_flushing_blobs),
    "no fsync of folders": ("publish", without_flushing_folders),
    "row before blob": ("publish", row_before_blob),
    "no mark on the index": ("follow", without_mark),
    "no fsync of the mark": ("follow", without_flushing_the_mark),
    "SQLite with synchronous=OFF": ("publish", without_flushing_sqlite),
}
