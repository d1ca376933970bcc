"""Rows are instances of the author's models, on SQLite."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from peers_runtime.base import errors
from peers_runtime.catalog.tables import TableStore
from peers_runtime.contributions import tables as table_room
from peers_runtime.contributions.hearing import Hearing
from peers_runtime.contributions.tables import Tables
from tests.contributions.test_tools import Within
from tests.fakes.versions import FakeVersion

Make = Callable[..., FakeVersion]
PACKAGE = """
    from peers_runtime.authoring.package import define_package
    from . import ids, rows

    @define_package
    def package(pkg):
        pkg.package_id = ids.PACKAGE
        pkg.contract(ids.CONTRACT, 1, "Main").tables = [rows.notes]
"""
ROWS = """
    from datetime import date, datetime, timedelta
    from decimal import Decimal
    from enum import Enum
    from uuid import UUID
    from pydantic import BaseModel, Field, computed_field
    from peers_runtime.authoring.tables import Table
    from . import ids

    class Colour(Enum):
        RED = "red"

    class Place(BaseModel):
        x: int

    class Note(BaseModel):
        note_id: UUID
        title: str = Field(alias="Title", min_length=1)
        done: bool = False
        weight: float = 1
        price: Decimal = Decimal("1.10")
        colour: Colour = Colour.RED
        at: datetime | None = None
        day: date = date(2024, 1, 2)
        lasts: timedelta = timedelta(minutes=1)
        place: Place | None = None
        tags: set[str] = set()
        raw: bytes = b""

        @computed_field
        @property
        def shown(self) -> str:
            return self.title.upper()

    notes = Table(table_id=ids.NOTES, name="Notes", model=Note, primary_key="note_id", indexes=["title"])
"""
KEY = "12345678-1234-5678-1234-56781234567{}"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[TableStore]:
    (tmp_path / "data").mkdir()
    store = TableStore(tmp_path / "data")
    yield store
    store.close()


@pytest.fixture
def version(make: Make) -> FakeVersion:
    version = make({"package.py": PACKAGE, "rows.py": ROWS})
    assert version.definition.tables
    return version


def tables_of(store: TableStore, *versions: FakeVersion, context_id: str = "acme") -> Tables:
    names = table_room.names(versions)
    hearing = Hearing(context_id, None, lambda: names, unheard)
    return Tables(names, Within(context_id), partial(store.table, context_id), hearing)


def unheard(*what: object) -> None:
    raise AssertionError(f"nobody subscribes here: {what}")


def test_a_row_comes_back_as_the_authors_model(store: TableStore, version: FakeVersion) -> None:
    notes = tables_of(store, version)["Notes"]
    model = version.load("notes.rows:Note")
    row = model.model_validate(
        {
            "note_id": KEY.format(1),
            "Title": "x",
            "at": "2024-05-06T07:08:09.123456Z",
            "place": {"x": 1},
            "tags": ["a", "b"],
            "price": "2.50",
        }
    )
    stored = notes.insert(row)
    assert type(stored) is model
    assert stored == row == notes.get(row.note_id) == notes.get(KEY.format(1)) == notes.list()[0]
    assert stored.at == datetime(2024, 5, 6, 7, 8, 9, 123456, tzinfo=UTC)


def test_no_module_is_imported_until_a_row_is_asked_for(store: TableStore, version: FakeVersion) -> None:
    notes = tables_of(store, version)["Notes"]
    assert notes.data.primary_key == "note_id"
    assert version.loaded() == ()
    assert notes.list() == []
    assert notes.get(KEY.format(1)) is None
    assert set(version.loaded()) == {"notes", "notes.ids", "notes.rows"}


def test_rows_may_be_given_as_mappings_and_found_by_equality(store: TableStore, version: FakeVersion) -> None:
    notes = tables_of(store, version)["Notes"]
    for number in range(4):
        notes.insert({"note_id": KEY.format(number), "title": f"t{number % 2}", "done": number == 3})
    assert [str(row.note_id)[-1] for row in notes.list(title="t1")] == ["1", "3"]
    assert [str(row.note_id)[-1] for row in notes.list(title="t1", done=True)] == ["3"]
    assert [str(row.note_id)[-1] for row in notes.list(limit=2)] == ["0", "1"]
    assert len(notes.list(colour=version.load("notes.rows:Colour").RED)) == 4
    assert len(notes.list(at=None)) == 4


def test_two_contexts_have_rows_of_their_own(store: TableStore, version: FakeVersion) -> None:
    acme, globex = (tables_of(store, version, context_id=name)["Notes"] for name in ("acme", "globex"))
    acme.insert({"note_id": KEY.format(1), "title": "x"})
    assert (len(acme.list()), len(globex.list())) == (1, 0)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"note_id": KEY.format(1)}, "Title: Field required"),
        ({"note_id": KEY.format(1), "title": ""}, "itle: String should have at least 1 character"),
        ({"note_id": KEY.format(1), "title": "x", "colour": "blue"}, "colour: Input should be 'red'"),
        ({"note_id": KEY.format(1), "title": "x", "size": 1}, "size: Extra inputs are not permitted"),
        ({"note_id": "7", "title": "x"}, "note_id: Input should be a valid UUID"),
    ],
)
def test_a_row_that_does_not_fit_is_refused(
    store: TableStore, version: FakeVersion, row: dict[str, object], said: str
) -> None:
    notes = tables_of(store, version)["Notes"]
    with pytest.raises(errors.InvalidRow, match=said):
        notes.insert(row)
    assert notes.list() == []


def test_an_instance_that_was_changed_is_validated_again(store: TableStore, version: FakeVersion) -> None:
    row = version.load("notes.rows:Note").model_validate(
        {"note_id": KEY.format(1), "title": "x"}, by_name=True
    )
    row.title = ""
    with pytest.raises(errors.InvalidRow):
        tables_of(store, version)["Notes"].insert(row)


def test_a_row_of_another_versions_class_is_taken_as_data(store: TableStore, version: FakeVersion) -> None:
    class Other(BaseModel):
        note_id: str
        title: str

    notes = tables_of(store, version)["Notes"]
    stored = notes.insert(Other(note_id=KEY.format(1), title="x"))
    assert type(stored) is version.load("notes.rows:Note")


def test_a_key_exists_once(store: TableStore, version: FakeVersion) -> None:
    notes = tables_of(store, version)["Notes"]
    notes.insert({"note_id": KEY.format(1), "title": "x"})
    with pytest.raises(errors.RowExists):
        notes.insert({"note_id": KEY.format(1), "title": "y"})
    assert [row.title for row in notes.list()] == ["x"]


def test_questions_that_cannot_be_asked_are_refused(store: TableStore, version: FakeVersion) -> None:
    notes = tables_of(store, version)["Notes"]
    with pytest.raises(errors.InvalidRow, match="it has no column 'size'"):
        notes.list(size=1)
    with pytest.raises(errors.InvalidRow, match="note_id cannot be 'seven'"):
        notes.get("seven")
    with pytest.raises(errors.InvalidRow, match="raw cannot be"):
        notes.list(raw=b"\xff")


@pytest.mark.parametrize("limit", ["x", -1, 1.0, True, 2**63])
def test_a_limit_is_a_number_of_rows(store: TableStore, version: FakeVersion, limit: Any) -> None:
    notes = tables_of(store, version)["Notes"]
    with pytest.raises(errors.InvalidRow, match="cannot be limited to") as caught:
        notes.list(limit=limit)
    assert caught.value.hint
    assert notes.list(limit=0) == notes.list(limit=2**63 - 1) == []


@pytest.mark.parametrize("row", [None, 5, "row", [("title", "x")]])
def test_what_is_no_row_at_all_is_refused(store: TableStore, version: FakeVersion, row: Any) -> None:
    with pytest.raises(errors.InvalidRow, match="neither a model nor a mapping"):
        tables_of(store, version)["Notes"].insert(row)


def test_bytes_that_are_no_text_are_refused(store: TableStore, version: FakeVersion) -> None:
    notes = tables_of(store, version)["Notes"]
    with pytest.raises(errors.InvalidRow, match="cannot be written as JSON"):
        notes.insert({"note_id": KEY.format(1), "title": "x", "raw": b"\xff"})
    assert notes.list() == []
    assert notes.insert({"note_id": KEY.format(1), "title": "x", "raw": b"text"}).raw == b"text"


def test_a_newer_version_reads_older_rows_with_its_defaults(store: TableStore, make: Make) -> None:
    old = make({"package.py": PACKAGE, "rows.py": ROWS}, version="1.0.0")
    newer = ROWS.replace("done: bool = False", "done: bool = False\n        stars: int = 3").replace(
        'indexes=["title"])', "version=2)"
    )
    new = make({"package.py": PACKAGE, "rows.py": newer}, version="2.0.0")
    tables_of(store, old)["Notes"].insert({"note_id": KEY.format(1), "title": "x"})
    (row,) = tables_of(store, new)["Notes"].list()
    assert (row.title, row.stars) == ("x", 3)
    (row,) = tables_of(store, old)["Notes"].list()
    assert not hasattr(row, "stars")


def test_a_table_is_found_like_a_tool(store: TableStore, version: FakeVersion, make: Make) -> None:
    other = make({"package.py": PACKAGE, "rows.py": ROWS}, "tasks")
    tables = tables_of(store, version, other)
    with pytest.raises(errors.AmbiguousName, match="notes:Notes and tasks:Notes"):
        tables["Notes"]
    assert list(tables) == ["notes:Notes", "tasks:Notes"]
    assert (len(tables), "Notes" in tables, "Other" in tables) == (2, True, False)
    with pytest.raises(errors.UnknownTable) as caught:
        tables["notes:Note"]
    assert caught.value.hint == "did you mean 'notes:Notes'?"
    assert tables.get("notes:Note") is None


def test_a_table_without_a_reference_is_found_in_the_definition(
    store: TableStore, version: FakeVersion
) -> None:
    data = version.definition.tables[0].model_copy(update={"reference": None})
    version._definition = version.definition.model_copy(update={"tables": (data,)})
    notes = tables_of(store, version)["Notes"]
    assert type(notes.insert({"note_id": KEY.format(1), "title": "x"})) is version.load("notes.rows:Note")


def test_rows_are_counted_found_and_paged_through(store: TableStore, version: FakeVersion) -> None:
    notes = tables_of(store, version)["Notes"]
    notes.insert_many({"note_id": KEY.format(number), "title": f"t{number % 3}"} for number in range(9))
    assert (notes.count(), notes.count(title="t1"), notes.count(title="t1", done=True)) == (9, 3, 0)
    found = notes.find_one(title="t2")
    assert type(found) is version.load("notes.rows:Note")
    assert str(found.note_id) == KEY.format(2)
    assert notes.find_one(title="t9") is None
    page = notes.list(limit=4)
    assert [row.title for row in notes.list(limit=2, after=page[-1].note_id)] == ["t1", "t2"]
    assert [row.title for row in notes.list(after=KEY.format(7))] == ["t2"]
    assert [str(row.note_id)[-1] for row in notes.each(title="t1")] == ["1", "4", "7"]
    with pytest.raises(errors.InvalidRow, match="note_id cannot be 'seven'"):
        notes.list(after="seven")


def test_a_saved_row_takes_the_place_of_the_one_before(store: TableStore, version: FakeVersion) -> None:
    notes = tables_of(store, version)["Notes"]
    first = notes.save({"note_id": KEY.format(1), "title": "x", "weight": 5})
    second = notes.save({"note_id": KEY.format(1), "title": "y"})
    assert (first.weight, second.weight) == (5, 1)
    assert notes.list() == [second]


def test_an_update_changes_some_columns_by_the_models_rules(store: TableStore, version: FakeVersion) -> None:
    notes = tables_of(store, version)["Notes"]
    row = notes.insert({"note_id": KEY.format(1), "title": "x", "weight": 5})
    updated = notes.update(row.note_id, title="y", at="2024-05-06T07:08:09Z", place={"x": 2})
    assert updated == notes.get(row.note_id)
    assert (updated.title, updated.weight, updated.place.x) == ("y", 5, 2)
    assert updated.at == datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC)
    for changes, said in (
        ({"title": ""}, "at least 1 character"),
        ({"size": 1}, "it has no column 'size'"),
        ({"Title": "z"}, "it has no column 'Title'"),
        ({"note_id": KEY.format(2)}, "its primary key, which an update cannot change"),
    ):
        with pytest.raises(errors.InvalidRow, match=said):
            notes.update(row.note_id, **changes)
    assert notes.list() == [updated]
    with pytest.raises(errors.UnknownRow, match="no row with note_id") as caught:
        notes.update(KEY.format(9), title="z")
    assert caught.value.hint


def test_a_row_is_deleted_by_its_key(store: TableStore, version: FakeVersion) -> None:
    notes = tables_of(store, version)["Notes"]
    row = notes.insert({"note_id": KEY.format(1), "title": "x"})
    assert (notes.delete(row.note_id), notes.delete(row.note_id)) == (True, False)
    assert notes.list() == []
    with pytest.raises(errors.InvalidRow, match="cannot be None"):
        notes.delete(None)
