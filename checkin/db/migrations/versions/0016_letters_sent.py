"""letters that left beside the outbox count in the day's limit"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "letter_sent",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter_sent")),
    )
    op.create_index(op.f("ix_letter_sent_at"), "letter_sent", ["at"])


def downgrade() -> None:
    op.drop_table("letter_sent")
