"""What contracts looked like while they were not frozen, and whom a context has chosen as their provider."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "provider_choices",
        sa.Column(
            "context_id",
            sa.String,
            sa.ForeignKey("contexts.context_id", ondelete="CASCADE"),
            primary_key=True,
        ),
        sa.Column("contract_id", sa.String, primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("package_id", sa.String, nullable=False),
        sa.Column("by", sa.String, nullable=False),
        sa.Column("at", sa.String, nullable=False),
    )
    op.create_table(
        "dev_shapes",
        sa.Column(
            "context_id",
            sa.String,
            sa.ForeignKey("contexts.context_id", ondelete="CASCADE"),
            primary_key=True,
        ),
        sa.Column("contract_id", sa.String, primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("shape", sa.JSON, nullable=False),
        sa.Column("digest", sa.String, nullable=False),
        sa.Column("package_id", sa.String, nullable=False),
        sa.Column("at", sa.String, nullable=False),
    )
