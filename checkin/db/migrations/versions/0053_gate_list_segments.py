"""segments of the gate list, which devices fetch of very many people"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0053"
down_revision = "0052"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "gate_list_pass",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("epoch", sa.String(length=32), nullable=False),
        sa.Column("cursor", sa.Integer(), nullable=False),
        sa.Column("whole", sa.Boolean(), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("records", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name="fk_gate_list_pass_event_id_event"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_gate_list_pass"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_gate_list_pass_event_id", "gate_list_pass", ["event_id"])
    under_way = sa.text("completed_at IS NULL")
    op.create_index(
        "uq_gate_list_pass_under_way",
        "gate_list_pass",
        ["event_id"],
        unique=True,
        sqlite_where=under_way,
        postgresql_where=under_way,
    )
    op.create_table(
        "gate_list_segment",
        sa.Column("mark", sa.String(length=43), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("pass_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("records", sa.Integer(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("first", sa.String(length=32), nullable=False),
        sa.Column("last", sa.String(length=32), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name="fk_gate_list_segment_event_id_event"
        ),
        sa.ForeignKeyConstraint(
            ["pass_id"], ["gate_list_pass.id"], name="fk_gate_list_segment_pass_id_gate_list_pass"
        ),
        sa.PrimaryKeyConstraint("mark", name="pk_gate_list_segment"),
        sa.UniqueConstraint("pass_id", "number", name="uq_gate_list_segment_pass_id_number"),
    )


def downgrade() -> None:
    op.drop_table("gate_list_segment")
    op.drop_index("uq_gate_list_pass_under_way", table_name="gate_list_pass")
    op.drop_index("ix_gate_list_pass_event_id", table_name="gate_list_pass")
    op.drop_table("gate_list_pass")
