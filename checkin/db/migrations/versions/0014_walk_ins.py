"""walk-ins that a device named itself"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "walk_in",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("device_id", sa.Integer(), nullable=False),
        sa.Column("participant_id", sa.Integer(), nullable=False),
        sa.Column("badge_id", sa.Uuid(), nullable=False),
        sa.Column("standing", sa.String(), nullable=False),
        sa.Column("reserve_no", sa.Integer(), nullable=True),
        sa.Column("person_hash", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id", "device_id"],
            ["device.event_id", "device.id"],
            name=op.f("fk_walk_in_event_id_device_id_device"),
        ),
        sa.ForeignKeyConstraint(
            ["event_id", "participant_id"],
            ["participant.event_id", "participant.id"],
            name=op.f("fk_walk_in_event_id_participant_id_participant"),
        ),
        sa.ForeignKeyConstraint(["badge_id"], ["badge.id"], name=op.f("fk_walk_in_badge_id_badge")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_walk_in")),
    )
    op.create_index(
        op.f("ix_walk_in_event_id_participant_id"), "walk_in", ["event_id", "participant_id"]
    )


def downgrade() -> None:
    op.drop_table("walk_in")
