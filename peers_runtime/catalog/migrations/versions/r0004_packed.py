"""What was packed in a context, the numbers of its components, and what snapshots depend on."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "snapshot_dependencies",
        sa.Column(
            "digest", sa.String, sa.ForeignKey("snapshots.digest", ondelete="CASCADE"), primary_key=True
        ),
        sa.Column("depends_on", sa.String, primary_key=True),
    )
    op.create_index("snapshot_dependencies_depends_on", "snapshot_dependencies", ["depends_on"])
    op.add_column("snapshots", sa.Column("component_numbers", sa.JSON, nullable=False, server_default="{}"))
    op.create_table(
        "packed",
        sa.Column(
            "context_id",
            sa.String,
            sa.ForeignKey("contexts.context_id", ondelete="CASCADE"),
            primary_key=True,
        ),
        sa.Column("package_id", sa.String, primary_key=True),
        sa.Column("version", sa.String, primary_key=True),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("snapshot_digest", sa.String, sa.ForeignKey("snapshots.digest"), nullable=False),
        sa.Column("at", sa.String, nullable=False),
        sa.Column("by", sa.String, nullable=False),
    )
    op.create_table(
        "publications",
        sa.Column("context_id", sa.String, primary_key=True),
        sa.Column("package_id", sa.String, primary_key=True),
        sa.Column("component_id", sa.String, primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("type", sa.String, nullable=False),
        sa.Column("content_digest", sa.String, nullable=False),
        sa.Column("version", sa.String, nullable=False),
        sa.ForeignKeyConstraint(
            ["context_id", "package_id", "version"],
            ["packed.context_id", "packed.package_id", "packed.version"],
            ondelete="CASCADE",
        ),
    )
