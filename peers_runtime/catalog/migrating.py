"""Makes a catalog, or brings one to the schema's newest revision; knows when it is from the future.

Alembic is imported only when there is something to migrate: it costs a tenth of a second. So a new catalog is
made as the schema has it, and not by way of all that it has been.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Column, Connection, MetaData, PrimaryKeyConstraint, String, Table, inspect, select

from peers_runtime.base import errors
from peers_runtime.catalog import schema

_FOLDER = Path(__file__).parent / "migrations"
_alembic_version = Table(  # as Alembic makes it
    "alembic_version",
    MetaData(),
    Column("version_num", String(32)),
    PrimaryKeyConstraint("version_num", name="alembic_version_pkc"),
)


def revision(connection: Connection) -> str | None:
    """The revision of the catalog behind `connection`; None when it is empty."""
    if not inspect(connection).has_table(_alembic_version.name):
        return None
    found = connection.execute(select(_alembic_version.c.version_num)).scalar()
    return None if found is None else str(found)


def is_current(connection: Connection, path: str) -> bool:
    """Whether there is nothing to do. Raises `HomeTooNew` for a revision that we do not know."""
    found = revision(connection)
    if found == schema.REVISION:
        return True
    if found is not None and found not in _known():
        raise errors.HomeTooNew(
            f"{path} has revision {found}, this peers_runtime knows up to {schema.REVISION}",
            hint="upgrade peers_runtime, or choose another home with --home",
            path=path,
            revision=found,
        )
    return False


def migrate(connection: Connection) -> None:
    """Do what is missing, inside the caller's transaction: all of it or nothing."""
    if revision(connection) is None:
        schema.metadata.create_all(connection, checkfirst=False)
        _alembic_version.create(connection)
        connection.execute(_alembic_version.insert().values(version_num=schema.REVISION))
    else:
        upgrade(connection)


def upgrade(connection: Connection) -> None:
    """Run each migration that is missing, inside the caller's transaction."""
    from alembic.operations import Operations
    from alembic.runtime.migration import MigrationContext
    from alembic.script import ScriptDirectory

    scripts = ScriptDirectory(str(_FOLDER))
    migration = MigrationContext.configure(connection)
    missing = list(scripts.iterate_revisions("head", migration.get_current_revision() or "base"))
    with Operations.context(migration):
        for script in reversed(missing):
            script.module.upgrade()
    migration.stamp(scripts, "head")


def _known() -> set[str]:
    from alembic.script import ScriptDirectory

    return {script.revision for script in ScriptDirectory(str(_FOLDER)).walk_revisions()}
