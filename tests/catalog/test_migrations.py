from __future__ import annotations

import sqlite3
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from peers_runtime.base import errors
from peers_runtime.catalog import migrating, schema
from peers_runtime.catalog.store import Catalog
from tests import postgres
from tests.catalog import records


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> list[str]:
    """The URLs of two empty databases."""
    if request.param == "sqlite":
        return [f"sqlite:///{tmp_path}/{name}.sqlite" for name in ("one", "two")]
    server: postgres.Server = request.getfixturevalue("postgres_server")
    return [server.new_database(), server.new_database()]


def test_the_migrations_make_the_schema_that_the_code_reads(empty: list[str]) -> None:
    migrated, created = map(sa.create_engine, empty)
    with migrated.begin() as connection:
        migrating.upgrade(connection)
        assert compare_metadata(MigrationContext.configure(connection), schema.metadata) == []
        assert migrating.revision(connection) == schema.REVISION
    with created.begin() as connection:
        migrating.migrate(connection)
        assert migrating.revision(connection) == schema.REVISION
    assert described(migrated) == described(created)
    migrated.dispose()
    created.dispose()


def described(engine: sa.Engine) -> object:
    """Also what Alembic's comparison leaves out: defaults, checks, partial indexes, deletions."""
    found: dict[str, object] = {}
    seen = sa.inspect(engine)
    for name in seen.get_table_names():
        found[name] = (
            sorted(str(one) for one in seen.get_columns(name)),
            sorted(str(one) for one in seen.get_check_constraints(name)),
            sorted(str(one) for one in seen.get_foreign_keys(name)),
            sorted(str(one) for one in seen.get_unique_constraints(name)),
            sorted(f"{one['name']} {one['column_names']} {one['unique']}" for one in seen.get_indexes(name)),
            seen.get_pk_constraint(name),
        )
    with engine.connect() as connection:
        columns = "name, replace(sql, '\n', '') FROM sqlite_master WHERE sql"
        if engine.dialect.name == "postgresql":
            columns = "indexname, indexdef FROM pg_indexes WHERE indexdef"
        partial = sa.text(f"SELECT {columns} LIKE '% WHERE %'")
        found["partial"] = sorted(tuple(row) for row in connection.execute(partial))
    return found


def test_migrating_again_changes_nothing(catalog: Catalog, home: Path) -> None:
    catalog.close()
    before = (home / "catalog.sqlite").read_bytes()
    with sa.create_engine(f"sqlite:///{home}/catalog.sqlite", poolclass=sa.NullPool).begin() as connection:
        migrating.migrate(connection)
    assert (home / "catalog.sqlite").read_bytes()[100:] == before[100:]  # the header counts transactions


def test_a_catalog_from_the_future_is_left_alone(catalog: Catalog, home: Path) -> None:
    catalog.close()
    database = sqlite3.connect(home / "catalog.sqlite")
    database.execute("UPDATE alembic_version SET version_num = '9999'")
    database.commit()
    database.close()
    before = (home / "catalog.sqlite").read_bytes()
    with pytest.raises(errors.HomeTooNew, match="9999"):
        Catalog(home)
    assert (home / "catalog.sqlite").read_bytes() == before


@pytest.mark.parametrize("content", [b"no database" * 1000, b"SQLite format 3\x00" + b"\xff" * 5000])
def test_a_damaged_catalog_is_named(catalog: Catalog, home: Path, content: bytes) -> None:
    catalog.close()
    (home / "catalog.sqlite").write_bytes(content)
    with pytest.raises(errors.HomeDamaged, match=r"catalog\.sqlite"):
        Catalog(home)


@records.EVERYWHERE
def test_a_migration_that_is_killed_is_made_again(home: Path, shared: str | None) -> None:
    program = """
import os, signal, sys
from peers_runtime.catalog import migrating
from peers_runtime.catalog.store import Catalog
whole = migrating.migrate
def migrate(connection):
    whole(connection)
    os.kill(os.getpid(), signal.SIGKILL)
migrating.migrate = migrate
Catalog(sys.argv[1], None, *sys.argv[2:])
"""
    child = records.start(program, home, *([] if shared is None else [shared]))
    child.communicate(timeout=60)
    assert child.returncode == -9
    with Catalog(home, None, shared) as catalog, catalog.read() as reader:
        assert [context.context_id for context in reader.contexts()] == ["personal"]


def test_the_migrations_travel_in_our_wheel(tmp_path: Path) -> None:
    build = [
        sys.executable,
        "-m",
        "build",
        "--wheel",
        "--no-isolation",
        "--outdir",
        str(tmp_path),
        str(records.ROOT),
    ]
    subprocess.run(build, check=True, capture_output=True, timeout=120)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "installed")
    program = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from peers_runtime.catalog import store\n"
        "assert store.__file__.startswith(sys.argv[1])\n"
        "with store.Catalog(sys.argv[2]) as catalog, catalog.read() as reader: print(reader.sequence())"
    )
    ran = subprocess.run(
        [sys.executable, "-I", "-c", program, str(tmp_path / "installed"), str(tmp_path / "home")],
        check=True,
        capture_output=True,
        text=True,
        cwd=tmp_path,
        timeout=60,
    )
    assert ran.stdout == "1\n"
