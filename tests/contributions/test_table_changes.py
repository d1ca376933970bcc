"""Hearing of changes in the version's own model, for as long as the version is there."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from peers_runtime.base import errors
from peers_runtime.catalog.tables import TableStore
from peers_runtime.contributions import tables as table_room
from peers_runtime.contributions.ports import Contributor
from peers_runtime.contributions.table_changes import Owners, RowChange, Undo
from peers_runtime.contributions.tables import Tables
from tests.contributions.conftest import Make
from tests.contributions.test_tables import KEY, PACKAGE, ROWS
from tests.fakes.versions import FakeVersion


class Keeper:
    """Holds undos as a version does."""

    def __init__(self) -> None:
        self.kept: list[Undo] = []
        self.reports: list[tuple[str, str, str]] = []

    def keep(self, of: Contributor, undo: Undo) -> Undo:  # there is one here
        self.kept.append(undo)
        return lambda: self.kept.remove(undo) if undo in self.kept else None

    def report(self, of: Contributor, code: str, message: str) -> None:
        self.reports.append((of.label, code, message))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[TableStore]:
    (tmp_path / "data").mkdir()
    store = TableStore(tmp_path / "data")
    yield store
    store.close()


@pytest.fixture
def version(make: Make) -> FakeVersion:
    return make({"package.py": PACKAGE, "rows.py": ROWS})


def tables_of(store: TableStore, version: FakeVersion, keeper: Keeper | None = None) -> Tables:
    owners = None if keeper is None else Owners(keeper.keep, keeper.report)
    return Tables(table_room.names([version]), partial(store.table, "acme"), owners)


def row(number: int, title: str = "x") -> dict[str, Any]:
    return {"note_id": KEY.format(number), "title": title}


def test_a_subscriber_gets_rows_of_its_own_model(store: TableStore, version: FakeVersion) -> None:
    notes = tables_of(store, version)["Notes"]
    told: list[RowChange] = []
    undo = notes.data_changed(told.append)
    first = notes.insert(row(1))
    second = notes.update(first.note_id, title="y")
    notes.delete(first.note_id)
    assert told == [
        RowChange("insert", first.note_id, first),
        RowChange("update", first.note_id, second),
        RowChange("delete", first.note_id, second),
    ]
    undo()
    notes.insert(row(2))
    assert len(told) == 3


def test_another_version_is_told_in_its_model(store: TableStore, make: Make) -> None:
    old = make({"package.py": PACKAGE, "rows.py": ROWS})
    newer = ROWS.replace("done: bool = False", "done: bool = False\n        stars: int = 3")
    new = make({"package.py": PACKAGE, "rows.py": newer.replace('indexes=["title"])', "version=2)")})
    told: list[RowChange] = []
    tables_of(store, new)["Notes"].data_changed(told.append)
    tables_of(store, old)["Notes"].insert(row(1))
    assert [(type(one.row), one.row.stars) for one in told] == [(new.load("notes.rows:Note"), 3)]


def test_what_a_subscriber_raises_is_reported_and_the_row_and_others_stay(
    store: TableStore, version: FakeVersion
) -> None:
    keeper, told = Keeper(), []
    notes = tables_of(store, version, keeper)["Notes"]

    def fails(change: RowChange) -> None:
        raise LookupError(change.kind)

    notes.data_changed(fails)
    notes.data_changed(told.append)
    notes.insert(row(1))
    assert len(told) == notes.count() == 1
    assert keeper.reports == [
        (
            "notes@1.0.0",
            errors.SubscriberFailed.code,
            "a subscriber of the table 'Notes' raised LookupError: insert",
        )
    ]


def test_a_subscription_goes_with_whoever_keeps_it(store: TableStore, version: FakeVersion) -> None:
    keeper = Keeper()
    notes = tables_of(store, version, keeper)["Notes"]
    told: list[RowChange] = []
    taken_back = notes.data_changed(told.append)
    notes.data_changed(told.append)
    notes.insert(row(1))
    assert len(told) == 2
    taken_back()
    assert len(keeper.kept) == 1
    keeper.kept.pop()()
    notes.insert(row(2))
    assert len(told) == 2


def test_nothing_but_the_keeper_holds_a_subscriber(store: TableStore, version: FakeVersion) -> None:
    class Subscriber:
        def told(self, change: RowChange) -> None: ...

    keeper, subscriber = Keeper(), Subscriber()
    dead = weakref.ref(subscriber)
    notes = tables_of(store, version, keeper)["Notes"]
    notes.data_changed(subscriber.told)
    del subscriber
    gc.collect()
    assert dead() is not None
    keeper.kept.clear()
    gc.collect()
    assert dead() is None
    notes.insert(row(1))
