"""What is followed, pinned, held and yanked; signatures; the frozen shapes of contracts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("members", sa.Column("highest_role", sa.Integer))
    op.add_column("members", sa.Column("public_key", sa.String))
    op.add_column("packages", sa.Column("follow_range", sa.String, nullable=False, server_default="latest"))
    for name in ("follow_tags", "held_above", "update_url", "publish_public_key", "signature"):
        op.add_column("packages", sa.Column(name, sa.String))
    op.add_column("package_versions", _flag("yanked"))
    for name in ("signature", "author_signature"):
        op.add_column("package_versions", sa.Column(name, sa.String))
    op.add_column("device_prefs", _flag("pinned"))
    op.add_column("device_prefs", _flag("override"))
    for name in ("follow_range", "follow_tags", "held_above"):
        op.add_column("device_prefs", sa.Column(name, sa.String))
    op.create_table(
        "frozen_shapes",
        sa.Column(
            "context_id",
            sa.String,
            sa.ForeignKey("contexts.context_id", ondelete="CASCADE"),
            primary_key=True,
        ),
        sa.Column("contract_id", sa.String, primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True),
        sa.Column("shape", sa.JSON, nullable=False),
        sa.Column("digest", sa.String, nullable=False),
        sa.Column("package_version_id", sa.String, nullable=False),
        sa.Column("at", sa.String, nullable=False),
    )


def _flag(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean, nullable=False, server_default=sa.false())
