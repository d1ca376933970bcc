from __future__ import annotations

import sqlite3
from _thread import allocate_lock
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from peers_runtime.base import errors
from peers_runtime.catalog.home import Home
from peers_runtime.catalog.location import Location
from peers_runtime.catalog.store import Catalog
from peers_runtime.catalog.tail import Tail, tail
from tests.catalog import records
from tests.host.devices import Clock

SHARED = pytest.mark.parametrize(
    "shared", ["file", pytest.param("server", marks=pytest.mark.postgres)], indirect=True
)
FILE = pytest.mark.parametrize("shared", ["file"], indirect=True)


@pytest.fixture
def file(shared: str) -> Path:
    return Path(shared)


@pytest.fixture
def end(home: Path, shared: str) -> Iterator[Tail]:
    opened = tail(Location(Home(home), shared))
    yield opened
    opened.close()


@SHARED
def test_it_is_the_last_change_as_soon_as_that_is_committed(catalog: Catalog, end: Tail) -> None:
    for number in range(3):
        with catalog.read() as reader:
            assert end.sequence() == reader.sequence()
        with catalog.write() as writer:
            before = end.sequence()
            records.install(writer, number)
            assert end.sequence() == before


@FILE
def test_a_catalog_that_another_was_put_in_the_place_of_is_seen(
    catalog: Catalog, end: Tail, file: Path, tmp_path: Path
) -> None:
    catalog.close()
    before = end.sequence()
    end.close()
    backup = file.read_bytes()
    with catalog.write() as writer:
        records.install(writer)
    catalog.close()
    assert end.sequence() > before
    (tmp_path / "restored").write_bytes(backup)
    (tmp_path / "restored").replace(file)
    assert end.sequence() == before


@FILE
def test_a_catalog_that_is_still_to_be_made_has_no_change(end: Tail, file: Path) -> None:
    file.touch()
    assert end.sequence() == 0


@FILE
def test_a_catalog_that_is_gone_is_said_to_be_and_found_again(
    catalog: Catalog, end: Tail, file: Path
) -> None:
    catalog.close()
    before = end.sequence()
    file.rename(file.with_suffix(".away"))
    with pytest.raises(errors.CatalogUnreachable, match=r"team\.sqlite cannot be read"):
        end.sequence()
    file.with_suffix(".away").rename(file)
    assert end.sequence() == before


@FILE
def test_a_damaged_catalog_is_said_to_be(end: Tail, file: Path) -> None:
    file.write_bytes(b"no database" * 1000)
    with pytest.raises(errors.HomeDamaged, match=r"team\.sqlite is damaged"):
        end.sequence()


@FILE
def test_it_never_writes_and_never_checkpoints(catalog: Catalog, end: Tail, file: Path) -> None:
    with catalog.write() as writer:
        records.install(writer)
    log = Path(f"{file}-wal")
    size = log.stat().st_size
    assert size
    end.sequence()
    end.close()
    assert log.stat().st_size == size
    with (
        closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as reading,
        pytest.raises(sqlite3.OperationalError, match="readonly"),
    ):
        reading.execute("DELETE FROM changes")


@SHARED
def test_waiting_ends_at_once_when_it_is_told_to(end: Tail) -> None:
    stop = allocate_lock()
    stop.acquire()
    assert end.wait(stop)
    stop.release()
    assert not end.wait(stop)


@FILE
def test_what_others_change_is_looked_for_at_least_twice_in_the_second_that_is_promised(
    catalog: Catalog, end: Tail
) -> None:
    clock = Clock()
    for _ in range(2):
        assert end.wait(clock)  # type: ignore[arg-type]  # of a lock, this is all that is used
    assert clock.passed_s <= 1.0
