"""Packages' tables in whole runtimes: who hears of changes, and where the rows lie."""

from __future__ import annotations

import gc
import weakref
from pathlib import Path

import pytest

from peers_runtime import InvalidSetting, Runtime
from tests import postgres
from tests.world import an_id, project

DEFINITION = """
from peers_runtime import define_package
from . import rows

@define_package
def package(pkg):
    pkg.package_id = "{package_id}"
    {hooks}
    pkg.contract("{contract_id}", 1, "Notes").tables = [rows.notes]
"""
ROWS = """
from peers_runtime import Table
from pydantic import BaseModel

class Note(BaseModel):
    note_id: str
    title: str
    {more}

notes = Table(table_id="{table_id}", name="Notes", model=Note, primary_key="note_id", version={version})
told = []
"""
HOOKS = """
import pluggy
from notes import rows

hookimpl = pluggy.HookimplMarker("peers")

@hookimpl
def peers_activated(ctx):
    table = ctx.tables["Notes"]
    table.data_changed(lambda change: rows.told.append((change.kind, change.key, table.count())))
"""


def source(folder: Path, version: int, *, listens: bool = False) -> Path:
    names = {
        "package_id": an_id("notes"),
        "contract_id": an_id("notes", "contract"),
        "table_id": an_id("notes", "table"),
        "version": version,
        "more": "stars: int = 3" if version > 1 else "",
        "hooks": 'pkg.hooks = "notes.hooks"' if listens else "",
    }
    return project(
        folder / str(version),
        version=f"{version}.0.0",
        files={
            "package.py": DEFINITION.format(**names),
            "rows.py": ROWS.format(**names),
            "hooks.py": HOOKS,
        },
    )


def test_a_subscription_ends_with_its_version_and_does_not_keep_it(runtime: Runtime, tmp_path: Path) -> None:
    runtime.install(source(tmp_path, 1, listens=True), context="acme")
    acme = runtime.context("acme")
    rows = acme.module("notes.rows")
    acme.tables["Notes"].insert({"note_id": "a", "title": "x"})
    assert rows.told == [("insert", "a", 1)]
    runtime.install(source(tmp_path, 2, listens=True), context="acme")
    acme.tables["Notes"].update("a", title="y")
    assert len(rows.told) == 1
    assert acme.module("notes.rows").told == [("update", "a", 1)]
    old = weakref.ref(rows.Note)
    del rows
    gc.collect()
    runtime.drain()
    assert old() is None
    assert acme.tables["Notes"].get("a").stars == 3


def test_versions_side_by_side_hear_of_each_other(runtime: Runtime, tmp_path: Path) -> None:
    """In one context there is one at a time: a request that is pinned goes on with the one before."""
    runtime.install(source(tmp_path, 1), context="acme")
    acme = runtime.context("acme")
    told: list[tuple[str, object]] = []
    with acme:
        old = acme.tables["Notes"]
        runtime.install(source(tmp_path, 2), context="acme")
        new = runtime.context("acme")
        undo = old.data_changed(lambda change: told.append((change.kind, change.row.model_dump())))
        old.insert({"note_id": "a", "title": "old"})
    table = new.tables["Notes"]
    table.insert({"note_id": "b", "title": "new", "stars": 5})
    assert told == [
        ("insert", {"note_id": "a", "title": "old", "stars": 3}),
        ("insert", {"note_id": "b", "title": "new", "stars": 5}),
    ]
    undo()
    assert [row.stars for row in table.list()] == [3, 5]


def test_a_subscription_in_one_context_hears_nothing_of_another(runtime: Runtime, tmp_path: Path) -> None:
    told = []
    for context in ("acme", "globex"):
        runtime.install(source(tmp_path, 1), context=context)
    runtime.context("acme").tables["Notes"].data_changed(told.append)
    runtime.context("globex").tables["Notes"].insert({"note_id": "a", "title": "x"})
    assert told == []
    runtime.uninstall("notes", context="globex")
    runtime.context("acme").tables["Notes"].insert({"note_id": "a", "title": "x"})
    assert [change.key for change in told] == ["a"]


def test_what_a_subscriber_raises_is_a_diagnostic(runtime: Runtime, tmp_path: Path) -> None:
    runtime.install(source(tmp_path, 1), context="acme")
    notes = runtime.context("acme").tables["Notes"]
    notes.data_changed(lambda change: 1 / 0)
    notes.insert({"note_id": "a", "title": "x"})
    (listed,) = runtime.diagnostics()
    assert (listed.code, listed.subject) == ("P0528", "the table 'Notes'")
    assert "ZeroDivisionError" in listed.message


@pytest.fixture
def database(postgres_server: postgres.Server) -> str:
    return postgres_server.new_database()


@pytest.mark.postgres
def test_homes_that_give_one_database_have_the_same_rows(database: str, tmp_path: Path) -> None:
    for name in ("laptop", "desktop"):
        with Runtime.open(tmp_path / name, data=database, facades=False) as runtime:
            for context in ("acme", "a-long.name-" + "x" * 52):
                runtime.contexts.create(context)
                runtime.install(source(tmp_path / f"{name}-{context}", 1), context=context)
                table = runtime.context(context).tables["Notes"]
                table.insert({"note_id": name, "title": context})
            assert not (tmp_path / name / "data" / "acme.sqlite").exists()
    with Runtime.open(tmp_path / "laptop", data=database, facades=False) as runtime:
        rows = runtime.context("acme").tables["Notes"].list()
        assert [(row.note_id, row.title) for row in rows] == [("desktop", "acme"), ("laptop", "acme")]
    with Runtime.open(tmp_path / "laptop", facades=False) as runtime:
        assert runtime.context("acme").tables["Notes"].list() == []


@pytest.mark.postgres
def test_a_database_that_is_away_is_said_to_be_without_its_password(database: str, tmp_path: Path) -> None:
    from peers_runtime import CatalogUnreachable

    with Runtime.open(tmp_path / "home", data=f"{database}_not", facades=False) as runtime:
        runtime.install(source(tmp_path, 1))
        with pytest.raises(CatalogUnreachable, match="the data at postgresql://peers@") as caught:
            _ = runtime.context().tables["Notes"]
    assert "secret" not in str(caught.value) + repr(caught.value.facts)


@pytest.mark.parametrize("given", ["sqlite:///rows.sqlite", "mysql://ada:secret@host/rows", "rows", ""])
def test_what_is_no_database_is_refused_when_it_is_given(given: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidSetting) as caught:
        Runtime.open(tmp_path / "home", data=given)
    assert "postgresql+psycopg://" in caught.value.hint
    assert "secret" not in str(caught.value) + repr(caught.value.facts)
