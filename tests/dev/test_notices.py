"""What the operating system tells, and what is said when it does not."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pytest

from peers_runtime.dev import notices
from peers_runtime.dev.notices import NoNotices, Notice, Notices


@dataclass
class Folders:
    deep: frozenset[str] = frozenset()
    flat: frozenset[str] = frozenset()


class Told:
    """Keeps what it is told; `until` waits for a path."""

    def __init__(self) -> None:
        self.paths: dict[str, bool] = {}
        self._more = threading.Condition()

    def __call__(self, found: Iterable[Notice]) -> None:
        with self._more:
            self.paths.update(found)
            self._more.notify_all()

    def until(self, path: Path) -> bool:
        with self._more:
            assert self._more.wait_for(lambda: str(path) in self.paths, timeout=10)
            return self.paths[str(path)]


def test_deep_folders_tell_of_all_below_and_flat_ones_of_what_lies_in_them(tmp_path: Path) -> None:
    for folder in ("deep/inner", "flat/inner"):
        (tmp_path / folder).mkdir(parents=True)
    told = Told()
    watching = Notices(
        Folders(frozenset({str(tmp_path / "deep")}), frozenset({str(tmp_path / "flat")})), told, pytest.fail
    )
    try:
        (tmp_path / "flat/inner/unseen.py").write_text("x")
        (tmp_path / "deep/inner/seen.py").write_text("x")
        (tmp_path / "flat/seen.py").write_text("x")
        assert told.until(tmp_path / "deep/inner/seen.py")  # it came to be
        assert told.until(tmp_path / "flat/seen.py")
        (tmp_path / "deep/inner/seen.py").write_text("y")
        assert str(tmp_path / "flat/inner/unseen.py") not in told.paths
    finally:
        watching.close()


def test_no_thread_outlives_close(tmp_path: Path) -> None:
    before = set(threading.enumerate()), len(os.listdir("/proc/self/fd"))
    watching = Notices(Folders(frozenset({str(tmp_path)}), frozenset({"/"})), Told(), pytest.fail)
    assert len(threading.enumerate()) == len(before[0]) + 2
    watching.close()
    watching.close()
    assert set(threading.enumerate()) == before[0]


@pytest.mark.parametrize(
    ("raised", "words"),
    [
        (OSError('OS file watch limit reached. about ["/a"]'), "sysctl fs.inotify.max_user_watches=524288`"),
        (RuntimeError("… Too many open files (os error 24)"), "sysctl fs.inotify.max_user_instances="),
        (FileNotFoundError("No path was found."), "No path was found."),
    ],
)
def test_what_cannot_be_watched_is_said_in_words_that_help(
    tmp_path: Path, raised: Exception, words: str
) -> None:
    def backend(folders: list[str], deep: bool) -> notices.Backend:
        raise raised

    with pytest.raises(NoNotices, match=words):
        Notices(Folders(frozenset({str(tmp_path)})), Told(), pytest.fail, backend=backend)


def test_a_folder_that_is_not_there_cannot_be_watched(tmp_path: Path) -> None:
    threads = set(threading.enumerate())
    with pytest.raises(NoNotices):
        Notices(
            Folders(frozenset({str(tmp_path)}), frozenset({str(tmp_path / "missing")})), Told(), pytest.fail
        )
    assert set(threading.enumerate()) == threads


def test_a_watch_that_dies_says_why_and_closes(tmp_path: Path) -> None:
    died: list[str] = []

    class Dying:
        closed = threading.Event()

        def watch(self, *arguments: object) -> set[tuple[int, str]] | str:
            raise RuntimeError("error in underlying watcher: gone")

        def close(self) -> None:
            self.closed.set()

    watching = Notices(
        Folders(frozenset({str(tmp_path)})), Told(), died.append, backend=lambda folders, deep: Dying()
    )
    assert Dying.closed.wait(10)
    watching.close()
    assert died == ["error in underlying watcher: gone"]


def test_local_file_systems_are_told_from_network_ones(tmp_path: Path) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text(
        "/dev/sda1 / ext4 rw 0 0\nserver:/home /home nfs4 rw 0 0\n"
        "/dev/sdb1 /home/ada/fast\\040disk xfs rw 0 0\nwin /mnt/c 9p rw 0 0\n"
    )

    def remote(folder: str) -> str | None:
        return notices.remote(folder, str(mounts))

    assert remote("/home/ada/notes") == "nfs4"
    assert remote("/home") == "nfs4"
    assert remote("/mnt/c/notes") == "9p"
    assert remote("/home/ada/fast disk/notes") is None
    assert remote("/homes/notes") is None
    assert notices.remote("/", str(tmp_path / "missing")) is None
