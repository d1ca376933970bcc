"""What is followed, pinned, held and yanked; members as a chain of changes; signatures; frozen shapes.

There is no revision 0002: it was never released.
"""

from __future__ import annotations

import itertools
from typing import Any

import sqlalchemy as sa
from alembic import op

from peers_runtime.model.catalog import Membership, Role
from peers_runtime.rules import roster

revision = "0003"
down_revision = "0001"
branch_labels = None
depends_on = None

_LONG_AGO = "1970-01-01T00:00:00.000+00:00"  # when nobody knows


def upgrade() -> None:
    _chain_members()
    op.add_column("packages", sa.Column("follow_range", sa.String, nullable=False, server_default="latest"))
    for name in ("follow_tags", "held_above", "update_url", "publish_public_key", "changed_by", "signature"):
        op.add_column("packages", sa.Column(name, sa.String))
    op.add_column("packages", sa.Column("publish_key_changes", sa.JSON, nullable=False, server_default="[]"))
    op.add_column("packages", sa.Column("revision", sa.Integer, nullable=False, server_default="0"))
    op.add_column("packages", sa.Column("as_of", sa.Integer))
    op.create_table(
        "removals",
        _of_a_context(),
        sa.Column("package_id", sa.String, primary_key=True),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("removed_by", sa.String, nullable=False),
        sa.Column("as_of", sa.Integer, nullable=False),
        sa.Column("signature", sa.String),
    )
    op.add_column("package_versions", _flag("yanked"))
    for name in ("signature", "author_signature"):
        op.add_column("package_versions", sa.Column(name, sa.String))
    op.add_column("device_prefs", _flag("pinned"))
    op.add_column("device_prefs", _flag("override"))
    for name in ("follow_range", "follow_tags", "held_above", "seal"):
        op.add_column("device_prefs", sa.Column(name, sa.String))
    op.create_table(
        "frozen_shapes",
        _of_a_context(),
        sa.Column("contract_id", sa.String, primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True),
        sa.Column("shape", sa.JSON, nullable=False),
        sa.Column("digest", sa.String, nullable=False),
        sa.Column("package_version_id", sa.String, nullable=False),
        sa.Column("at", sa.String, nullable=False),
    )


def _chain_members() -> None:
    """Who is what already: the first changes of each context, unsigned, the Owners first."""
    memberships = op.create_table(
        "memberships",
        _of_a_context(),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("actor_id", sa.String, nullable=False),
        sa.Column("role", sa.Integer, nullable=False),
        sa.Column("public_keys", sa.JSON, nullable=False),
        sa.Column("by", sa.String, nullable=False),
        sa.Column("at", sa.String, nullable=False),
        sa.Column("previous_digest", sa.String),
        sa.Column("signature", sa.String),
    )
    assert memberships is not None  # which only a dry run of Alembic would not make
    found = op.get_bind().execute(
        sa.text("SELECT context_id, actor_id, role FROM members ORDER BY context_id, role DESC, actor_id")
    )
    rows: list[dict[str, Any]] = []
    for context_id, members in itertools.groupby(found, key=lambda row: row.context_id):
        changes: list[Membership] = []
        for member in members:
            role = Role(member.role)
            actor = member.actor_id
            changes.append(
                roster.changed(roster.Roster(changes), context_id, actor, role, (), actor, _LONG_AGO)
            )
        rows += [{**one.model_dump(), "public_keys": []} for one in changes]
    if rows:
        op.bulk_insert(memberships, rows)
    op.drop_table("members")


def _of_a_context() -> sa.Column[str]:
    return sa.Column(
        "context_id",
        sa.String,
        sa.ForeignKey("contexts.context_id", ondelete="CASCADE"),
        primary_key=True,
    )


def _flag(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean, nullable=False, server_default=sa.false())
