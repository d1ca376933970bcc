"""A catalog that revision 0001 filled becomes one of the newest: with all its rows, or not at all."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from peers_runtime.catalog import schema
from peers_runtime.catalog.home import Home
from peers_runtime.catalog.store import Catalog
from peers_runtime.model.catalog import FollowRange, HistoryEntry, Member, Role, VersionTag
from tests.catalog import records

# The catalog of a home as the runtime of revision 0001 left it, with rows in every table.
FIRST = (Path(__file__).parent / "revision_0001.sql").read_text(encoding="utf-8")
NEW = (
    *("frozen_shapes", "removals", "packed", "provider_choices", "dev_shapes", "variables"),
    *("snapshot_dependencies", "publications", "runs", "run_steps"),
)
ADDED: Mapping[str, Mapping[str, object]] = {
    "packages": {
        "follow_range": "latest",
        "revision": 0,
        "publish_key_changes": "[]",
        **dict.fromkeys(("follow_tags", "held_above", "update_url", "publish_public_key")),
        **dict.fromkeys(("changed_by", "as_of", "signature")),
    },
    "snapshots": {"component_numbers": "{}"},
    "package_versions": {"yanked": 0, "signature": None, "author_signature": None},
    "device_prefs": {
        "pinned": 0,
        "override": 0,
        **dict.fromkeys(("follow_range", "follow_tags", "held_above")),
    },
}
# Opens copies of a home, each in a process that is killed right after one more statement than the one before,
# until one gets through.
KILLED = """
import json, os, shutil, signal, sys
import alembic.operations, alembic.runtime.migration, alembic.script
import sqlalchemy
from peers_runtime.catalog.store import Catalog

def opened(home, statements):
    left = [statements]
    def count(*_):
        left[0] -= 1
        if not left[0]:
            os.kill(os.getpid(), signal.SIGKILL)
    sqlalchemy.event.listen(sqlalchemy.Engine, "after_cursor_execute", count)
    Catalog(home).close()

homes, status = [], signal.SIGKILL
while status == signal.SIGKILL:
    homes.append(f"{sys.argv[1]}-{len(homes)}")
    shutil.copytree(sys.argv[1], homes[-1])
    if not (child := os.fork()):
        try:
            opened(homes[-1], len(homes))
        finally:
            os._exit(0 if sys.exception() is None else 1)
    status = os.waitpid(child, 0)[1]
json.dump([homes, status], sys.stdout)
"""


@pytest.fixture
def old(home: Path) -> Path:
    """A home with the catalog of revision 0001."""
    Home(home, "laptop")
    with closing(sqlite3.connect(home / "catalog.sqlite")) as database:
        database.executescript(FIRST)
    return home


def rows(home: Path) -> dict[str, list[dict[str, Any]]]:
    """All that is stored, by table."""
    with closing(sqlite3.connect(home / "catalog.sqlite")) as database:
        database.row_factory = sqlite3.Row
        names = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {name: [dict(row) for row in database.execute(f"SELECT * FROM {name}")] for name in names}


def dump(home: Path) -> str:
    """All that is stored, and in which tables, as SQL."""
    with closing(sqlite3.connect(home / "catalog.sqlite")) as database:
        return "\n".join(database.iterdump())


def test_the_first_revision_makes_what_it_made_when_it_was_released(old: Path, tmp_path: Path) -> None:
    from alembic.operations import Operations
    from alembic.runtime.migration import MigrationContext
    from alembic.script import ScriptDirectory

    from peers_runtime.catalog import migrating

    made = "SELECT type, name, sql FROM sqlite_master WHERE name <> 'alembic_version' ORDER BY name"
    engine = sa.create_engine(f"sqlite:///{tmp_path}/first.sqlite", poolclass=sa.NullPool)
    with engine.begin() as connection, Operations.context(MigrationContext.configure(connection)):
        ScriptDirectory(str(migrating._FOLDER)).get_revision("0001").module.upgrade()
        now = [tuple(row) for row in connection.exec_driver_sql(made)]
    with closing(sqlite3.connect(old / "catalog.sqlite")) as database:
        then = [row for row in database.execute(made) if "alembic" not in row[1]]
    assert now == then


def test_every_row_is_kept_and_new_columns_have_their_defaults(old: Path) -> None:
    before = rows(old)
    assert all(before.values()), "a table has no row to be kept"
    Catalog(old).close()
    after = rows(old)
    assert [table for table in NEW if after.pop(table)] == []
    assert after.pop("alembic_version") == [{"version_num": schema.REVISION}]
    del before["alembic_version"]
    sealed = {row["device_id"] for row in after["device_prefs"] if row.pop("seal")}
    assert sealed == {"laptop"}, "what another device chose is not this one's to say"
    members = {(row["context_id"], row["actor_id"], row["role"]) for row in before.pop("members")}
    chained = after.pop("memberships")
    assert {(row["context_id"], row["actor_id"], row["role"]) for row in chained} == members
    assert after == {name: [{**row, **ADDED.get(name, {})} for row in kept] for name, kept in before.items()}


def test_the_records_are_what_they_were_and_can_be_written(old: Path) -> None:
    stable, beta, dev = "acme/package_1@1.0.0", "acme/package_1@1.1.0-beta.1", "acme/package_1@1.2.0"
    with Catalog(old) as catalog:
        with catalog.read() as reader:
            assert reader.members("acme") == [
                Member(context_id="acme", actor_id="ada", role=Role.OWNER),
                Member(context_id="acme", actor_id="eve", role=Role.WRITER),
            ]
            first, second = reader.packages("acme")
            assert first == records.package(
                1, description='Déjà vu; it\'s "quoted"', active_version_id=stable
            )
            assert first.follow_range is FollowRange.LATEST
            assert second == records.package(2, disabled=True)
            versions = reader.versions("acme", first.package_id)
            assert {one.package_version_id: (one.version_tag, one.device_id) for one in versions} == {
                stable: (VersionTag.STABLE, None),
                beta: (VersionTag.BETA, "laptop"),
                dev: (VersionTag.DEV, "laptop"),
            }
            assert versions[0].history == (HistoryEntry(action="created", by="ada", at=records.AT),)
            assert not any(one.yanked or one.signature or one.author_signature for one in versions)
            prefs = reader.prefs("laptop", "acme", first.package_id)
            assert (prefs.active_version_id, prefs.source_path) == (dev, "/home/ada/notes")
            assert not prefs.pinned
            assert not prefs.override
            assert reader.frozen_shapes("acme") == []
            sequence = reader.sequence()
        with catalog.write() as writer:
            writer.put_package(first.model_copy(update={"follow_tags": "stable,beta", "held_above": "1.0.0"}))
            writer.put_version(versions[1].model_copy(update={"yanked": True}))
            assert writer.sequence() == sequence + 2
        with catalog.read() as reader:
            assert reader.package("acme", "package_1").follow_tags == "stable,beta"
            assert reader.version(beta).yanked


def test_a_kill_after_any_statement_leaves_the_old_catalog_whole_or_the_new_one(old: Path) -> None:
    before = dump(old)
    homes, status = json.loads(records.run(KILLED, old))
    assert status == 0
    *killed, unharmed = map(Path, homes)
    after = dump(unharmed)
    found = [dump(home) for home in killed]
    assert {before, after} >= {*found}
    assert found[0] == before
    assert found.count(before) > len(ADDED), "the migration was not cut in two"
    for home in killed:
        Catalog(home).close()
        assert dump(home) == after
