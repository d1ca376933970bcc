"""A wheel's file is made whole or not at all, and never in place of another one."""

from __future__ import annotations

import contextlib
import errno
import itertools
import os
import stat
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from peers_runtime.base import errors
from peers_runtime.projects import wheel_files
from peers_runtime.snapshots import disk
from tests.snapshots.parts import all_files, file_size_limit, read_only

DATA = b"a wheel " * 1000


def put(path: Path | str, data: bytes = DATA) -> bool:
    return wheel_files.put(str(path), data, contextlib.ExitStack())


def test_a_file_is_made_with_the_folders_that_it_lies_in(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "w.whl"
    assert put(path)
    assert path.read_bytes() == DATA
    assert all_files(tmp_path) == {"a/b/w.whl"}


def test_what_was_made_is_taken_away_again_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "other.whl").write_bytes(b"another")
    for path in (tmp_path / "a" / "b" / "c" / "w.whl", tmp_path / "a" / "w.whl"):
        with contextlib.ExitStack() as undo:
            assert wheel_files.put(str(path), DATA, undo)
            assert not wheel_files.put(str(path), DATA, undo)
            assert path.read_bytes() == DATA
        assert all_files(tmp_path) == {"a/other.whl"}
        assert not (tmp_path / "a" / "b").exists()


def test_what_was_there_already_stays(tmp_path: Path) -> None:
    put(tmp_path / "w.whl")
    with contextlib.ExitStack() as undo:
        assert not wheel_files.put(str(tmp_path / "w.whl"), DATA, undo)
    assert (tmp_path / "w.whl").read_bytes() == DATA


def test_everybody_may_read_it_whom_the_umask_lets(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        put(tmp_path / "w.whl")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "w.whl").stat().st_mode) == 0o640


def test_the_same_again_is_not_written(tmp_path: Path) -> None:
    put(tmp_path / "w.whl")
    before = (tmp_path / "w.whl").stat()
    assert not put(tmp_path / "w.whl")
    assert wheel_files.is_there(str(tmp_path / "w.whl"), DATA)
    assert (tmp_path / "w.whl").stat() == before


@pytest.mark.parametrize("other", [b"", DATA[:-1], DATA + b"x", DATA[:-1] + b"x"])
def test_another_file_is_not_replaced(tmp_path: Path, other: bytes) -> None:
    (tmp_path / "w.whl").write_bytes(other)
    for act in (put, wheel_files.is_there):
        with pytest.raises(errors.PackageVersionExists) as caught:
            act(str(tmp_path / "w.whl"), DATA)
        assert caught.value.facts["path"] == str(tmp_path / "w.whl")
    assert (tmp_path / "w.whl").read_bytes() == other
    assert all_files(tmp_path) == {"w.whl"}


def test_a_file_in_the_way_of_a_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    for path in (tmp_path / "file" / "w.whl", tmp_path / "file" / "more" / "w.whl", tmp_path):
        for act in (put, wheel_files.is_there):
            with pytest.raises(errors.WheelNotWritten) as caught:
                act(str(path), DATA)
            assert "--out" in caught.value.hint
    assert all_files(tmp_path) == {"file"}


def test_where_nobody_may_write_nothing_is_left(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    for place in (tmp_path, *tmp_path.parents[:-1]):  # may be entered by whom root becomes
        place.chmod(place.stat().st_mode | 0o011)
    with read_only(folder):
        for path in (folder / "w.whl", folder / "more" / "w.whl"):
            with pytest.raises(errors.WheelNotWritten, match="Permission denied"):
                put(path)
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("size", [0, 1, 4096])
def test_a_full_disk_leaves_nothing(tmp_path: Path, size: int) -> None:
    with file_size_limit(size), pytest.raises(errors.WheelNotWritten, match="too large"):
        put(tmp_path / "a" / "b" / "w.whl")
    assert list(tmp_path.iterdir()) == []


def failing(step: str, number: int, kind: BaseException) -> Callable[..., Any]:
    """The function of os, which fails when it is called for the `number`-th time."""
    real, calls = getattr(os, step), itertools.count(1)

    def call(*arguments: Any, **named: Any) -> Any:
        fails = next(calls) == number
        answer = real(*arguments, **named) if step == "close" or not fails else None
        if fails:
            raise kind
        return answer

    return call


@pytest.mark.parametrize("kind", [OSError(errno.EIO, "Input/output error"), KeyboardInterrupt()])
@pytest.mark.parametrize("step", ["mkdir", "open", "write", "fsync", "link", "close"])
def test_a_fault_at_any_step_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str, kind: BaseException
) -> None:
    expected = errors.WheelNotWritten if isinstance(kind, OSError) else KeyboardInterrupt
    for number in range(1, 10):
        with monkeypatch.context() as patch:
            patch.setattr(os, step, failing(step, number, kind))
            try:
                made = put(tmp_path / "a" / "b" / "w.whl")
            except expected:
                made = False
        if made:
            assert number > 1
            return
        assert list(tmp_path.iterdir()) == [], number
    raise AssertionError("it never came to an end")


def test_a_file_system_without_links_takes_it_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_links(*paths: object) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", no_links)
    assert put(tmp_path / "w.whl")
    assert not put(tmp_path / "w.whl")
    with pytest.raises(FileExistsError):
        disk.put_new(str(tmp_path / "w.whl"), b"another")
    assert (tmp_path / "w.whl").read_bytes() == DATA
    assert all_files(tmp_path) == {"w.whl"}


def test_of_two_that_make_one_file_at_once_exactly_one_wins(tmp_path: Path) -> None:
    path = tmp_path / "a" / "w.whl"
    contents = [bytes([number]) * 100_000 for number in range(8)]
    start = threading.Barrier(len(contents))
    answers: dict[bytes, object] = {}

    def make(data: bytes) -> None:
        start.wait()
        try:
            answers[data] = put(path, data)
        except errors.PackageVersionExists as error:
            answers[data] = error

    threads = [threading.Thread(target=make, args=(data,)) for data in contents]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (winner,) = [data for data, answer in answers.items() if answer is True]
    assert path.read_bytes() == winner
    assert sum(isinstance(answer, errors.PackageVersionExists) for answer in answers.values()) == 7
    assert all_files(tmp_path) == {"a/w.whl"}
