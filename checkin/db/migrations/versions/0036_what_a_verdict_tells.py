"""gates have an Arabic name, coordinators a telephone that gates may name, and people flags"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

_SYMBOLS = "('star', 'wheelchair', 'call', 'seat', 'mark')"
_FLAGGED = sa.text("flags IS NOT NULL")


def upgrade() -> None:
    op.add_column("gate", sa.Column("name_ar", sa.String(), nullable=True))
    op.add_column("delegation", sa.Column("coordinator_phone", sa.String(), nullable=True))
    allowed: sa.Column[bool] = sa.Column(
        "gates_call_coordinators", sa.Boolean(), nullable=False, server_default=sa.false()
    )
    op.add_column("event", allowed)
    op.create_table(
        "flag",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("folded", sa.String(), nullable=False),
        sa.Column("symbol", sa.String(), nullable=False),
        sa.Column("sentence", sa.String(), nullable=False),
        sa.Column("sentence_ar", sa.String(), nullable=True),
        sa.Column("page", sa.String(), nullable=True),
        sa.CheckConstraint(f"symbol IN {_SYMBOLS}", name=op.f("ck_flag_symbol")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_flag_event_id_event")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_flag")),
        sa.UniqueConstraint("event_id", "folded", name=op.f("uq_flag_event_id_folded")),
    )
    op.add_column("participant", sa.Column("flags", sa.String(), nullable=True))
    op.create_index(
        "ix_participant_flagged",
        "participant",
        ["event_id"],
        sqlite_where=_FLAGGED,
        postgresql_where=_FLAGGED,
    )


def downgrade() -> None:
    op.drop_index("ix_participant_flagged", table_name="participant")
    op.drop_column("participant", "flags")
    op.drop_table("flag")
    op.drop_column("event", "gates_call_coordinators")
    op.drop_column("delegation", "coordinator_phone")
    op.drop_column("gate", "name_ar")
