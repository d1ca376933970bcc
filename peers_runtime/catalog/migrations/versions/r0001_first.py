"""Contexts, members, packages, versions, snapshots, preferences, activations, changes."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "contexts",
        sa.Column("context_id", sa.String, primary_key=True),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.CheckConstraint("kind IN ('personal', 'group')", name="known_kind"),
    )
    op.create_table(
        "members",
        _of_a_context(),
        sa.Column("actor_id", sa.String, primary_key=True),
        sa.Column("role", sa.Integer, nullable=False),
    )
    op.create_table(
        "packages",
        _of_a_context(),
        sa.Column("package_id", sa.String, primary_key=True),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("description", sa.String, nullable=False),
        sa.Column("created_by", sa.String, nullable=False),
        sa.Column("disabled", sa.Boolean, nullable=False),
        sa.Column("active_version_id", sa.String),
        sa.UniqueConstraint("context_id", "name", name="one_package_per_name"),
    )
    op.create_table(
        "snapshots",
        sa.Column("digest", sa.String, primary_key=True),
        sa.Column("package_id", sa.String, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("version", sa.String, nullable=False),
        sa.Column("created_at", sa.String, nullable=False),
        sa.Column("routes", sa.JSON, nullable=False),
        sa.Column("app_navs", sa.JSON, nullable=False),
    )
    op.create_index("ix_snapshots_package_id", "snapshots", ["package_id"])
    op.create_table(
        "changes",
        sa.Column("sequence", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("context_id", sa.String),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("key", sa.String, nullable=False),
    )
    _create_package_versions()
    op.create_table(
        "device_prefs",
        sa.Column("device_id", sa.String, primary_key=True),
        sa.Column("context_id", sa.String, primary_key=True),
        sa.Column("package_id", sa.String, primary_key=True),
        sa.Column("active_version_id", sa.String),
        sa.Column("source_path", sa.String),
        _of_a_package(),
    )
    op.create_table(
        "activations",
        sa.Column(
            "sequence", sa.Integer, sa.ForeignKey("changes.sequence"), primary_key=True, autoincrement=False
        ),
        sa.Column("context_id", sa.String, nullable=False),
        sa.Column("package_id", sa.String, nullable=False),
        sa.Column("device_id", sa.String),
        sa.Column("package_version_id", sa.String),
        sa.Column("by", sa.String, nullable=False),
        sa.Column("at", sa.String, nullable=False),
        _of_a_package(),
    )
    op.create_index("activations_of_a_package", "activations", ["context_id", "package_id"])


def _create_package_versions() -> None:
    op.create_table(
        "package_versions",
        sa.Column("package_version_id", sa.String, primary_key=True),
        sa.Column("context_id", sa.String, nullable=False),
        sa.Column("package_id", sa.String, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("version", sa.String, nullable=False),
        sa.Column("version_tag", sa.String, nullable=False),
        sa.Column("snapshot_digest", sa.String, sa.ForeignKey("snapshots.digest"), nullable=False),
        sa.Column("app_navs", sa.JSON, nullable=False),
        sa.Column("created_by", sa.String, nullable=False),
        sa.Column("created_at", sa.String, nullable=False),
        sa.Column("device_id", sa.String),
        sa.Column("history", sa.JSON, nullable=False),
        _of_a_package(),
        sa.CheckConstraint("version_tag IN ('dev', 'beta', 'stable')", name="known_tag"),
        sa.CheckConstraint("version_tag <> 'dev' OR device_id IS NOT NULL", name="dev_belongs_to_a_device"),
    )
    op.create_index("versions_of_a_package", "package_versions", ["context_id", "package_id"])
    promoted, dev = sa.text("version_tag <> 'dev'"), sa.text("version_tag = 'dev'")
    where = f"{op.get_bind().dialect.name}_where"  # to name another dialect would import it
    where_promoted: dict[str, Any] = {where: promoted}
    where_dev: dict[str, Any] = {where: dev}
    op.create_index(
        "one_promoted_version",
        "package_versions",
        ["context_id", "package_id", "version"],
        unique=True,
        **where_promoted,
    )
    op.create_index(
        "one_dev_version",
        "package_versions",
        ["context_id", "package_id", "device_id"],
        unique=True,
        **where_dev,
    )


def _of_a_context() -> sa.Column[str]:
    return sa.Column(
        "context_id",
        sa.String,
        sa.ForeignKey("contexts.context_id", ondelete="CASCADE"),
        primary_key=True,
    )


def _of_a_package() -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["context_id", "package_id"], ["packages.context_id", "packages.package_id"], ondelete="CASCADE"
    )
