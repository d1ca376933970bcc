"""Rows of variables: in a catalog with a change in its feed, or on one device in a file of its own."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from peers_runtime.base import errors
from peers_runtime.catalog.store import Catalog
from peers_runtime.catalog.tail import FileTail
from peers_runtime.catalog.variables import DeviceVariables
from peers_runtime.model.variables import Address, StoredVariable

HERE = Address("device", "package", "variable")
OURS = Address("group", "package", "variable", "personal")
STORED = StoredVariable(HERE, '"value"', False, "ada", "2026-01-01T00:00:00.000+00:00")


@pytest.fixture
def device(tmp_path: Path) -> Iterator[DeviceVariables]:
    with closing(DeviceVariables(tmp_path / "variables")) as opened:
        yield opened


def test_a_value_is_kept_replaced_and_removed(device: DeviceVariables) -> None:
    assert device.find(HERE) is None
    device.put(STORED)
    assert device.find(HERE) == STORED
    device.put(replace(STORED, value="1", is_sealed=True, by="bob"))
    assert device.find(HERE) == replace(STORED, value="1", is_sealed=True, by="bob")
    device.remove(HERE)
    assert device.find(HERE) is None
    device.remove(HERE)


def test_nothing_is_made_before_there_is_something_to_keep(device: DeviceVariables, tmp_path: Path) -> None:
    assert device.find(HERE) is None
    device.remove(HERE)
    assert list(tmp_path.iterdir()) == []


def test_another_object_sees_what_one_has_written(device: DeviceVariables, tmp_path: Path) -> None:
    device.put(STORED)
    with closing(DeviceVariables(tmp_path / "variables")) as other:
        assert other.find(HERE) == STORED


def test_what_is_of_a_context_is_of_one_catalog_s_what_is_of_the_device_of_all(tmp_path: Path) -> None:
    of_home, of_other = (DeviceVariables(tmp_path / "variables", catalog) for catalog in ("", "0123"))
    there = Address("group-device", "package", "variable", "personal")
    of_other.put(replace(STORED, address=there))
    of_other.put(STORED)
    assert of_other.find(there) == replace(STORED, address=there)
    assert of_home.find(there) is None
    assert of_home.find(HERE) == STORED
    of_home.close()
    of_other.close()


def test_each_change_counts_in_the_feed_and_none_that_changes_nothing(
    device: DeviceVariables, tmp_path: Path
) -> None:
    tail = FileTail(str(tmp_path / "variables.sqlite"), may_be_missing=True)
    numbers = [tail.sequence()]
    for act in (
        lambda: device.put(STORED),
        lambda: device.put(replace(STORED, by="bob")),
        lambda: device.put(replace(STORED, value="2")),
        lambda: device.remove(HERE),
        lambda: device.remove(HERE),
    ):
        act()
        numbers.append(tail.sequence())
    tail.close()
    assert numbers == [0, 1, 1, 2, 3, 3]


def test_many_threads_lose_no_change(device: DeviceVariables, tmp_path: Path) -> None:
    threads = [
        threading.Thread(
            target=device.put, args=[replace(STORED, address=replace(HERE, actor_id=str(number)))]
        )
        for number in range(16)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    tail = FileTail(str(tmp_path / "variables.sqlite"))
    assert tail.sequence() == len(threads)
    tail.close()
    assert all(device.find(replace(HERE, actor_id=str(number))) for number in range(16))


def test_a_file_that_was_only_begun_is_as_none(device: DeviceVariables, tmp_path: Path) -> None:
    sqlite3.connect(tmp_path / "variables.sqlite").close()
    (tmp_path / "variables.sqlite").touch()
    assert device.find(HERE) is None
    device.remove(HERE)
    device.put(STORED)
    assert device.find(HERE) == STORED


def test_a_file_that_is_no_database_is_said_to_be_damaged(device: DeviceVariables, tmp_path: Path) -> None:
    (tmp_path / "variables.sqlite").write_bytes(b"no database" * 1000)
    with pytest.raises(errors.HomeDamaged):
        device.find(HERE)


def test_in_a_catalog_a_value_comes_with_a_change(catalog: Catalog) -> None:
    stored = replace(STORED, address=OURS)
    with catalog.write() as writer:
        writer.put_variable(stored)
        assert writer.variable(OURS) == stored
    with catalog.read() as reader:
        before = reader.sequence()
        assert reader.variable(OURS) == stored
        assert reader.variable(replace(OURS, context_id="")) is None
        change = reader.changes(before - 1)[0]
        assert (change.kind, change.context_id) == ("variables", "personal")
    with catalog.write() as writer:
        writer.put_variable(stored)
    with catalog.write() as writer:
        writer.remove_variable(OURS)
        writer.remove_variable(OURS)
    with catalog.read() as reader:
        assert reader.variable(OURS) is None
        assert reader.sequence() == before + 1


def test_a_value_of_a_context_that_is_not_there_is_refused(catalog: Catalog) -> None:
    stored = replace(STORED, address=replace(OURS, context_id="nowhere"))
    with pytest.raises(errors.UnknownContext), catalog.write() as writer:
        writer.put_variable(stored)
