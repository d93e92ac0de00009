"""gates at which nobody stands, and their calls for help"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

_NOT_TAKEN = sa.text("taken_at IS NULL")


def upgrade() -> None:
    op.add_column("device", sa.Column("kiosk_since", sa.DateTime(timezone=True)))
    op.create_table(
        "help_call",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("device_id", sa.Integer(), nullable=False),
        sa.Column("gate_id", sa.Integer(), nullable=False),
        sa.Column("called_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("taken_by", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(taken_at IS NULL) = (taken_by IS NULL)", name=op.f("ck_help_call_taken")
        ),
        sa.ForeignKeyConstraint(
            ["event_id", "device_id"],
            ["device.event_id", "device.id"],
            name=op.f("fk_help_call_event_id_device_id_device"),
        ),
        sa.ForeignKeyConstraint(
            ["event_id", "gate_id"],
            ["gate.event_id", "gate.id"],
            name=op.f("fk_help_call_event_id_gate_id_gate"),
        ),
        sa.ForeignKeyConstraint(
            ["taken_by"], ["operator.id"], name=op.f("fk_help_call_taken_by_operator")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_help_call")),
    )
    op.create_index(op.f("ix_help_call_event_id"), "help_call", ["event_id"])
    op.create_index(
        "uq_help_call_open",
        "help_call",
        ["device_id"],
        unique=True,
        sqlite_where=_NOT_TAKEN,
        postgresql_where=_NOT_TAKEN,
    )


def downgrade() -> None:
    op.drop_table("help_call")
    op.drop_column("device", "kiosk_since")
