"""What is laid out of older snapshots goes when no process reads it, and comes back when needed."""

from __future__ import annotations

import errno
import fcntl
import gc
import subprocess
import sys
from pathlib import Path

import pytest

from peers_runtime.importing.finder import finder
from peers_runtime.importing.lock import Lock
from peers_runtime.snapshots import claims
from peers_runtime.snapshots.blobs import Blobs
from peers_runtime.snapshots.store import SnapshotStore
from peers_runtime.snapshots.trees import Trees
from tests.snapshots.conftest import Capture
from tests.snapshots.parts import FILES, KEY, all_files, read_only

KEPT = 8


def add(home: Path, captured: Capture, older: list[str]) -> str:
    """One more version of the package, after these, the latest first; its digest."""
    source, manifest = captured({**FILES, "notes/store.py": b"VERSION = %d\n" % len(older)})
    SnapshotStore(home, KEY).add(source, manifest, older)
    return manifest.id


def add_many(home: Path, captured: Capture, count: int) -> list[str]:
    made: list[str] = []
    for _ in range(count):
        made.insert(0, add(home, captured, made))
    return made


def laid_out(home: Path) -> set[str]:
    return {path.name for path in (home / "files").iterdir()}


def test_of_many_versions_the_latest_stay_laid_out(home: Path, captured: Capture) -> None:
    made = add_many(home, captured, KEPT + 3)
    assert laid_out(home) == set(made[: KEPT + 1])
    for number, digest in enumerate(reversed(made)):
        folder = Path(SnapshotStore(home, KEY).folder(digest))
        assert folder == home / "files" / digest
        assert all_files(folder) == FILES.keys()
        assert (folder / "notes/store.py").read_bytes() == b"VERSION = %d\n" % number


def test_a_version_that_is_loaded_keeps_its_files(home: Path, captured: Capture) -> None:
    made = add_many(home, captured, 1)
    store = SnapshotStore(home, KEY)
    realm = finder().acquire(Lock(name="notes", version="1.0.0", digest=made[0]), store, lambda *_: None)
    file = realm.module("notes.store").__file__
    assert file is not None
    for _ in range(KEPT + 1):
        made.insert(0, add(home, captured, made))
    assert Path(file).read_bytes() == b"VERSION = 0\n"
    finder().release(realm, store)
    del realm
    gc.collect()  # a realm and its parts know each other
    made.insert(0, add(home, captured, made))
    assert not Path(file).exists()


def test_another_process_keeps_what_it_reads(home: Path, captured: Capture) -> None:
    made = add_many(home, captured, 1)
    script = (
        "import sys\n"
        "from peers_runtime.snapshots.store import SnapshotStore\n"
        "folder = SnapshotStore(sys.argv[1], b'').folder(sys.argv[2])\n"
        "print(folder, flush=True)\n"
        "sys.stdin.read()\n"
    )
    command = [sys.executable, "-c", script, str(home), made[0]]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]
    ) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        folder = Path(process.stdout.readline().strip())
        for _ in range(KEPT + 1):
            made.insert(0, add(home, captured, made))
        assert all_files(folder) == FILES.keys()
        process.stdin.close()
        process.wait()
    add(home, captured, made)
    assert not folder.exists()


def test_what_is_given_up_before_it_can_be_claimed_is_laid_out_again(
    home: Path, captured: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    (digest,) = add_many(home, captured, 1)
    real = claims._locked
    between = [lambda: Trees(home / "files", Blobs(home / "blobs")).give_up(digest)]

    def locked(path: str, *, exclusive: bool = False, wait: bool = False) -> int | None:
        while between and not exclusive:
            between.pop()()
        return real(path, exclusive=exclusive, wait=wait)

    monkeypatch.setattr(claims, "_locked", locked)
    assert all_files(Path(SnapshotStore(home, KEY).folder(digest))) == FILES.keys()
    assert not between


def test_what_is_given_up_between_opening_and_claiming_is_laid_out_again(
    home: Path, captured: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    (digest,) = add_many(home, captured, 1)
    real = fcntl.flock
    between = [lambda: Trees(home / "files", Blobs(home / "blobs")).give_up(digest)]

    def flock(descriptor: int, operation: int) -> None:
        while between and operation & fcntl.LOCK_SH:
            between.pop()()
        real(descriptor, operation)

    monkeypatch.setattr(fcntl, "flock", flock)
    folder = SnapshotStore(home, KEY).folder(digest)
    assert not between
    assert all_files(Path(folder)) == FILES.keys()
    Trees(home / "files", Blobs(home / "blobs")).give_up(digest)
    assert all_files(Path(folder)) == FILES.keys()


def test_nothing_is_given_up_where_there_are_no_locks(
    home: Path, captured: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def flock(descriptor: int, operation: int) -> None:
        raise OSError(errno.ENOLCK, "no locks here")

    monkeypatch.setattr(fcntl, "flock", flock)
    made = add_many(home, captured, KEPT + 3)
    assert laid_out(home) == set(made)
    assert all_files(Path(SnapshotStore(home, KEY).folder(made[0]))) == FILES.keys()


def test_in_a_home_that_cannot_be_written_a_folder_is_found_again_while_it_is_needed(
    home: Path, captured: Capture
) -> None:
    made = add_many(home, captured, KEPT + 3)
    store = SnapshotStore(home, KEY)
    with read_only(home):
        folder = Path(store.folder(made[-1]))
        assert not folder.is_relative_to(home)
        assert Path(store.folder(made[-1])) == folder
        assert all_files(folder) == FILES.keys()
        assert Path(store.folder(made[0])) == home / "files" / made[0]
