"""Rows of packages' tables, against SQLAlchemy Core by hand on a file of its own.

By hand means what an application would write for the same: one engine with the same pragmas, one statement
that is made once, the same pydantic model, of which a row is stored and which it comes back as.
"""

from __future__ import annotations

import itertools
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import sqlalchemy as sa
from pydantic import BaseModel

from benchmarks import homes, packages
from benchmarks.families import Effort
from benchmarks.rows import Row, growth
from benchmarks.timing import Comparison, interleave, repeated
from peers_runtime import Runtime
from peers_runtime.model.manifest import Definition, TableData
from peers_runtime.snapshots.source import Source

_COUNTS = (100, 10_000)  # rows that there are
_GOAL = 1.3
_TABLE_ID = f"{7:025d}"
_ROWS = """
from peers_runtime import Table
from pydantic import BaseModel


class Note(BaseModel):
    note_id: str
    title: str
    body: str = ""
    stars: int = 0
    done: bool = False


notes = Table(table_id="{table_id}", name="Notes", model=Note, primary_key="note_id")
"""
_ACTS = {
    "insert": ("insert of one row, on the disk", "With the lock and the flush that each write has."),
    "insert-many": ("insert of 100 rows in one transaction", ""),
    "get": ("one row by its key", ""),
    "list": ("list of all rows as models", ""),
    "each": ("going through all rows, a thousand at a time", "The reference is one `select` of all rows."),
}


class Note(BaseModel):
    note_id: str
    title: str
    body: str = ""
    stars: int = 0
    done: bool = False


def rows(effort: Effort) -> Iterator[Row]:
    measured = {count: _measure(count, effort.rounds(48)) for count in _COUNTS}
    for act, (what, note) in _ACTS.items():
        costs = {count: found[act].figure("ours").median for count, found in measured.items()}
        for count, found in measured.items():
            yield Row(
                key=f"tables-{act}-{count}",
                what=f"{what}, {count:,} there",
                ours=found[act].figure("ours"),
                reference=found[act].figure("core"),
                reference_name="SQLAlchemy Core by hand",
                ratio=found[act].ratio("ours", "core"),
                goal=None if act == "get" else _GOAL,
                growth=growth(costs, "rows"),
                note=note,
            )


def _measure(count: int, rounds: int) -> dict[str, Comparison]:
    with tempfile.TemporaryDirectory(prefix="peers-benchmark-") as name:
        homes.fill(Path(name) / "home", [_package()])
        by_hand = _ByHand(Path(name) / "by_hand.sqlite")
        with Runtime.open(Path(name) / "home", facades=False) as runtime:
            table = runtime.context().tables["Notes"]
            own: type[Note] = runtime.context().module(f"{packages.name(1)}.rows").Note
            filled = [_note(own, number) for number in range(count)]
            table.insert_many(filled)
            by_hand.insert_many(filled)
            if [row.model_dump() for row in table.list()] != [row.model_dump() for row in by_hand.list()]:
                raise RuntimeError("the table does not answer as Core does")
            key = filled[count // 2].note_id
            sides: dict[str, tuple[Callable[[], object], Callable[[], object]]] = {
                "get": (partial(table.get, key), partial(by_hand.get, key)),
                "list": (table.list, by_hand.list),
                "each": (lambda: sum(1 for _ in table.each()), lambda: sum(1 for _ in by_hand.list())),
                "insert": (_inserting(own, table.insert), _inserting(Note, by_hand.insert)),
                "insert-many": (
                    _inserting_many(own, table.insert_many),
                    _inserting_many(Note, by_hand.insert_many),
                ),
            }
            return {
                act: interleave({"ours": repeated(_often(ours)), "core": repeated(_often(core))}, rounds)
                for act, (ours, core) in sides.items()
            }


class _ByHand:
    def __init__(self, path: Path) -> None:
        self._engine = engine(path)
        self._table = sa.Table(
            "notes",
            sa.MetaData(),
            sa.Column("note_id", sa.Text, primary_key=True),
            sa.Column("title", sa.Text),
            sa.Column("body", sa.Text),
            sa.Column("stars", sa.BigInteger),
            sa.Column("done", sa.Boolean),
        )
        self._table.create(self._engine)
        self._insert = sa.insert(self._table)
        self._all = sa.select(self._table).order_by(self._table.c.note_id)
        self._one = sa.select(self._table).where(self._table.c.note_id == sa.bindparam("key"))

    def insert(self, note: Note) -> Note:
        with self._engine.begin() as connection:
            connection.execute(self._insert, note.model_dump(mode="json"))
        return note

    def insert_many(self, notes: list[Note]) -> list[Note]:
        with self._engine.begin() as connection:
            connection.execute(self._insert, [note.model_dump(mode="json") for note in notes])
        return notes

    def get(self, key: str) -> Note | None:
        with self._engine.begin() as connection:
            found = connection.execute(self._one, {"key": key}).mappings().first()
        return None if found is None else Note.model_validate(found)

    def list(self) -> list[Note]:
        with self._engine.begin() as connection:
            return [Note.model_validate(found) for found in connection.execute(self._all).mappings()]


def engine(path: Path) -> sa.Engine:
    """What an application would have, with the pragmas of ours."""
    made = sa.create_engine(f"sqlite:///{path}")
    sa.event.listen(made, "connect", _prepare)
    return made


def _prepare(connection: sqlite3.Connection, _: object) -> None:
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA mmap_size=0")


def _often(act: Callable[[], object]) -> Callable[[int], object]:
    def run(number: int) -> None:
        for _ in itertools.repeat(None, number):
            act()

    return run


def _inserting(model: type[Note], insert: Callable[[Note], object]) -> Callable[[], object]:
    numbers = itertools.count(10_000_000)
    return lambda: insert(_note(model, next(numbers)))


def _inserting_many(model: type[Note], insert_many: Callable[[list[Note]], object]) -> Callable[[], object]:
    numbers = itertools.count(20_000_000)
    return lambda: insert_many([_note(model, next(numbers)) for _ in range(100)])


def _note(model: type[Note], number: int) -> Note:
    return model(note_id=f"{number:08}", title=f"note {number}", body="text " * 10, stars=number % 6)


def _package() -> tuple[Source, Definition]:
    own = packages.name(1)
    code = _ROWS.replace("{table_id}", _TABLE_ID).encode()
    files = {f"{own}/__init__.py": b"", f"{own}/rows.py": code}
    source = Source(name=own, version="1.0.0", reference=f"{own}:package", files=files)
    table = TableData(
        table_id=_TABLE_ID,
        name="Notes",
        version=1,
        primary_key="note_id",
        row_schema=Note.model_json_schema(),
        reference=f"{own}.rows:notes",
    )
    definition = Definition(package_id=packages.package_id(1), reference=f"{own}:package", tables=(table,))
    return source, definition
