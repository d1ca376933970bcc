"""Hearing of changes, in the model of the version that judges them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from peers_runtime.base import errors
from peers_runtime.catalog.tables import TableStore
from peers_runtime.contributions import tables as table_room
from peers_runtime.contributions.hearing import Hearing
from peers_runtime.contributions.table_changes import RowChange
from peers_runtime.contributions.tables import BoundTable, Tables
from tests.contributions.conftest import Make
from tests.contributions.test_tables import KEY, PACKAGE, ROWS
from tests.contributions.test_tools import Within
from tests.fakes.versions import FakeVersion


@pytest.fixture
def store(tmp_path: Path) -> Iterator[TableStore]:
    (tmp_path / "data").mkdir()
    store = TableStore(tmp_path / "data")
    yield store
    store.close()


@pytest.fixture
def version(make: Make) -> FakeVersion:
    return make({"package.py": PACKAGE, "rows.py": ROWS})


class Context:
    """Where one version is active, and others come after it."""

    def __init__(self, store: TableStore, version: FakeVersion) -> None:
        self.version = version
        self.reports: list[tuple[str, str, str]] = []
        self._store = store

    def notes(self, owner: FakeVersion | None = None, *, of: FakeVersion | None = None) -> BoundTable:
        """The table as the owner's code sees it, or the host."""
        hearing = Hearing("acme", owner, lambda: table_room.names([self.version]), self._report)
        found = table_room.names([of or self.version])
        return Tables(found, Within("acme"), partial(self._store.table, "acme"), hearing)["Notes"]

    def _report(self, code: str, message: str, hint: str, subject: str, context_id: str | None) -> None:
        assert hint
        assert context_id == "acme"
        self.reports.append((code, subject, message))


@pytest.fixture
def context(store: TableStore, version: FakeVersion) -> Context:
    return Context(store, version)


@pytest.fixture
def starred(make: Make) -> FakeVersion:
    """The next version, whose rows have stars."""
    rows = ROWS.replace("done: bool = False", "done: bool = False\n        stars: int = 3")
    return make({"package.py": PACKAGE, "rows.py": rows.replace('indexes=["title"])', "version=2)")})


def row(number: int, title: str = "x") -> dict[str, Any]:
    return {"note_id": KEY.format(number), "title": title}


def test_a_subscriber_gets_rows_of_the_authors_model(context: Context) -> None:
    notes = context.notes()
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
    undo()
    notes.insert(row(2))
    assert len(told) == 3


def test_the_host_hears_in_the_model_of_the_version_that_is_active(
    context: Context, starred: FakeVersion
) -> None:
    told: list[RowChange] = []
    old = context.notes()
    old.data_changed(told.append)
    old.insert(row(1))
    context.version = starred
    old.insert(row(2))  # a request that is pinned
    context.notes().insert({**row(3), "stars": 5})
    new = starred.load("notes.rows:Note")
    assert type(told[0].row) is not new
    assert [(type(one.row), one.row.stars) for one in told[1:]] == [(new, 3), (new, 5)]


def test_a_version_hears_of_its_own_table_in_its_own_model(
    context: Context, version: FakeVersion, starred: FakeVersion
) -> None:
    told: list[RowChange] = []
    context.notes(version).data_changed(told.append)
    context.version = starred
    context.notes().insert(row(1))
    assert [type(one.row) for one in told] == [version.load("notes.rows:Note")]


def test_while_no_version_is_active_nobody_is_told(context: Context, make: Make) -> None:
    told: list[RowChange] = []
    notes = context.notes()
    notes.data_changed(told.append)
    context.version = make({"package.py": PACKAGE.split("pkg.contract")[0].rstrip() + "\n"})
    notes.insert(row(1))
    assert told == []


def test_what_a_subscriber_raises_is_reported_and_the_row_and_others_stay(
    context: Context, version: FakeVersion
) -> None:
    told: list[RowChange] = []

    def fails(change: RowChange) -> None:
        raise LookupError(change.kind)

    context.notes().data_changed(fails)
    context.notes(version).data_changed(fails)
    context.notes().data_changed(told.append)
    context.notes().insert(row(1))
    assert len(told) == context.notes().count() == 1
    message = "a subscriber of the table 'Notes' raised LookupError: insert"
    assert context.reports == [
        (errors.SubscriberFailed.code, "the table 'Notes'", message),
        (errors.SubscriberFailed.code, "notes@1.0.0", message),
    ]
