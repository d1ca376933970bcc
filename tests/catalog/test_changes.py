"""What is told of changes, when, and in which order; on files and on a server."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from pydantic import BaseModel

from peers_runtime.base import errors
from peers_runtime.catalog.changes import Change, Line
from peers_runtime.catalog.rows import TableRows
from peers_runtime.catalog.tables import TableStore
from tests.catalog.rows import PACKAGE, Note, table


class Starred(Note):
    stars: int | None = 3
    done: bool | None = None


class Odd(BaseModel):
    key: str
    flag: bool


def note(key: str, title: str = "x") -> dict[str, Any]:
    return {"note_id": key, "title": title}


def heard_by(rows: TableRows) -> tuple[list[tuple[str, dict[str, Any]]], Callable[[], None]]:
    told: list[tuple[str, dict[str, Any]]] = []
    return told, rows.data_changed(lambda change: told.append((change.kind, rows.told(change.stored))))


def test_every_kind_of_change_is_told_with_its_row(notes: TableRows) -> None:
    told, undo = heard_by(notes)
    notes.insert(note("a"))
    notes.insert_many([note("b"), note("c")])
    notes.save(note("a", "saved"))
    notes.save(note("d"))
    notes.update("b", lambda _: {"title": "updated"})
    notes.delete("c")
    assert told == [
        ("insert", note("a")),
        ("insert", note("b")),
        ("insert", note("c")),
        ("update", note("a", "saved")),
        ("insert", note("d")),
        ("update", note("b", "updated")),
        ("delete", note("c")),
    ]
    undo()
    undo()
    notes.delete("a")
    assert len(told) == 7


def test_what_changes_nothing_is_not_told(notes: TableRows) -> None:
    notes.insert(note("a"))
    told, _ = heard_by(notes)
    with pytest.raises(errors.RowExists):
        notes.insert_many([note("b"), note("a")])
    with pytest.raises(ZeroDivisionError):
        notes.update("a", lambda _: {"title": str(1 / 0)})
    notes.update("a", lambda _: {})
    notes.delete("z")
    assert told == []
    notes.insert(note("c"))
    assert told == [("insert", note("c"))]


def test_a_commit_that_fails_is_not_told(notes: TableRows, monkeypatch: pytest.MonkeyPatch) -> None:
    told, _ = heard_by(notes)
    begin = type(notes._place()).begin

    class Failing:
        """What `begin` gives, whose commit fails."""

        def __init__(self, *given: Any) -> None:
            self._made = begin(*given)

        def __enter__(self) -> Any:
            return self._made.__enter__()

        def __exit__(self, *_: object) -> None:
            full = OSError("the disk is full")
            if not self._made.__exit__(OSError, full, None):
                raise full

    with monkeypatch.context() as patch:
        patch.setattr(type(notes._place()), "begin", property(lambda place: partial(Failing, place)))
        with pytest.raises(OSError, match="full"):
            notes.insert(note("a"))
    assert (told, notes.list()) == ([], [])
    notes.insert(note("b"))
    assert told == [("insert", note("b"))]


def test_it_is_told_after_the_commit_so_a_listener_may_read_and_write(notes: TableRows) -> None:
    seen: list[tuple[str, int]] = []

    def listener(change: Change) -> None:
        key = change.stored["note_id"]
        seen.append((key, notes.count()))
        if len(key) < 4:
            notes.insert(note(f"{key}{key[0]}"))

    notes.data_changed(listener)
    notes.insert(note("a"))
    assert seen == [("a", 1), ("aa", 2), ("aaa", 3), ("aaaa", 4)]


def test_other_versions_hear_in_their_own_shape(store: TableStore, notes: TableRows) -> None:
    newer = store.table("acme", PACKAGE, table(Starred, version=2))
    old, _ = heard_by(notes)
    new, _ = heard_by(newer)
    notes.insert(note("a"))
    newer.save({**note("a", "starred"), "stars": 5, "done": True})
    notes.update("a", lambda _: {"title": "again"})
    newer.delete("a")
    assert [kind for kind, _ in new] == [kind for kind, _ in old] == ["insert", "update", "update", "delete"]
    assert [row for _, row in old] == [note("a"), note("a", "starred"), *[note("a", "again")] * 2]
    last = {**note("a", "again"), "stars": 5, "done": True}
    first = {**note("a"), "stars": 3, "done": None}
    assert [row for _, row in new] == [first, {**last, "title": "starred"}, last, last]


def test_other_tables_and_contexts_are_not_heard(store: TableStore, notes: TableRows) -> None:
    told, _ = heard_by(notes)
    store.table("globex", PACKAGE, table(Note)).insert(note("a"))
    store.table("acme", PACKAGE.replace("1", "2"), table(Note)).insert(note("a"))
    store.table("acme", PACKAGE, table(Odd, "key", table_id=PACKAGE)).insert({"key": "a", "flag": True})
    assert told == []
    store.table("acme", PACKAGE, table(Note)).insert(note("a"))  # another handle
    assert told == [("insert", note("a"))]


def test_threads_that_write_are_told_of_in_the_order_of_their_commits(store: TableStore) -> None:
    class Number(BaseModel):
        name: str
        number: int

    rows = store.table("acme", PACKAGE, table(Number, "name"))
    rows.insert({"name": "a", "number": 0})
    told, _ = heard_by(rows)

    def count() -> None:
        for _ in range(15):
            rows.update("a", lambda row: {"number": row["number"] + 1})

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [row["number"] for _, row in told] == list(range(1, 61))


def test_a_change_waits_for_those_before_it_and_an_undone_one_is_left_out() -> None:
    line, told = Line(), []
    line.listen(lambda change: told.append(change.stored["n"]))
    pending = [line.note(Change("insert", {"n": number})) for number in range(3)]
    pending[2].is_settled = pending[2].is_committed = True
    line.tell()
    assert told == []
    pending[0].is_settled = pending[0].is_committed = True
    line.tell()
    assert told == [0]
    pending[1].is_settled = True
    line.tell()
    assert told == [0, 2]


def test_an_interrupt_stops_the_telling_and_not_what_comes_later() -> None:
    line, told = Line(), []

    def interrupted(change: Change) -> None:
        if change.stored["n"] == 0:
            raise KeyboardInterrupt
        told.append(change.stored["n"])

    line.listen(interrupted)
    for number in range(2):
        pending = line.note(Change("insert", {"n": number}))
        pending.is_settled = pending.is_committed = True
    with pytest.raises(KeyboardInterrupt):
        line.tell()
    line.tell()
    assert told == [1]
