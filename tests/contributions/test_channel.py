"""The file between a tool's caller and its worker."""

from __future__ import annotations

from pathlib import Path

import pytest

from peers_runtime.base import errors
from peers_runtime.contributions import channel


def test_a_channel_keeps_the_latest_reports_in_order(tmp_path: Path) -> None:
    path = channel.make(str(tmp_path / "calls"))
    line = channel.Channel(path)
    for number in range(1, 201):
        line.progress(number, None, "é" * 300)
    found = channel.reports(path, 0)
    assert [number for number, _ in found] == list(range(137, 201))
    assert found[-1][1][:2] == (200, None)
    assert found[-1][1][2].startswith("é" * 50)
    assert channel.reports(path, 200) == []
    line.close()


def test_a_report_that_is_being_written_is_left_for_the_next_look(tmp_path: Path) -> None:
    path = channel.make(str(tmp_path / "calls"))
    line = channel.Channel(path)
    line.progress(1, 2, "first")
    line.progress(2, 2, "second")
    line.close()
    data = bytearray(Path(path).read_bytes())
    data[data.index(b"second")] = 0
    Path(path).write_bytes(data)
    assert channel.reports(path, 0) == [(1, (1, 2, "first"))]


def test_the_caller_tells_the_worker_to_stop(tmp_path: Path) -> None:
    path = channel.make(str(tmp_path / "calls"))
    line = channel.Channel(path)
    assert not line.is_set()
    channel.stop(path)
    assert line.is_set()
    line.close()


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "calls").write_text("in the way")
    with pytest.raises(errors.HomeNotWritable, match="needs a file in"):
        channel.make(str(tmp_path / "calls"))
