"""Buses and who rides in them"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "bus",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("delegation_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("leader", sa.String(), nullable=False),
        sa.Column("leader_phone", sa.String(), nullable=True),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.CheckConstraint("seats > 0", name=op.f("ck_bus_seats")),
        sa.ForeignKeyConstraint(
            ["event_id", "delegation_id"],
            ["delegation.event_id", "delegation.id"],
            name=op.f("fk_bus_event_id_delegation_id_delegation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bus")),
        sa.UniqueConstraint("event_id", "id", name=op.f("uq_bus_event_id_id")),
        sa.UniqueConstraint("delegation_id", "name", name=op.f("uq_bus_delegation_id_name")),
    )
    op.create_table(
        "bus_passenger",
        sa.Column("participant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("bus_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id", "participant_id"],
            ["participant.event_id", "participant.id"],
            name=op.f("fk_bus_passenger_event_id_participant_id_participant"),
        ),
        sa.ForeignKeyConstraint(
            ["event_id", "bus_id"],
            ["bus.event_id", "bus.id"],
            name=op.f("fk_bus_passenger_event_id_bus_id_bus"),
        ),
        sa.PrimaryKeyConstraint("participant_id", name=op.f("pk_bus_passenger")),
    )
    op.create_index(op.f("ix_bus_passenger_bus_id"), "bus_passenger", ["bus_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_bus_passenger_bus_id"), table_name="bus_passenger")
    op.drop_table("bus_passenger")
    op.drop_table("bus")
