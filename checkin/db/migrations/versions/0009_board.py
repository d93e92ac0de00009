"""devices say what waits and how old their list is; stops of all entries"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

NOT_LIFTED = sa.text("lifted_at IS NULL")


def upgrade() -> None:
    op.add_column("device", sa.Column("waiting", sa.Integer(), nullable=True))
    op.add_column("device", sa.Column("list_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "entry_stop",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("message_fr", sa.String(), nullable=False),
        sa.Column("message_ar", sa.String(), nullable=False),
        sa.Column("message_en", sa.String(), nullable=False),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stopped_by", sa.Integer(), nullable=False),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lifted_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_entry_stop_event_id_event")
        ),
        sa.ForeignKeyConstraint(
            ["stopped_by"], ["operator.id"], name=op.f("fk_entry_stop_stopped_by_operator")
        ),
        sa.ForeignKeyConstraint(
            ["lifted_by"], ["operator.id"], name=op.f("fk_entry_stop_lifted_by_operator")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entry_stop")),
    )
    op.create_index(
        "uq_entry_stop_open",
        "entry_stop",
        ["event_id"],
        unique=True,
        sqlite_where=NOT_LIFTED,
        postgresql_where=NOT_LIFTED,
    )


def downgrade() -> None:
    op.drop_table("entry_stop")
    op.drop_column("device", "list_at")
    op.drop_column("device", "waiting")
