"""a passenger may lead a bus, whose list their badge opens at a gate"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "bus_leader",
        sa.Column("participant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("bus_id", sa.Integer(), nullable=True),
        sa.Column("list_version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id", "participant_id"],
            ["participant.event_id", "participant.id"],
            name=op.f("fk_bus_leader_event_id_participant_id_participant"),
        ),
        sa.ForeignKeyConstraint(
            ["event_id", "bus_id"],
            ["bus.event_id", "bus.id"],
            name=op.f("fk_bus_leader_event_id_bus_id_bus"),
        ),
        sa.PrimaryKeyConstraint("participant_id", name=op.f("pk_bus_leader")),
    )
    op.create_index(op.f("ix_bus_leader_event_id"), "bus_leader", ["event_id"])
    op.create_index(op.f("ix_bus_leader_bus_id"), "bus_leader", ["bus_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_bus_leader_bus_id"), table_name="bus_leader")
    op.drop_index(op.f("ix_bus_leader_event_id"), table_name="bus_leader")
    op.drop_table("bus_leader")
