"""One table's rows: asked for page by page, changed one by one, counted; on files and on a server."""

from __future__ import annotations

import gc
import threading
import tracemalloc
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from peers_runtime.base import errors
from peers_runtime.catalog.rows import TableRows
from peers_runtime.catalog.tables import TableStore
from tests.catalog import records
from tests.catalog.rows import PACKAGE, table

MANY = 100_000


class Counter(BaseModel):
    name: str
    count: int = 0
    seen: str | None = "never"


def note(key: str, title: str = "x") -> dict[str, Any]:
    return {"note_id": key, "title": title}


def test_rows_are_counted(notes: TableRows) -> None:
    assert notes.count() == 0
    notes.insert_many([note("a"), note("b", "y"), note("c")])
    assert (notes.count(), notes.count(title="x"), notes.count(title="x", note_id="b")) == (3, 2, 0)


def test_pages_go_on_after_a_key_whatever_changes_meanwhile(notes: TableRows) -> None:
    notes.insert_many([note(key) for key in "abcdef"])
    first = notes.list(limit=2)
    notes.delete("b")
    notes.insert(note("aa"))
    second = notes.list(limit=2, after=first[-1]["note_id"])
    assert [row["note_id"] for row in first + second] == ["a", "b", "c", "d"]
    assert [row["note_id"] for row in notes.list(after="d", title="x")] == ["e", "f"]
    assert notes.list(after="f") == []


@pytest.mark.parametrize("keys", [["B", "a", "ä", "Z", "_", "☃", "aa"]])
def test_texts_have_one_order_everywhere(notes: TableRows, keys: list[str]) -> None:
    notes.insert_many([note(key) for key in keys])
    assert [row["note_id"] for row in notes.list()] == sorted(keys)
    assert [row["note_id"] for row in notes.list(after="Z")] == [key for key in sorted(keys) if key > "Z"]


def test_a_row_is_saved_whether_it_is_there_or_not(store: TableStore) -> None:
    counters = store.table("acme", PACKAGE, table(Counter, "name"))
    assert counters.save({"name": "a", "count": 1}) == {"name": "a", "count": 1, "seen": "never"}
    assert counters.save({"name": "a", "count": 2, "seen": None}) == {"name": "a", "count": 2, "seen": None}
    assert counters.save({"name": "a"}) == {"name": "a", "seen": "never"}
    assert counters.list() == [{"name": "a", "seen": "never"}]


def test_rows_may_leave_columns_out_each_for_itself(store: TableStore) -> None:
    rows = [{"name": "a", "count": 1}, {"name": "b"}, {"count": 2, "name": "c"}, {"name": "d", "seen": None}]
    counters = store.table("acme", PACKAGE, table(Counter, "name"))
    stored = [{"seen": "never", **row} for row in rows]
    assert counters.insert_many(rows) == stored
    assert counters.list() == stored


def test_a_table_may_have_its_key_alone(store: TableStore) -> None:
    class Tag(BaseModel):
        name: str

    tags = store.table("acme", PACKAGE, table(Tag, "name"))
    tags.insert_many([{"name": "b"}, {"name": "a"}])
    assert tags.list() == [{"name": "a"}, {"name": "b"}]


def test_an_update_is_asked_for_with_the_row_and_changes_what_it_says(store: TableStore) -> None:
    counters = store.table("acme", PACKAGE, table(Counter, "name"))
    counters.insert_many([{"name": "a", "count": 1}, {"name": "b", "count": 1}])
    assert counters.update("a", lambda row: {"count": row["count"] + 1}) == {
        "name": "a",
        "count": 2,
        "seen": "never",
    }
    assert counters.update("a", lambda _: {})
    assert counters.update("z", lambda _: {"count": 5}) is None
    assert [row["count"] for row in counters.list()] == [2, 1]


def test_an_update_that_fails_has_changed_nothing_and_lets_others_write(notes: TableRows) -> None:
    notes.insert(note("a"))
    with pytest.raises(ZeroDivisionError):
        notes.update("a", lambda _: {"title": str(1 / 0)})
    with pytest.raises(RuntimeError, match="inside another"):
        notes.update("a", lambda _: notes.save(note("a", "nested")))
    assert notes.list() == [note("a")]
    notes.insert(note("b"))


def test_a_row_is_deleted_once(notes: TableRows) -> None:
    notes.insert_many([note("a"), note("b")])
    assert (notes.delete("a"), notes.delete("a"), notes.delete("z")) == (True, False, False)
    assert notes.list() == [note("b")]


def test_many_rows_are_inserted_all_or_none(notes: TableRows) -> None:
    notes.insert(note("b"))
    with pytest.raises(errors.RowExists, match="'b'"):
        notes.insert_many([note("a"), note("b"), note("c")])
    with pytest.raises(errors.RowExists, match="'a'"):
        notes.insert_many([note("a"), note("c"), note("a")])
    with pytest.raises(errors.InvalidRow):
        notes.insert_many([note("a"), {"title": "no key"}])
    assert notes.list() == [note("b")]
    assert notes.insert_many([]) == []


def test_what_a_server_cannot_keep_is_refused_and_files_keep_it(notes: TableRows, data: str | None) -> None:
    odd = note("a", "nothing\x00ness")
    if data is None:
        assert notes.insert(odd) == notes.get("a") == odd
    else:
        with pytest.raises(errors.InvalidRow, match="on the server"):
            notes.insert(odd)
        assert notes.list() == []


def test_a_hundred_thousand_rows_pass_through_little_memory(notes: TableRows) -> None:
    for start in range(0, MANY, 10_000):
        notes.insert_many([note(f"{number:06}", f"t{number % 7}") for number in range(start, start + 10_000)])

    def most_memory_of(rows: Any) -> tuple[int, int]:
        gc.collect()
        tracemalloc.start()
        number = sum(1 for _ in rows)
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return number, most

    some, little = most_memory_of(islice(notes.each(), 5000))
    number, most = most_memory_of(notes.each())
    assert (some, number) == (5000, MANY)
    assert most < 1.5 * little
    assert most < 2_000_000
    assert sum(1 for _ in notes.each(title="t3")) == notes.count(title="t3") == len(range(3, MANY, 7))
    pages, last = 0, None
    while page := notes.list(limit=5000, after=last):
        pages, last = pages + 1, page[-1]["note_id"]
    assert (pages, last) == (MANY // 5000, f"{MANY - 1:06}")


def test_rows_may_change_while_they_are_gone_through(notes: TableRows) -> None:
    notes.insert_many([note(f"{number:04}") for number in range(2500)])
    for seen, row in enumerate(notes.each(), start=1):
        notes.delete(row["note_id"])
        if seen == 1:
            notes.insert(note("9999"))
        if seen == 30:
            break
    assert notes.count() == 2471
    assert sum(1 for _ in notes.each()) == 2471


def test_threads_that_update_one_row_lose_nothing(store: TableStore) -> None:
    counters = store.table("acme", PACKAGE, table(Counter, "name"))
    counters.insert({"name": "a", "count": 0})

    def count() -> None:
        for _ in range(25):
            counters.update("a", lambda row: {"count": row["count"] + 1})

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counters.get("a") == {"name": "a", "count": 100, "seen": "never"}


WRITER = """
import sys
from peers_runtime.catalog.tables import TableStore
from tests.catalog.rows import PACKAGE, table
from tests.catalog.test_rows import Counter
store = TableStore(sys.argv[1], sys.argv[2] or None)
counters = store.table("acme", PACKAGE, table(Counter, "name"))
mine = sys.argv[3]
for number in range(25):
    if counters.update("shared", lambda row: {"count": row["count"] + 1}) is None:
        raise SystemExit("lost")
    counters.insert({"name": f"{mine}-{number}", "count": number})
    if number % 5 == 4:
        counters.delete(f"{mine}-{number}")
    counters.save({"name": mine, "count": number})
store.close()
"""


def test_processes_that_write_at_once_lose_nothing(
    tmp_path: Path, data: str | None, store: TableStore
) -> None:
    counters = store.table("acme", PACKAGE, table(Counter, "name"))
    counters.insert({"name": "shared", "count": 0})
    writers = [records.start(WRITER, tmp_path, data or "", f"w{number}") for number in range(4)]
    for writer in writers:
        assert writer.communicate(timeout=120)[1] == ""
    shared = counters.get("shared")
    assert shared is not None
    assert shared["count"] == 100
    assert counters.count() == 1 + 4 * (1 + 20)
    assert [row["name"] for row in counters.list(count=24)] == ["w0", "w1", "w2", "w3"]
