"""counters of limits; the issue of an account's known browsers"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "limit_counter",
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_limit_counter")),
    )
    op.create_index("ix_limit_counter_expires_at", "limit_counter", ["expires_at"])
    op.add_column(
        "operator",
        sa.Column("browsers_issue", sa.Integer(), server_default="0", nullable=False),
    )


def downgrade() -> None:
    op.drop_column("operator", "browsers_issue")
    op.drop_table("limit_counter")
