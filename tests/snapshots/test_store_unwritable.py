from __future__ import annotations

import errno
import gc
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from peers_runtime.base import errors
from peers_runtime.model.manifest import Manifest
from peers_runtime.snapshots.source import Source
from peers_runtime.snapshots.store import SnapshotStore
from tests.snapshots.conftest import Capture
from tests.snapshots.parts import (
    FILES,
    KEY,
    all_files,
    file_size_limit,
    read_only,
    run,
)


@pytest.mark.parametrize("lost", [[], ["code", "files"]])
def test_a_read_only_home_is_read_and_imported_from(home: Path, captured: Capture, lost: list[str]) -> None:
    source, manifest = captured()
    SnapshotStore(home, KEY).add(source, manifest)
    for name in lost:
        shutil.rmtree(home / name)
    for path in (home / "about").iterdir():
        path.chmod(0o644)
    before = all_files(home)
    snapshots = SnapshotStore(home, KEY)
    with read_only(home):
        assert snapshots.manifest(manifest.id) == manifest
        snapshots.verify(manifest.id)
        for _ in range(2):
            assert "add" in run(snapshots.code(manifest.id, "notes.store", "/x", False))
        folder = Path(snapshots.folder(manifest.id))
        assert {name: (folder / name).read_bytes() for name in all_files(folder)} == FILES
    assert all_files(home) == before
    if lost:
        assert not folder.is_relative_to(home)
        del snapshots
        gc.collect()
        assert not folder.exists()


def test_a_read_only_home_takes_no_snapshot(home: Path, captured: Capture) -> None:
    source, manifest = captured()
    snapshots = SnapshotStore(home, KEY)
    with read_only(home), pytest.raises(errors.HomeNotWritable) as caught:
        snapshots.add(source, manifest)
    assert "right to write" in caught.value.hint
    assert all_files(home) == set()


def test_a_home_without_compiled_code_tries_to_write_it_once(
    home: Path, captured: Capture, count_compiled: list[str]
) -> None:
    source, manifest = captured()
    SnapshotStore(home, KEY).add(source, manifest)
    shutil.rmtree(home / "code")
    snapshots = SnapshotStore(home, KEY)
    with read_only(home):
        snapshots.code(manifest.id, "notes.store", "/x", False)
        count_compiled.clear()
        snapshots.code(manifest.id, "notes.ui.note", "/x", False)
    assert count_compiled == ["notes/ui/note.py"]


def test_a_full_disk_leaves_no_snapshot_and_no_temporaries(home: Path, captured: Capture) -> None:
    source, manifest = captured({**FILES, "notes/assets/big.bin": b"x" * 50_000})
    snapshots = SnapshotStore(home, KEY)
    with file_size_limit(10_000), pytest.raises(errors.HomeNotWritable):
        snapshots.add(source, manifest)
    assert not snapshots.has(manifest.id)
    assert not [name for name in all_files(home) if ".tmp" in name]
    snapshots.add(source, manifest)
    snapshots.verify(manifest.id)


@pytest.mark.parametrize("function", ["open", "write", "fsync", "replace", "rename", "makedirs"])
def test_a_disk_that_fails_at_any_step_leaves_a_whole_snapshot_or_none(
    home: Path, captured: Capture, monkeypatch: pytest.MonkeyPatch, function: str
) -> None:
    source, manifest = captured()
    refused = 0
    for fail_at in fault_points(home, function, source, manifest):
        place = home / f"{function}{fail_at}"
        place.mkdir()
        snapshots = SnapshotStore(place, KEY)
        with monkeypatch.context() as patch:
            patch.setattr(os, function, failing(getattr(os, function), fail_at))
            try:
                snapshots.add(source, manifest)
            except errors.HomeNotWritable:
                refused += 1
            else:  # a read that failed, or the flush of what is made again when it is lost
                assert snapshots.has(manifest.id)
        assert not [name for name in all_files(place) if ".tmp" in name]
        if snapshots.has(manifest.id):  # only the flush of the very last rename failed
            snapshots.verify(manifest.id)
        snapshots.add(source, manifest)
        snapshots.verify(manifest.id)
        assert all_files(place / "files" / manifest.id) == FILES.keys()
    assert refused


def failing(real: Callable[..., object], fail_at: int) -> Callable[..., object]:
    calls = 0

    def act(*arguments: object, **options: object) -> object:
        nonlocal calls
        calls += 1
        if calls == fail_at:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return real(*arguments, **options)

    return act


def fault_points(home: Path, function: str, source: Source, manifest: Manifest) -> range:
    """Every call of `os.<function>` that one `add` makes, counted from 1."""
    real = getattr(os, function)
    calls = 0

    def count(*arguments: object, **options: object) -> object:
        nonlocal calls
        calls += 1
        return real(*arguments, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, function, count)
        SnapshotStore(home / "counted", KEY).add(source, manifest)
    assert calls
    return range(1, calls + 1)
