"""Messages know when they were handed over and bounced; the mail switch; an event's own words"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("message", sa.Column("handed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("message", sa.Column("bounced_at", sa.DateTime(timezone=True), nullable=True))
    # What was being sent by the program before this one may have left: a person decides.
    op.execute("UPDATE message SET handed_at = claimed_at WHERE state = 'sending'")
    op.execute("UPDATE message SET handed_at = sent_at WHERE state = 'sent'")
    op.create_index(op.f("ix_message_handed_at"), "message", ["handed_at"], unique=False)
    op.create_table(
        "mail_switch",
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("sending", sa.String(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "sending IN ('running', 'paused', 'stopped')", name=op.f("ck_mail_switch_sending")
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_mail_switch_event_id_event")
        ),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_mail_switch")),
    )
    op.create_table(
        "message_text",
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.CheckConstraint("language IN ('fr', 'ar', 'en')", name=op.f("ck_message_text_language")),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_message_text_event_id_event")
        ),
        sa.PrimaryKeyConstraint("event_id", "language", "name", name=op.f("pk_message_text")),
    )


def downgrade() -> None:
    op.drop_table("message_text")
    op.drop_table("mail_switch")
    op.drop_index(op.f("ix_message_handed_at"), table_name="message")
    op.drop_column("message", "bounced_at")
    op.drop_column("message", "handed_at")
