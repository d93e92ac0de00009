"""hubs, which serve the gates of a hall while the line to this server is down"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0054"
down_revision = "0053"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _create_hub()
    _create_hub_pairing()
    _create_hub_device()
    _create_hub_scan()
    op.add_column(
        "walk_in", sa.Column("on_loan", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.create_index(
        "ix_walk_in_on_loan",
        "walk_in",
        ["participant_id"],
        sqlite_where=sa.text("on_loan = 1"),
        postgresql_where=sa.text("on_loan"),
    )


def _create_hub() -> None:
    op.create_table(
        "hub",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("device_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("software", sa.String(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("public_key", sa.String(), nullable=False),
        sa.Column("authority", sa.Text(), nullable=False),
        sa.Column("addresses", sa.JSON(), nullable=False),
        sa.Column("paired_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("wiped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reported", sa.JSON(none_as_null=True), nullable=True),
        sa.CheckConstraint("wiped_at IS NULL OR revoked_at IS NOT NULL", name=op.f("ck_hub_wiped")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_hub_event_id_event")),
        sa.ForeignKeyConstraint(
            ["event_id", "device_id"],
            ["device.event_id", "device.id"],
            name=op.f("fk_hub_event_id_device_id_device"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hub")),
        sa.UniqueConstraint("event_id", "id", name=op.f("uq_hub_event_id_id")),
        sa.UniqueConstraint("device_id", name=op.f("uq_hub_device_id")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_hub_token_hash")),
        sqlite_autoincrement=True,
    )


def _create_hub_pairing() -> None:
    op.create_table(
        "hub_pairing",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("hub_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_hub_pairing_event_id_event")
        ),
        sa.ForeignKeyConstraint(["hub_id"], ["hub.id"], name=op.f("fk_hub_pairing_hub_id_hub")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hub_pairing")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_hub_pairing_code_hash")),
        sa.UniqueConstraint("hub_id", name=op.f("uq_hub_pairing_hub_id")),
    )
    op.create_index(op.f("ix_hub_pairing_event_id"), "hub_pairing", ["event_id"])


def _create_hub_device() -> None:
    op.create_table(
        "hub_device",
        sa.Column("hub_id", sa.Integer(), nullable=False),
        sa.Column("local_id", sa.BigInteger(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("device_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id", "hub_id"],
            ["hub.event_id", "hub.id"],
            name=op.f("fk_hub_device_event_id_hub_id_hub"),
        ),
        sa.ForeignKeyConstraint(
            ["event_id", "device_id"],
            ["device.event_id", "device.id"],
            name=op.f("fk_hub_device_event_id_device_id_device"),
        ),
        sa.PrimaryKeyConstraint("hub_id", "local_id", name=op.f("pk_hub_device")),
        sa.UniqueConstraint("device_id", name=op.f("uq_hub_device_device_id")),
    )
    op.create_index(op.f("ix_hub_device_event_id"), "hub_device", ["event_id"])


def _create_hub_scan() -> None:
    op.create_table(
        "hub_scan",
        sa.Column("hub_id", sa.Integer(), nullable=False),
        sa.Column("scan_pk", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id", "hub_id"],
            ["hub.event_id", "hub.id"],
            name=op.f("fk_hub_scan_event_id_hub_id_hub"),
        ),
        sa.ForeignKeyConstraint(["scan_pk"], ["scan.id"], name=op.f("fk_hub_scan_scan_pk_scan")),
        sa.PrimaryKeyConstraint("hub_id", "scan_pk", name=op.f("pk_hub_scan")),
    )
    op.create_index(op.f("ix_hub_scan_event_id"), "hub_scan", ["event_id"])
    op.create_index(op.f("ix_hub_scan_scan_pk"), "hub_scan", ["scan_pk"])


def downgrade() -> None:
    op.drop_index("ix_walk_in_on_loan", "walk_in")
    op.drop_column("walk_in", "on_loan")
    for table in ("hub_scan", "hub_device", "hub_pairing", "hub"):
        op.drop_table(table)
