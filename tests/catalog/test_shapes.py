from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import BaseModel, Field

from peers_runtime.base import errors
from peers_runtime.catalog.tables import TableRows, TableStore
from peers_runtime.model.manifest import TableData
from tests.catalog import records
from tests.catalog.rows import PACKAGE, Note, table


class NoteWithMore(Note):
    stars: int = 3
    due: datetime | None = None
    tags: list[str] = Field(default_factory=list)


class NoteWithOwner(Note):
    owner: str


class NoteWithNumber(BaseModel):
    note_id: str
    title: int


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
        data: list[str] | None = Field(default=["a", ":b", "%s"])

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
