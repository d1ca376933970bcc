from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from enum import StrEnum
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from pydantic import BaseModel, Field

from peers_runtime.base import errors
from peers_runtime.catalog.tables import TableRows, TableStore
from peers_runtime.model.manifest import TableData
from tests.catalog import records

PACKAGE = records.an_id(1)


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


class Note(BaseModel):
    note_id: str
    title: str


class NoteWithMore(Note):
    stars: int = 3
    due: datetime | None = None
    tags: list[str] = Field(default_factory=list)


class NoteWithOwner(Note):
    owner: str


class NoteWithNumber(BaseModel):
    note_id: str
    title: int


def table(model: type[BaseModel], key: str = "note_id", version: int = 1, **fields: Any) -> TableData:
    return TableData(
        **{
            "table_id": records.an_id(7),
            "name": "Notes",
            "version": version,
            "primary_key": key,
            "row_schema": model.model_json_schema(),
            **fields,
        }
    )


@pytest.fixture
def store(tmp_path: Path) -> Iterator[TableStore]:
    opened = TableStore(tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def notes(store: TableStore) -> TableRows:
    return store.table("acme", PACKAGE, table(Note))


EVERYTHING = {
    "key": "ä\x00z",
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


def test_rows_outlive_the_store_and_new_names(store: TableStore, tmp_path: Path, notes: TableRows) -> None:
    notes.insert({"note_id": "a", "title": "kept"})
    store.close()
    again = TableStore(tmp_path)
    renamed = again.table("acme", PACKAGE, table(Note, name="Sheets"))
    assert renamed.list() == notes.list() == [{"note_id": "a", "title": "kept"}]
    again.close()


def test_a_higher_version_adds_what_is_optional_or_has_a_default(store: TableStore, notes: TableRows) -> None:
    notes.insert({"note_id": "a", "title": "old"})
    newer = store.table("acme", PACKAGE, table(NoteWithMore, version=2, indexes=("stars",)))
    assert newer.get("a") == {"note_id": "a", "title": "old", "due": None}
    assert NoteWithMore.model_validate(newer.get("a")).stars == 3
    newer.insert({"note_id": "b", "title": "new", "stars": 5, "due": None, "tags": ["x"]})
    assert [row["note_id"] for row in newer.list(stars=5)] == ["b"]


def test_a_default_that_is_not_none_reaches_rows_of_older_versions(
    store: TableStore, notes: TableRows
) -> None:
    class NoteWithDefaults(Note):
        text: str | None = "it's 'new'"
        number: int | None = 3
        weight: float | None = 0.1
        flag: bool | None = True
        at: datetime | None = datetime(2026, 1, 1, tzinfo=UTC)
        data: list[str] | None = ["a", ":b", "%s"]

    notes.insert({"note_id": "a", "title": "before"})
    newer = store.table("acme", PACKAGE, table(NoteWithDefaults, version=2))
    notes.insert({"note_id": "b", "title": "after"})
    emptied = newer.insert({"note_id": "c", "title": "none", **dict.fromkeys(("text", "number", "data"))})
    for row in newer.list(limit=2):
        expected = NoteWithDefaults(note_id=row["note_id"], title=row["title"])
        assert NoteWithDefaults(**row) == expected
        assert row == expected.model_dump()
    assert (emptied["text"], emptied["number"], emptied["data"], emptied["flag"]) == (None, None, None, True)


def test_the_older_version_goes_on_beside_and_after_the_newer_one(
    store: TableStore, notes: TableRows
) -> None:
    newer = store.table("acme", PACKAGE, table(NoteWithMore, version=2))
    notes.insert({"note_id": "a", "title": "by the old"})
    newer.insert({"note_id": "b", "title": "by the new", "stars": 1})
    again = store.table("acme", PACKAGE, table(Note))
    assert [row["title"] for row in again.list()] == ["by the old", "by the new"]
    assert [row.get("stars") for row in newer.list()] == [None, 1]


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        (table(NoteWithOwner, version=2), "owner"),
        (table(NoteWithNumber, version=2), "stored as text and cannot become integer"),
        (table(Note, key="title", version=2), "primary key"),
        (table(NoteWithMore, version=1), "another shape"),
    ],
)
def test_a_shape_that_would_lose_something_is_refused_and_changes_nothing(
    store: TableStore, notes: TableRows, wanted: TableData, said: str
) -> None:
    notes.insert({"note_id": "a", "title": "kept"})
    with pytest.raises(errors.TableShapeConflict, match=said) as caught:
        store.table("acme", PACKAGE, wanted)
    assert caught.value.hint
    assert store.table("acme", PACKAGE, table(Note)).list() == [{"note_id": "a", "title": "kept"}]


def test_columns_that_sql_cannot_tell_apart_are_refused(store: TableStore) -> None:
    class Twins(BaseModel):
        note_id: str
        Note_ID: str = ""

    with pytest.raises(errors.TableShapeConflict, match="case only"):
        store.table("acme", PACKAGE, table(Twins))


def test_a_row_without_what_is_required_now_is_a_conflict_not_a_wrong_value(store: TableStore) -> None:
    older = store.table("acme", PACKAGE, table(NoteWithOwner))
    newer = store.table("acme", PACKAGE, table(Note, version=2))
    newer.insert({"note_id": "a", "title": "nobody's"})
    with pytest.raises(errors.TableShapeConflict, match="owner"):
        older.list()
    assert len(newer.list()) == 1


def test_an_index_may_come_later(store: TableStore, notes: TableRows, tmp_path: Path) -> None:
    store.table("acme", PACKAGE, table(Note, indexes=("title",)))
    store.table("acme", PACKAGE, table(Note))
    program = (
        "import sqlite3, sys; print([row[1] for row in sqlite3.connect(sys.argv[1]).execute("
        "\"SELECT type, name FROM sqlite_master WHERE name LIKE '%_title'\")])"
    )
    assert records.run(program, tmp_path / "acme.sqlite") == f"['{PACKAGE}_{records.an_id(7)}_title']\n"


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


def test_processes_make_one_table_and_fill_it(tmp_path: Path) -> None:
    program = """
import sys
from peers_runtime.catalog.tables import TableStore
from tests.catalog.test_tables import Note, PACKAGE, table
store = TableStore(sys.argv[1])
for number in range(10):
    store.table("acme", PACKAGE, table(Note)).insert({"note_id": f"{sys.argv[2]}-{number}", "title": "x"})
store.close()
"""
    fillers = [records.start(program, tmp_path, number) for number in range(4)]
    for filler in fillers:
        assert filler.communicate(timeout=60)[1] == ""
    store = TableStore(tmp_path)
    assert len(store.table("acme", PACKAGE, table(Note)).list()) == 40
    store.close()


def test_many_contexts_do_not_keep_many_files_open(store: TableStore) -> None:
    for number in range(150):
        store.table(f"group-{number}", PACKAGE, table(Note)).insert({"note_id": "a", "title": "x"})
    assert len(os.listdir("/proc/self/fd")) < 64 * 5
    assert store.table("group-0", PACKAGE, table(Note)).get("a") == {"note_id": "a", "title": "x"}
