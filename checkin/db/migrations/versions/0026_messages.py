"""announcements with their texts and people; a message has a kind; participants who want no mail"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

_KINDS = "'badge', 'confirmed', 'moved', 'replaced', 'changed', 'canceled', 'reserve', 'written'"


def upgrade() -> None:
    _create_announcements()
    # With the columns, because SQLite takes no constraint afterwards.
    op.execute(
        "ALTER TABLE message ADD COLUMN kind VARCHAR NOT NULL DEFAULT 'badge'"
        f" CONSTRAINT ck_message_kind CHECK (kind IN ({_KINDS}))"
    )
    op.execute(
        "ALTER TABLE message ADD COLUMN announcement_id INTEGER"
        " CONSTRAINT fk_message_announcement_id_announcement REFERENCES announcement (id)"
    )
    op.create_index(
        "uq_message_announcement", "message", ["announcement_id", "participant_id"], unique=True
    )
    op.add_column(
        "mail_switch",
        sa.Column("holds_badges", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.add_column("participant", sa.Column("no_mail", sa.Boolean(), nullable=True))


def _create_announcements() -> None:
    op.create_table(
        "announcement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("delegation_id", sa.Integer(), nullable=True),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("audience", sa.JSON(), nullable=True),
        sa.Column("before", sa.JSON(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_by", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "about IN ('change', 'list', 'written')", name=op.f("ck_announcement_about")
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'dropped', 'queueing', 'queued', 'canceled')",
            name=op.f("ck_announcement_state"),
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_announcement_event_id_event")
        ),
        sa.ForeignKeyConstraint(
            ["event_id", "delegation_id"],
            ["delegation.event_id", "delegation.id"],
            name=op.f("fk_announcement_event_id_delegation_id_delegation"),
        ),
        *_operators("created_by", "sent_by"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_announcement")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_announcement_event_id"), "announcement", ["event_id"])
    op.create_table(
        "announcement_text",
        sa.Column("announcement_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.CheckConstraint(
            "language IN ('fr', 'ar', 'en')", name=op.f("ck_announcement_text_language")
        ),
        _of_announcement("announcement_text"),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_announcement_text_event_id_event")
        ),
        sa.PrimaryKeyConstraint("announcement_id", "language", name=op.f("pk_announcement_text")),
    )
    op.create_table(
        "announcement_person",
        sa.Column("announcement_id", sa.Integer(), nullable=False),
        sa.Column("participant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.CheckConstraint(f"kind IN ({_KINDS})", name=op.f("ck_announcement_person_kind")),
        _of_announcement("announcement_person"),
        sa.ForeignKeyConstraint(
            ["event_id", "participant_id"],
            ["participant.event_id", "participant.id"],
            name=op.f("fk_announcement_person_event_id_participant_id_participant"),
        ),
        sa.PrimaryKeyConstraint(
            "announcement_id", "participant_id", name=op.f("pk_announcement_person")
        ),
    )


def _operators(*columns: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint(
            [column], ["operator.id"], name=op.f(f"fk_announcement_{column}_operator")
        )
        for column in columns
    ]


def _of_announcement(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["announcement_id"],
        ["announcement.id"],
        name=op.f(f"fk_{table}_announcement_id_announcement"),
    )


def downgrade() -> None:
    op.drop_column("participant", "no_mail")
    op.drop_column("mail_switch", "holds_badges")
    op.drop_index("uq_message_announcement", table_name="message")
    # An older version knows badges alone.
    op.execute("DELETE FROM message WHERE kind NOT IN ('badge', 'confirmed', 'moved', 'replaced')")
    op.drop_column("message", "announcement_id")
    op.drop_column("message", "kind")
    op.drop_table("announcement_person")
    op.drop_table("announcement_text")
    op.drop_index(op.f("ix_announcement_event_id"), table_name="announcement")
    op.drop_table("announcement")
