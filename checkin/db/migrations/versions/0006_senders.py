"""Senders keep their distance together, and say that they are there"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(op.f("ix_message_claimed_at"), "message", ["claimed_at"], unique=False)
    op.add_column(
        "mail_switch", sa.Column("sender_seen_at", sa.DateTime(timezone=True), nullable=True)
    )


def downgrade() -> None:
    op.drop_column("mail_switch", "sender_seen_at")
    op.drop_index(op.f("ix_message_claimed_at"), table_name="message")
