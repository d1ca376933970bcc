"""The runs of workflows, and how each of their steps ended."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "runs",
        sa.Column("run_id", sa.String, primary_key=True),
        sa.Column(
            "context_id",
            sa.String,
            sa.ForeignKey("contexts.context_id", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("device_id", sa.String, nullable=False),
        sa.Column("package_id", sa.String, nullable=False),
        sa.Column("package", sa.String, nullable=False),
        sa.Column("version", sa.String, nullable=False),
        sa.Column("snapshot_digest", sa.String, nullable=False),
        sa.Column("workflow_id", sa.String, nullable=False),
        sa.Column("workflow", sa.String, nullable=False),
        sa.Column("actor", sa.String, nullable=False),
        sa.Column("status", sa.String, nullable=False),
        sa.Column("input", sa.JSON, nullable=False),
        sa.Column("output", sa.JSON, nullable=False),
        sa.Column("fault", sa.JSON, nullable=False),
        sa.Column("taken", sa.Integer, nullable=False),
        sa.Column("started_at", sa.String, nullable=False),
        sa.Column("ended_at", sa.String),
        sa.Column("seal", sa.String, nullable=False),
    )
    op.create_index("runs_of_a_context", "runs", ["context_id", "started_at"])
    op.create_index("runs_by_status", "runs", ["status"])
    op.create_table(
        "run_steps",
        sa.Column("run_id", sa.String, sa.ForeignKey("runs.run_id", ondelete="CASCADE"), primary_key=True),
        sa.Column("path", sa.String, primary_key=True),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("status", sa.String, nullable=False),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("input", sa.JSON, nullable=False),
        sa.Column("output", sa.JSON, nullable=False),
        sa.Column("fault", sa.JSON, nullable=False),
        sa.Column("at", sa.String, nullable=False),
        sa.Column("seal", sa.String, nullable=False),
    )
