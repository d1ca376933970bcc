from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from pydantic import BaseModel, Field

from peers_runtime.base import errors
from peers_runtime.catalog.rows import TableRows
from peers_runtime.catalog.tables import TableStore
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


def indexes(store: TableStore) -> set[str]:
    """The columns that have one in the database."""
    with store._opened("acme").place.read() as connection:
        name = f"{PACKAGE}_{records.an_id(7)}"
        return {
            name for one in sa.inspect(connection).get_indexes(name) for name in one["column_names"] if name
        }


@pytest.mark.usefixtures("notes")
def test_an_index_may_come_later(store: TableStore) -> None:
    assert indexes(store) == set()
    store.table("acme", PACKAGE, table(Note, indexes=("title",)))
    store.table("acme", PACKAGE, table(Note))
    assert indexes(store) == {"title"}


def test_a_higher_version_has_other_indexes_and_a_lower_one_does_not_bring_its_own_back(
    store: TableStore,
) -> None:
    first = table(NoteWithMore, indexes=("title", "stars"))
    store.table("acme", PACKAGE, first).insert({"note_id": "a", "title": "x"})
    store.table("acme", PACKAGE, table(NoteWithMore, version=2, indexes=("stars", "due")))
    assert indexes(store) == {"stars", "due"}
    older = store.table("acme", PACKAGE, table(NoteWithMore, indexes=("title", "stars", "tags")))
    assert indexes(store) == {"stars", "due"}
    assert [row["note_id"] for row in older.list(title="x")] == ["a"]


def test_an_index_of_somebody_who_works_on_the_database_stays(store: TableStore, notes: TableRows) -> None:
    place = store._opened("acme").place
    with place.alone(), place.begin() as connection:
        connection.exec_driver_sql(f'CREATE INDEX mine ON "{PACKAGE}_{records.an_id(7)}" (title)')
    store.table("acme", PACKAGE, table(Note, version=2))
    assert indexes(store) == {"title"}
    assert notes.count() == 0


def test_what_became_required_is_refused_only_while_a_row_lacks_it(store: TableStore) -> None:
    class Owned(Note):
        owner: str | None = None

    older = store.table("acme", PACKAGE, table(Owned))
    older.insert({"note_id": "a", "title": "x"})
    with pytest.raises(errors.TableShapeConflict, match="'owner' is required now") as caught:
        store.table("acme", PACKAGE, table(NoteWithOwner, version=2))
    assert "fill it in with the version before" in caught.value.hint
    older.update("a", lambda _: {"owner": "ada"})
    newer = store.table("acme", PACKAGE, table(NoteWithOwner, version=2))
    assert newer.get("a") == {"note_id": "a", "title": "x", "owner": "ada"}


def test_no_version_can_bring_back_a_column_as_something_else(store: TableStore, notes: TableRows) -> None:
    class Bare(BaseModel):
        note_id: str

    notes.insert({"note_id": "a", "title": "kept"})
    store.table("acme", PACKAGE, table(Bare, version=2))
    with pytest.raises(errors.TableShapeConflict, match="stored as text"):
        store.table("acme", PACKAGE, table(NoteWithNumber, version=3))
    assert notes.get("a") == {"note_id": "a", "title": "kept"}


def test_two_versions_write_one_table_in_turns_and_lose_nothing_of_each_other(
    store: TableStore, notes: TableRows
) -> None:
    newer = store.table("acme", PACKAGE, table(NoteWithMore, version=2))
    for number in range(20):
        key = f"{number % 4}"
        if number % 2:
            notes.save({"note_id": key, "title": f"old {number}"})
        else:
            newer.save({"note_id": key, "title": f"new {number}", "stars": number, "tags": [key]})
    newer.update("1", lambda row: {"stars": 5, "title": row["title"].upper()})
    notes.save({"note_id": "0", "title": "by the old"})
    notes.update("2", lambda _: {"title": "by the old, too"})
    assert newer.get("0") == {"note_id": "0", "title": "by the old", "stars": 16, "due": None, "tags": ["0"]}
    assert newer.get("1") == {"note_id": "1", "title": "OLD 17", "stars": 5, "due": None}
    assert newer.get("2") == {
        "note_id": "2",
        "title": "by the old, too",
        "stars": 18,
        "due": None,
        "tags": ["2"],
    }
    assert [row["note_id"] for row in notes.list()] == ["0", "1", "2", "3"]


KILLED = """
import os, signal, sys
import sqlalchemy as sa
from peers_runtime.catalog.tables import TableStore
from tests.catalog.rows import PACKAGE, table
from tests.catalog.test_shapes import NoteWithMore

said = 0

def count(connection, cursor, statement, *more):
    global said
    said += 1
    if said == int(sys.argv[3]):
        os.kill(os.getpid(), signal.SIGKILL)

sa.event.listen(sa.engine.Engine, "after_cursor_execute", count)
store = TableStore(sys.argv[1], sys.argv[2] or None)
store.table("acme", PACKAGE, table(NoteWithMore, version=2, indexes=("title", "stars")))
print("done")
"""


def test_a_migration_that_is_killed_has_happened_or_has_not(
    tmp_path: Path, store: TableStore, data: str | None, notes: TableRows
) -> None:
    notes.insert({"note_id": "a", "title": "kept"})
    place = store._opened("acme").place
    outcomes = set()
    for number in range(1, 200, 4):
        child = records.start(KILLED, tmp_path, data or "", number)
        printed, problems = child.communicate(timeout=60)
        assert problems == ""
        with place.read() as connection:
            named = f"{PACKAGE}_{records.an_id(7)}"
            found = {column["name"] for column in sa.inspect(connection).get_columns(named)}
        outcomes.add((len(found), *sorted(indexes(store))))
        assert notes.get("a") == {"note_id": "a", "title": "kept"}
        if printed:
            break
    else:
        pytest.fail("it was always killed")
    assert outcomes == {(2,), (5, "stars", "title")}
    newer = store.table("acme", PACKAGE, table(NoteWithMore, version=2, indexes=("title", "stars")))
    assert newer.get("a") == {"note_id": "a", "title": "kept", "due": None}
