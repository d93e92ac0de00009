"""messages by other channels than e-mail, and which message one goes on from"""

from __future__ import annotations

from alembic import op

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "ALTER TABLE message ADD COLUMN channel VARCHAR NOT NULL DEFAULT 'email'"
        " CONSTRAINT ck_message_channel CHECK (channel IN ('email', 'whatsapp', 'sms'))"
    )
    op.execute(
        "ALTER TABLE message ADD COLUMN follows_id INTEGER"
        " CONSTRAINT fk_message_follows_id_message REFERENCES message (id)"
    )
    op.create_index("uq_message_follows_id", "message", ["follows_id"], unique=True)


def downgrade() -> None:
    op.drop_index("uq_message_follows_id", table_name="message")
    op.execute("UPDATE message SET follows_id = NULL WHERE follows_id IS NOT NULL")
    op.drop_column("message", "follows_id")
    op.execute("DELETE FROM message WHERE channel <> 'email'")
    op.drop_column("message", "channel")
