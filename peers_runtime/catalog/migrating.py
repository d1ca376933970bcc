"""Brings a catalog to the schema's newest revision; knows when it is from the future.

Alembic is imported only when there is something to do: it costs a tenth of a second.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Column, Connection, MetaData, String, Table, inspect, select

from peers_runtime.base import errors
from peers_runtime.catalog import schema

_FOLDER = Path(__file__).parent / "migrations"
_alembic_version = Table("alembic_version", MetaData(), Column("version_num", String))


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
    """Run what is missing, inside the caller's transaction: all of it or nothing."""
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
