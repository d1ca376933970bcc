"""The values of variables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "variables",
        sa.Column("scope", sa.String, primary_key=True),
        sa.Column("context_id", sa.String, primary_key=True),
        sa.Column("actor_id", sa.String, primary_key=True),
        sa.Column("package_id", sa.String, primary_key=True),
        sa.Column("variable_id", sa.String, primary_key=True),
        sa.Column("value", sa.String, nullable=False),
        sa.Column("is_sealed", sa.Boolean, nullable=False),
        sa.Column("by", sa.String, nullable=False),
        sa.Column("at", sa.String, nullable=False),
    )
