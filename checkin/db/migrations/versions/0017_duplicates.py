"""walk-ins that may be registered already"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "duplicate",
        sa.Column("participant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("twin_id", sa.Integer(), nullable=False),
        sa.Column("same", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decision", sa.String(), nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        sa.CheckConstraint("twin_id != participant_id", name=op.f("ck_duplicate_two")),
        sa.CheckConstraint("same IN ('email', 'phone', 'name')", name=op.f("ck_duplicate_same")),
        sa.ForeignKeyConstraint(
            ["event_id", "participant_id"],
            ["participant.event_id", "participant.id"],
            name=op.f("fk_duplicate_event_id_participant_id_participant"),
        ),
        sa.ForeignKeyConstraint(
            ["event_id", "twin_id"],
            ["participant.event_id", "participant.id"],
            name=op.f("fk_duplicate_event_id_twin_id_participant"),
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["operator.id"], name=op.f("fk_duplicate_decided_by_operator")
        ),
        sa.PrimaryKeyConstraint("participant_id", name=op.f("pk_duplicate")),
    )
    op.create_index(
        op.f("ix_duplicate_event_id_decided_at"), "duplicate", ["event_id", "decided_at"]
    )
    op.create_index(op.f("ix_duplicate_event_id_twin_id"), "duplicate", ["event_id", "twin_id"])


def downgrade() -> None:
    op.drop_table("duplicate")
