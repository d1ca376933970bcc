"""Homes exchange snapshots through a folder: whole and verified, or not at all."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from peers_runtime.base import errors
from peers_runtime.snapshots import blobs
from peers_runtime.snapshots.shared import Parcel, SharedBlobs, SharedFolder
from peers_runtime.snapshots.store import SnapshotStore
from tests.snapshots.conftest import Capture
from tests.snapshots.parts import FILES, KEY, all_files, damage, file_size_limit, run


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "shared"
    made.mkdir()
    return made


@pytest.fixture
def other(tmp_path: Path) -> Path:
    return tmp_path / "other"


def store(home: Path, folder: Path) -> SnapshotStore:
    return SnapshotStore(home, KEY, SharedBlobs(SharedFolder(folder)))


def test_what_one_home_adds_another_fetches_and_then_has_for_itself(
    home: Path, other: Path, folder: Path, captured: Capture
) -> None:
    source, manifest = captured()
    store(home, folder).add(source, manifest)
    fetching = store(other, folder)
    assert not fetching.has(manifest.id)
    assert fetching.manifest(manifest.id) == manifest
    assert fetching.has(manifest.id)
    shutil.rmtree(folder)
    alone = SnapshotStore(other, KEY)
    alone.verify(manifest.id)
    assert {path: alone.source(manifest.id, path) for path in FILES} == FILES
    assert "add" in run(alone.code(manifest.id, "notes.store", "/x/notes/store.py", False))


def test_the_next_state_of_a_working_copy_is_whole_there_too(
    home: Path, other: Path, folder: Path, captured: Capture
) -> None:
    """Also when the state before was kept while nothing was shared."""
    source, manifest = captured()
    SnapshotStore(home, KEY).add(source, manifest)
    changed = captured({**FILES, "notes/store.py": b"notes = [1]\n"})
    store(home, folder).keep(*changed, manifest)
    store(other, folder).fetch(changed[1].id)
    SnapshotStore(other, KEY).verify(changed[1].id)


def test_a_snapshot_that_nobody_has_shared_is_missed(other: Path, folder: Path, captured: Capture) -> None:
    _, manifest = captured()
    with pytest.raises(errors.NotArrived, match="is not in"):
        store(other, folder).fetch(manifest.id)
    with pytest.raises(errors.NotArrived):
        store(other, folder).modules(manifest.id)


def test_until_its_last_file_has_come_a_snapshot_is_not_there(
    home: Path, other: Path, folder: Path, captured: Capture
) -> None:
    """As a folder that is synchronised by another program gets them: one by one, in any order."""
    source, manifest = captured()
    store(home, folder).add(source, manifest)
    for name in sorted(all_files(folder)):
        file = folder / name
        data = file.read_bytes()
        file.unlink()
        fetching = store(other, folder)
        with pytest.raises(errors.NotArrived):
            fetching.fetch(manifest.id)
        assert not fetching.has(manifest.id)
        file.write_bytes(data)
    store(other, folder).fetch(manifest.id)


def test_no_changed_byte_is_fetched(home: Path, other: Path, folder: Path, captured: Capture) -> None:
    source, manifest = captured()
    store(home, folder).add(source, manifest)
    for name in sorted(all_files(folder)):
        file = folder / name
        data = file.read_bytes()
        if not data:
            continue
        damage(file)
        with pytest.raises(errors.DamagedBytes):
            store(other, folder).fetch(manifest.id)
        assert not store(other, folder).has(manifest.id)
        file.write_bytes(data)
    store(other, folder).fetch(manifest.id)


def test_adding_again_mends_what_is_damaged_there(
    home: Path, other: Path, folder: Path, captured: Capture
) -> None:
    source, manifest = captured()
    store(home, folder).add(source, manifest)
    for name in all_files(folder):
        if (folder / name).stat().st_size:
            damage(folder / name)
    store(home, folder).add(source, manifest)
    store(other, folder).fetch(manifest.id)


def test_what_two_homes_make_alike_is_shared_once(
    home: Path, other: Path, folder: Path, captured: Capture
) -> None:
    source, manifest = captured()
    store(home, folder).add(source, manifest)
    before = {name: (folder / name).read_bytes() for name in all_files(folder)}
    later = manifest.model_copy(update={"created_at": "2027-01-01T00:00:00Z"})
    store(other, folder).add(source, later)
    assert {name: (folder / name).read_bytes() for name in all_files(folder)} == before


def test_a_folder_that_is_not_there_is_not_made_and_nothing_is_kept(
    home: Path, folder: Path, captured: Capture
) -> None:
    """It may be a disk that is not mounted."""
    folder.rmdir()
    source, manifest = captured()
    with pytest.raises(errors.HomeNotWritable, match="shared"):
        store(home, folder).add(source, manifest)
    assert not folder.exists()
    assert not SnapshotStore(home, KEY).has(manifest.id)


def test_a_full_disk_leaves_no_part_of_a_snapshot_that_counts(
    home: Path, other: Path, folder: Path, captured: Capture
) -> None:
    source, manifest = captured({**FILES, "notes/big.py": b"#" * 100_000})
    with file_size_limit(50_000), pytest.raises(errors.HomeNotWritable):
        store(home, folder).add(source, manifest)
    assert not [name for name in all_files(folder) if name.endswith(".tmp")]
    with pytest.raises(errors.NotArrived):
        store(other, folder).fetch(manifest.id)


@pytest.mark.parametrize(
    "path", ["../outside.py", "/outside.py", "notes/../../outside.py", "notes\\x.py", ""]
)
def test_a_snapshot_that_leads_out_of_its_folder_is_refused(other: Path, folder: Path, path: str) -> None:
    data = b"x = 1\n"
    content = json.dumps({"files": [{"path": path, "digest": blobs.digest_of(data), "size": 6}]}).encode()
    about = b"{}"
    parcel = Parcel(
        blobs.digest_of(content),
        content,
        blobs.digest_of(about).encode() + b"\n" + about,
        {blobs.digest_of(data): data},
    )
    SharedBlobs(SharedFolder(folder)).put(parcel)
    with pytest.raises(errors.DamagedBytes, match="can be laid out"):
        store(other, folder).fetch(parcel.digest)


def test_a_home_is_no_folder_to_share(tmp_path: Path) -> None:
    (tmp_path / "home.json").touch()
    with pytest.raises(errors.InvalidSetting, match="is a home"):
        SharedFolder(tmp_path)
    with pytest.raises(errors.InvalidSetting, match="no path"):
        SharedFolder("")


def test_what_only_another_home_has_is_not_given_up_here(
    home: Path, other: Path, folder: Path, captured: Capture
) -> None:
    source, manifest = captured()
    store(home, folder).add(source, manifest)
    assert store(other, folder).discard([manifest.id], []) == []
    assert store(home, folder).has(manifest.id)
