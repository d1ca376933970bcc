"""Private distributions in a home: kept once, read like a snapshot, shared with it and given up with it."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from peers_runtime.base import errors
from peers_runtime.projects import private_wheels
from peers_runtime.snapshots.private import PrivateDistribution
from peers_runtime.snapshots.shared import SharedBlobs, SharedFolder
from peers_runtime.snapshots.store import SnapshotStore
from tests.snapshots.conftest import Capture, Captured
from tests.snapshots.parts import FILES, KEY, all_files, blob, damage, run
from tests.wheels import wheel

CODE = {"dep/__init__.py": "value = 1\n", "dep/data.txt": "data", "dep/old.py": "print 'two'\n"}


def distribution(name: str = "dep", version: str = "1.0") -> PrivateDistribution:
    return private_wheels.read(*wheel(name, version, CODE))


def using(captured: Capture, *used: PrivateDistribution, came: bool = True, number: int = 1) -> Captured:
    """A package with these private distributions."""
    files = {**FILES, "notes/store.py": f"number = {number}\n".encode()}
    return captured(files, private=used, came=came)


def age(home: Path) -> None:
    """Nobody has stored anything in the last minute."""
    for path in home.rglob("*"):
        os.utime(path, (time.time() - 100,) * 2)


def test_a_distribution_is_read_like_a_snapshot(home: Path) -> None:
    dep = distribution()
    SnapshotStore(home, KEY).add_distribution(dep)
    for store in (SnapshotStore(home, KEY), SnapshotStore(home, KEY)):
        assert store.has(dep.digest)
        assert set(store.modules(dep.digest)) == {"dep", "dep.old"}
        assert store.source(dep.digest, "dep/data.txt") == b"data"
        assert run(store.code(dep.digest, "dep", "/x/dep/__init__.py", False))["value"] == 1
        assert (Path(store.folder(dep.digest)) / "dep" / "data.txt").read_text() == "data"
        assert store.wheel(dep.digest) == dep.data


def test_a_module_that_does_not_compile_keeps_no_other_from_being_compiled_once(
    home: Path, count_compiled: list[str]
) -> None:
    dep = distribution()
    SnapshotStore(home, KEY).add_distribution(dep)
    with pytest.raises(errors.CompilationError, match=r"dep/old\.py"):
        SnapshotStore(home, KEY).code(dep.digest, "dep.old", "/x/dep/old.py", False)
    count_compiled.clear()
    SnapshotStore(home, KEY).code(dep.digest, "dep", "/x/dep/__init__.py", False)
    assert count_compiled == []


def test_what_came_along_is_kept_with_the_package(home: Path, captured: Capture) -> None:
    dep = distribution()
    source, manifest = using(captured, dep)
    store = SnapshotStore(home, KEY)
    store.add(source, manifest)
    assert store.manifest(manifest.id).private == (dep.entry(),)
    assert store.wheel(dep.digest) == dep.data
    store.verify(manifest.id)
    damage(blob(home, dep.wheel.digest))
    with pytest.raises(errors.DamagedBytes):
        store.verify(manifest.id)


def test_another_private_distribution_is_another_snapshot(captured: Capture) -> None:
    ids = {using(captured, *used)[1].id for used in ((), (distribution(),), (distribution(version="1.1"),))}
    assert len(ids) == 3


def test_a_draft_reads_what_came_along_and_what_the_home_has(home: Path, captured: Capture) -> None:
    came, there = distribution("came"), distribution("there")
    store = SnapshotStore(home, KEY)
    store.add_distribution(there)
    draft = store.draft(using(captured, came)[0])
    before = all_files(home)
    for one in (came, there):
        assert draft.source(one.digest, "dep/data.txt") == b"data"
        assert draft.paths(one.digest) == one.files.keys()
        assert run(draft.code(one.digest, "dep", "/x/dep/__init__.py", False))["value"] == 1
        assert set(draft.modules(one.digest)) == {"dep", "dep.old"}
    assert (Path(draft.folder(came.digest)) / "dep" / "data.txt").read_text() == "data"
    assert {path for path in all_files(home) - before if not path.startswith("code/")} == set()


def test_it_travels_with_the_package_between_homes(home: Path, captured: Capture, tmp_path: Path) -> None:
    """Also when it was here before anything was shared."""
    dep, folder = distribution(), tmp_path / "shared"
    folder.mkdir()
    SnapshotStore(home, KEY).add_distribution(dep)
    source, manifest = using(captured, dep, came=False)
    SnapshotStore(home, KEY, SharedBlobs(SharedFolder(folder))).add(source, manifest)
    other = SnapshotStore(tmp_path / "other", KEY, SharedBlobs(SharedFolder(folder)))
    other.fetch(manifest.id)
    alone = SnapshotStore(tmp_path / "other", KEY)
    alone.verify(manifest.id)
    assert alone.wheel(dep.digest) == dep.data


def test_a_package_is_not_there_before_what_it_needs(home: Path, captured: Capture, tmp_path: Path) -> None:
    dep, folder = distribution(), tmp_path / "shared"
    folder.mkdir()
    source, manifest = using(captured, dep)
    SnapshotStore(home, KEY, SharedBlobs(SharedFolder(folder))).add(source, manifest)
    (folder / "blobs" / dep.wheel.digest[:2] / dep.wheel.digest).unlink()
    other = SnapshotStore(tmp_path / "other", KEY, SharedBlobs(SharedFolder(folder)))
    with pytest.raises(errors.NotArrived):
        other.fetch(manifest.id)
    assert not other.has(manifest.id)


def test_it_is_given_up_with_the_last_package_that_needs_it(home: Path, captured: Capture) -> None:
    shared, alone = distribution("shared"), distribution("alone")
    store = SnapshotStore(home, KEY)
    first, second = using(captured, shared, alone), using(captured, shared, number=2)
    store.add(*first)
    store.add(*second)
    store.code(alone.digest, "dep", "/x/dep/__init__.py", False)
    store.folder(alone.digest)
    age(home)
    assert store.discard([first[1].id], [second[1].id]) == [first[1].id]
    assert not store.has(alone.digest)
    assert not any(alone.digest in path or alone.wheel.digest in path for path in all_files(home))
    store.verify(second[1].id)
    age(home)
    store.discard([second[1].id], [])
    assert all_files(home / "blobs") == set()


def test_what_was_stored_just_now_stays(home: Path, captured: Capture) -> None:
    dep = distribution()
    store = SnapshotStore(home, KEY)
    source, manifest = using(captured, dep)
    store.add(source, manifest)
    age(home)
    store.add_distribution(dep)  # somebody is about to install another package with it
    store.discard([manifest.id], [])
    assert store.wheel(dep.digest) == dep.data
