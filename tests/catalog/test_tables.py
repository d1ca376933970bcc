from __future__ import annotations

import os
import threading
from datetime import UTC, datetime, timedelta, timezone
from enum import StrEnum
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from pydantic import BaseModel, Field

from peers_runtime.base import errors
from peers_runtime.catalog.rows import TableRows
from peers_runtime.catalog.tables import TableStore
from tests.catalog import records
from tests.catalog.rows import PACKAGE, Note, table


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


class Part(BaseModel):
    name: str
    sizes: list[int] = []


class Everything(BaseModel):
    key: str
    count: int = 0
    weight: float = 1.5
    done: bool = False
    at: datetime | None = None
    colour: Colour = Colour.RED
    part: Part | None = None
    tags: list[str] = Field(default_factory=list)
    more: dict[str, Any] = {}
    either: int | str = 0


EVERYTHING = {
    "key": "ä☃z",
    "count": 2**63 - 1,
    "weight": 0.1,
    "done": True,
    "at": datetime(2026, 1, 2, 3, 4, 5, 6, tzinfo=UTC),
    "colour": "blue",
    "part": {"name": "wheel", "sizes": [1, 2]},
    "tags": ["a", "☃"],
    "more": {"deep": [{"x": None}], "yes": True},
    "either": "12",
}


def test_values_come_back_as_they_went_in(store: TableStore) -> None:
    rows = store.table("acme", PACKAGE, table(Everything, "key"))
    assert rows.insert(EVERYTHING) == EVERYTHING
    stored = rows.get(EVERYTHING["key"])
    assert stored == EVERYTHING
    assert [type(value) for value in stored.values()] == [type(value) for value in EVERYTHING.values()]


def test_what_a_row_leaves_out_is_left_to_the_models_defaults(store: TableStore) -> None:
    rows = store.table("acme", PACKAGE, table(Everything, "key"))
    assert rows.insert({"key": "a"}) == {"key": "a", "at": None, "part": None}
    assert Everything.model_validate(rows.get("a")) == Everything(key="a")


def test_none_is_kept_where_it_is_allowed(store: TableStore) -> None:
    rows = store.table("acme", PACKAGE, table(Everything, "key"))
    rows.insert({"key": "a", "at": None, "part": None})
    without_zone = datetime(2026, 1, 1, tzinfo=UTC).replace(tzinfo=None)
    rows.insert({"key": "b", "at": without_zone})
    assert [row["key"] for row in rows.list(at=None)] == ["a"]
    assert rows.get("b") == {"key": "b", "at": without_zone, "part": None}


def test_moments_are_equal_and_sorted_whatever_zone_they_were_said_in(store: TableStore) -> None:
    rows = store.table("acme", PACKAGE, table(Everything, "at"))
    early = datetime(2026, 1, 1, 12, tzinfo=timezone(timedelta(hours=5)))
    late = datetime(2026, 1, 1, 11, tzinfo=timezone(timedelta(hours=-5)))
    rows.insert({"key": "late", "at": late})
    rows.insert({"key": "early", "at": early.isoformat()})
    assert [row["key"] for row in rows.list()] == ["early", "late"]
    found = rows.get(early.astimezone(UTC))
    assert found is not None
    assert found["at"] == early


JSON = some.recursive(
    some.none()
    | some.booleans()
    | some.integers()
    | some.text()
    | some.floats(allow_nan=False, allow_infinity=False),
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(some.text(), inner, max_size=3),
    max_leaves=8,
)
ZONES = some.builds(timezone, some.timedeltas(timedelta(hours=-23), timedelta(hours=23)))
FIRST, LAST = (datetime(year, 1, 1, tzinfo=UTC).replace(tzinfo=None) for year in (2, 9998))
MOMENTS = some.datetimes() | some.datetimes(FIRST, LAST, timezones=ZONES)


class AnyRow(BaseModel):
    key: int
    text: str | None
    number: float | None
    flag: bool | None
    at: datetime | None
    data: Any


@settings(deadline=None, max_examples=40)  # each example makes a database and waits for the disk
@given(
    rows=some.lists(
        some.fixed_dictionaries(
            {
                "key": some.integers(-(2**63), 2**63 - 1),
                "text": some.none() | some.text(),
                "number": some.none() | some.floats(allow_nan=False, allow_infinity=False),
                "flag": some.none() | some.booleans(),
                "at": some.none() | MOMENTS,
                "data": JSON,
            }
        ),
        unique_by=lambda row: row["key"],
        max_size=4,
    )
)
def test_any_row_comes_back_by_key_by_value_and_in_order(
    tmp_path_factory: pytest.TempPathFactory, rows: list[dict[str, Any]]
) -> None:
    store = TableStore(tmp_path_factory.mktemp("data"))
    stored = store.table("acme", PACKAGE, table(AnyRow, "key"))
    rows = sorted(rows, key=lambda row: row["key"])
    for row in reversed(rows):
        assert stored.insert(row) == row
        assert stored.get(row["key"]) == row
        for name, value in row.items():
            assert row in stored.list(**{name: value})
    assert [row["key"] for row in stored.list()] == [row["key"] for row in rows]
    store.close()


def test_a_second_row_of_a_key_is_refused_and_changes_nothing(notes: TableRows) -> None:
    notes.insert({"note_id": "a", "title": "first"})
    with pytest.raises(errors.RowExists, match="'a'"):
        notes.insert({"note_id": "a", "title": "second"})
    assert notes.list() == [{"note_id": "a", "title": "first"}]


def test_list_filters_orders_and_limits(notes: TableRows) -> None:
    for key in ("c", "a", "b"):
        notes.insert({"note_id": key, "title": "odd" if key == "b" else "even"})
    assert [row["note_id"] for row in notes.list()] == ["a", "b", "c"]
    assert [row["note_id"] for row in notes.list(limit=2)] == ["a", "b"]
    assert [row["note_id"] for row in notes.list(title="even")] == ["a", "c"]
    assert [row["note_id"] for row in notes.list(title="even", limit=1)] == ["a"]
    assert notes.list(title="even", note_id="b") == []
    assert notes.get("z") is None


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"title": "no key"}, "primary key"),
        ({"note_id": None, "title": "none"}, "primary key"),
        ({"note_id": "a", "titel": "typo"}, "titel"),
        ({"note_id": "a", "title": 5}, "title"),
        ({"note_id": "a", "title": "\ud800"}, "title"),
    ],
)
def test_a_row_that_would_not_come_back_is_refused(notes: TableRows, row: dict[str, Any], said: str) -> None:
    with pytest.raises(errors.InvalidRow, match=said):
        notes.insert(row)
    assert notes.list() == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("count", 2**63),
        ("count", True),
        ("count", 1.5),
        ("weight", float("nan")),
        ("weight", float("inf")),
        ("weight", 10**400),
        ("weight", 2**60 + 1),
        ("done", 1),
        ("at", "yesterday"),
        ("at", 5),
        ("tags", {1, 2}),
        ("more", float("nan")),
        ("more", {"x": "\ud800"}),
    ],
)
def test_a_value_that_would_change_is_refused(store: TableStore, name: str, value: object) -> None:
    rows = store.table("acme", PACKAGE, table(Everything, "key"))
    with pytest.raises(errors.InvalidRow, match=name):
        rows.insert({"key": "a", name: value})
    with pytest.raises(errors.InvalidRow, match=name):
        rows.list(**{name: value})


def test_contexts_and_packages_and_tables_are_apart(store: TableStore) -> None:
    places = [
        store.table(context_id, records.an_id(package), table(Note, table_id=records.an_id(of)))
        for context_id in ("acme", "globex")
        for package in (1, 2)
        for of in (7, 8)
    ]
    for at, rows in enumerate(places):
        rows.insert({"note_id": "a", "title": str(at)})
    assert [rows.list() for rows in places] == [[{"note_id": "a", "title": str(at)}] for at in range(8)]


def test_rows_outlive_the_store_and_new_names(
    store: TableStore, tmp_path: Path, data: str | None, notes: TableRows
) -> None:
    notes.insert({"note_id": "a", "title": "kept"})
    store.close()
    again = TableStore(tmp_path, data)
    renamed = again.table("acme", PACKAGE, table(Note, name="Sheets"))
    assert renamed.list() == notes.list() == [{"note_id": "a", "title": "kept"}]
    again.close()


def test_many_threads_insert_and_one_wins_each_key(store: TableStore, notes: TableRows) -> None:
    refused = []

    def insert(name: str) -> None:
        for number in range(20):
            try:
                notes.insert({"note_id": f"{number:02}", "title": name})
            except errors.RowExists:
                refused.append(number)

    threads = [threading.Thread(target=insert, args=(str(number),)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(notes.list()) == 20
    assert len(refused) == 60


def test_processes_make_one_table_and_fill_it(tmp_path: Path, data: str | None) -> None:
    program = """
import sys
from peers_runtime.catalog.tables import TableStore
from tests.catalog.rows import PACKAGE, Note, table
store = TableStore(sys.argv[1], sys.argv[2] or None)
for number in range(10):
    store.table("acme", PACKAGE, table(Note)).insert({"note_id": f"{sys.argv[3]}-{number}", "title": "x"})
store.close()
"""
    fillers = [records.start(program, tmp_path, data or "", number) for number in range(4)]
    for filler in fillers:
        assert filler.communicate(timeout=60)[1] == ""
    store = TableStore(tmp_path, data)
    assert len(store.table("acme", PACKAGE, table(Note)).list()) == 40
    store.close()


def test_many_contexts_do_not_keep_many_files_open(store: TableStore) -> None:
    for number in range(150):
        store.table(f"group-{number}", PACKAGE, table(Note)).insert({"note_id": "a", "title": "x"})
    assert len(os.listdir("/proc/self/fd")) < 64 * 5
    assert store.table("group-0", PACKAGE, table(Note)).get("a") == {"note_id": "a", "title": "x"}
