"""leases, and the note of a decided conflict"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

NOT_ENDED = sa.text("ended_at IS NULL")
UNCONFIRMED = sa.text("standing <> 'confirmed'")


def upgrade() -> None:
    op.create_table(
        "lease",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("device_id", sa.Integer(), nullable=False),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("hall", sa.Integer(), nullable=True),
        sa.Column("hall_used", sa.Integer(), nullable=False),
        sa.CheckConstraint("expires_at > granted_at", name=op.f("ck_lease_life")),
        sa.CheckConstraint(
            "hall_used >= 0 AND hall_used <= coalesce(hall, 0)", name=op.f("ck_lease_hall_used")
        ),
        sa.ForeignKeyConstraint(
            ["event_id", "device_id"],
            ["device.event_id", "device.id"],
            name=op.f("fk_lease_event_id_device_id_device"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lease")),
    )
    op.create_index(
        "uq_lease_held",
        "lease",
        ["device_id"],
        unique=True,
        sqlite_where=NOT_ENDED,
        postgresql_where=NOT_ENDED,
    )
    op.create_index(
        "ix_lease_not_ended",
        "lease",
        ["event_id"],
        unique=False,
        sqlite_where=NOT_ENDED,
        postgresql_where=NOT_ENDED,
    )
    op.create_table(
        "lease_place",
        sa.Column("lease_id", sa.Uuid(), nullable=False),
        sa.Column("delegation_id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("places", sa.Integer(), nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.CheckConstraint("used >= 0 AND used <= places", name=op.f("ck_lease_place_used")),
        sa.ForeignKeyConstraint(
            ["event_id", "delegation_id"],
            ["delegation.event_id", "delegation.id"],
            name=op.f("fk_lease_place_event_id_delegation_id_delegation"),
        ),
        sa.ForeignKeyConstraint(
            ["lease_id"], ["lease.id"], name=op.f("fk_lease_place_lease_id_lease")
        ),
        sa.PrimaryKeyConstraint("lease_id", "delegation_id", name=op.f("pk_lease_place")),
    )
    op.create_index(
        "ix_participant_unconfirmed",
        "participant",
        ["delegation_id"],
        unique=False,
        sqlite_where=UNCONFIRMED,
        postgresql_where=UNCONFIRMED,
    )
    op.add_column("conflict", sa.Column("note", sa.String(), nullable=True))


def downgrade() -> None:
    op.drop_column("conflict", "note")
    op.drop_index("ix_participant_unconfirmed", table_name="participant")
    op.drop_table("lease_place")
    op.drop_index("ix_lease_not_ended", table_name="lease")
    op.drop_index("uq_lease_held", table_name="lease")
    op.drop_table("lease")
