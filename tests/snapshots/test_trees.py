from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path

import pytest

from peers_runtime.base import errors
from peers_runtime.snapshots import trees
from peers_runtime.snapshots.store import SnapshotStore
from tests.snapshots.conftest import Capture
from tests.snapshots.parts import (
    FILES,
    KEY,
    all_files,
    blob,
    damage,
)


def test_files_are_laid_out_read_only_as_links_of_blobs(home: Path, captured: Capture) -> None:
    source, manifest = captured()
    snapshots = SnapshotStore(home, KEY)
    snapshots.add(source, manifest)
    folder = Path(snapshots.folder(manifest.id))
    assert folder.is_absolute()
    assert {name: (folder / name).read_bytes() for name in all_files(folder)} == FILES
    for file in manifest.files:
        status = (folder / file.path).stat()
        assert status.st_mode & 0o222 == 0
        assert status.st_ino == blob(home, file.digest).stat().st_ino


def test_files_are_copied_where_links_cannot_be_made(
    home: Path, captured: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.EXDEV, "no links here")

    monkeypatch.setattr(os, "link", refuse)
    source, manifest = captured()
    snapshots = SnapshotStore(home, KEY)
    snapshots.add(source, manifest)
    folder = Path(snapshots.folder(manifest.id))
    assert {name: (folder / name).read_bytes() for name in all_files(folder)} == FILES
    assert all((folder / name).stat().st_mode & 0o222 == 0 for name in all_files(folder))


def test_a_lost_folder_is_laid_out_again(home: Path, captured: Capture) -> None:
    source, manifest = captured()
    SnapshotStore(home, KEY).add(source, manifest)
    shutil.rmtree(home / "files")
    folder = Path(SnapshotStore(home, KEY).folder(manifest.id))
    assert folder == home / "files" / manifest.id
    assert all_files(folder) == FILES.keys()


def test_changed_bytes_are_not_laid_out(home: Path, captured: Capture) -> None:
    source, manifest = captured()
    SnapshotStore(home, KEY).add(source, manifest)
    shutil.rmtree(home / "files")
    damage(blob(home, manifest.files[0].digest))
    with pytest.raises(errors.DamagedBytes):
        SnapshotStore(home, KEY).folder(manifest.id)
    assert all_files(home / "files") == set()


def test_a_folder_that_another_process_makes_meanwhile_is_left_alone(
    home: Path, captured: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, manifest = captured()
    SnapshotStore(home, KEY).add(source, manifest)
    folder = home / "files" / manifest.id
    made = home / "made meanwhile"
    folder.rename(made)
    real = trees.Trees._is_whole

    def look(self: trees.Trees, folder: str, files: dict[str, str]) -> bool:
        is_whole = real(self, folder, files)
        if made.exists():
            made.rename(folder)
        return is_whole

    monkeypatch.setattr(trees.Trees, "_is_whole", look)
    there = made.stat().st_ino
    SnapshotStore(home, KEY).add(source, manifest)
    assert folder.stat().st_ino == there
    assert [path.name for path in (home / "files").iterdir()] == [manifest.id]
