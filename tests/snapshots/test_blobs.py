from __future__ import annotations

import errno
import hashlib
import os
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peers_runtime.base import errors
from peers_runtime.snapshots import blobs, disk
from peers_runtime.snapshots.blobs import Blobs
from tests.snapshots.parts import all_files, file_size_limit, read_only


def test_bytes_come_back_by_their_digest(tmp_path: Path) -> None:
    store = Blobs(tmp_path)
    digest = store.put(b"hello")
    assert digest == hashlib.sha256(b"hello").hexdigest()
    assert store.get(digest) == b"hello"
    assert store.has(digest)
    assert store.path(digest) == str(tmp_path / digest[:2] / digest)


@settings(max_examples=20, deadline=None)  # each waits for the disk
@given(st.lists(st.binary(max_size=20), max_size=10))
def test_many_are_stored_at_once_and_each_once(contents: list[bytes]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = Blobs(folder)
        store.put_all(contents)
        assert len(all_files(Path(folder))) == len(set(contents))
        assert all(store.get(blobs.digest_of(data)) == data for data in contents)


@pytest.mark.parametrize(
    "key",
    [
        "",
        "ab",
        "../../etc/passwd",
        "A" * 64,
        "g" * 64,
        "a" * 63,
        "a" * 65,
        "a" * 62 + "/b",
        "a" * 63 + "\n",
        None,
    ],
)
def test_what_is_no_digest_never_becomes_a_path(tmp_path: Path, key: str) -> None:
    for act in (Blobs(tmp_path).path, Blobs(tmp_path).get, Blobs(tmp_path).has):
        with pytest.raises(errors.DamagedBytes):
            act(key)


def test_missing_bytes_are_told_from_changed_ones(tmp_path: Path) -> None:
    with pytest.raises(errors.HomeDamaged):
        Blobs(tmp_path).get("0" * 64)
    assert not Blobs(tmp_path).has("0" * 64)


def test_every_changed_byte_is_seen(tmp_path: Path) -> None:
    store = Blobs(tmp_path)
    data = b"some bytes to keep"
    path = Path(store.path(store.put(data)))
    path.chmod(0o644)
    for position in range(len(data)):
        changed = bytearray(data)
        changed[position] ^= 1
        path.write_bytes(changed)
        with pytest.raises(errors.DamagedBytes):
            store.get(path.name)
    for length in range(len(data)):
        path.write_bytes(data[:length])
        with pytest.raises(errors.DamagedBytes):
            store.get(path.name)


def test_a_damaged_blob_is_not_trusted_and_is_mended(tmp_path: Path) -> None:
    store = Blobs(tmp_path)
    path = Path(store.path(store.put(b"true")))
    path.chmod(0o644)
    path.write_bytes(b"false")
    store.put(b"true")
    assert store.get(path.name) == b"true"


def test_whole_blobs_are_not_written_again(tmp_path: Path) -> None:
    store = Blobs(tmp_path)
    path = Path(store.path(store.put(b"once")))
    before = path.stat().st_ino
    os.utime(path, (0, 0))
    store.put(b"once")
    assert path.stat().st_ino == before
    assert store.is_fresh(path.name)  # so that nobody gives them up in this moment


def test_blobs_cannot_be_written_through_by_accident(tmp_path: Path) -> None:
    store = Blobs(tmp_path)
    assert Path(store.path(store.put(b"x"))).stat().st_mode & 0o222 == 0


def test_bytes_are_on_the_disk_before_they_get_their_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    acts: list[str] = []
    fsync, replace = os.fsync, os.replace

    def synced(descriptor: int) -> None:
        acts.append("folder" if os.path.isdir(f"/proc/self/fd/{descriptor}") else "file")
        fsync(descriptor)

    def replaced(source: str, target: str) -> None:
        acts.append("rename")
        replace(source, target)

    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(os, "replace", replaced)
    Blobs(tmp_path).put_all([b"one", b"two"])
    assert acts == ["file", "file", "rename", "rename", "folder", "folder", "folder"]


def test_a_file_that_cannot_grow_leaves_nothing_behind(tmp_path: Path) -> None:
    store = Blobs(tmp_path)
    kept = store.put(b"kept")
    before = all_files(tmp_path)
    with file_size_limit(1000), pytest.raises(errors.HomeNotWritable) as caught:
        store.put_all([b"small", b"x" * 5000])
    assert "ulimit" in caught.value.hint
    assert all_files(tmp_path) == before
    assert store.get(kept) == b"kept"


@pytest.mark.parametrize("function", ["open", "write", "fsync", "replace", "makedirs"])
@pytest.mark.parametrize("reason", [errno.ENOSPC, errno.EROFS, errno.EIO, errno.EDQUOT])
def test_a_disk_that_fails_at_any_step_leaves_no_temporaries(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, function: str, reason: int
) -> None:
    real = getattr(os, function)
    for failing in range(1, 4):
        calls = 0

        def fail(*arguments: object, failing: int = failing, **options: object) -> object:
            nonlocal calls
            calls += 1
            if calls == failing:
                raise OSError(reason, os.strerror(reason))
            return real(*arguments, **options)

        store = Blobs(tmp_path / str(failing))
        contents = [b"one", b"two", b"three"]
        with monkeypatch.context() as patch:
            patch.setattr(os, function, fail)
            with pytest.raises(errors.HomeNotWritable) as caught:
                store.put_all(contents)
        assert caught.value.hint
        whole = {blobs.digest_of(data) for data in contents}
        assert {Path(name).name for name in all_files(tmp_path / str(failing))} <= whole
        store.put_all(contents)
        assert all(store.get(digest) for digest in whole)


def test_a_read_only_folder_is_read_and_not_written(home: Path) -> None:
    store = Blobs(home / "blobs")
    digest = store.put(b"there")
    with read_only(home):
        assert store.get(digest) == b"there"
        assert store.put(b"there") == digest
        with pytest.raises(errors.HomeNotWritable) as caught:
            store.put(b"new")
    assert "right to write" in caught.value.hint
    assert len(all_files(home)) == 1


def test_many_threads_may_store_the_same(tmp_path: Path) -> None:
    store = Blobs(tmp_path)
    contents = [str(number).encode() for number in range(20)]
    failed: list[BaseException] = []

    def put() -> None:
        try:
            store.put_all(contents)
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=put) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    assert len(all_files(tmp_path)) == 20


def test_a_process_killed_while_it_writes_leaves_no_half_of_a_blob(tmp_path: Path) -> None:
    script = (
        "import os, signal, sys\n"
        "from peers_runtime.snapshots import blobs\n"
        "fsync = os.fsync\n"
        "calls = int(sys.argv[2])\n"
        "def die(descriptor):\n"
        "    global calls\n"
        "    calls -= 1\n"
        "    if not calls:\n"
        "        os.kill(os.getpid(), signal.SIGKILL)\n"
        "    fsync(descriptor)\n"
        "os.fsync = die\n"
        "blobs.Blobs(sys.argv[1]).put_all([b'one' * 1000, b'two' * 1000])\n"
    )
    for calls in range(1, 6):
        folder = tmp_path / str(calls)
        run = subprocess.run([sys.executable, "-c", script, folder, str(calls)], check=False, timeout=30)
        assert run.returncode == -9
        store = Blobs(folder)
        for name in all_files(folder):
            if not name.endswith(".tmp"):
                assert store.get(Path(name).name)


def test_a_whole_file_is_replaced_or_stays(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "file"
    disk.write(str(path), b"old")
    with file_size_limit(1000), pytest.raises(errors.HomeNotWritable):
        disk.write(str(path), b"x" * 5000)
    assert path.read_bytes() == b"old"
    assert all_files(tmp_path) == {"folder/file"}
    assert path.stat().st_mode & 0o777 == 0o600
