"""epochs, scans of people whose registration is lost, devices that ask to be taken back

No number of an event, a gate, a delegation, a category or a bus is given twice on SQLite any more.
"""

from __future__ import annotations

import secrets
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0050"
down_revision = "0049"
branch_labels = None
depends_on = None

#: devices and links know their rows by number
_NUMBERED = ("event", "gate", "delegation", "category", "bus")
_KEY, _KEY_NEVER_REUSED = "PRIMARY KEY (id)", "PRIMARY KEY (id AUTOINCREMENT)"


def upgrade() -> None:
    _create_epochs()
    op.add_column("scan", sa.Column("lost_delegation_id", sa.Integer(), nullable=True))
    op.create_table(
        "returning_device",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("software", sa.String(), nullable=False),
        sa.Column("gate_id", sa.Integer(), nullable=False),
        sa.Column("gate_name", sa.String(), nullable=False),
        sa.Column("held", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_returning_device_event_id_event")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_returning_device")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_returning_device_token_hash")),
    )
    op.create_index(op.f("ix_returning_device_event_id"), "returning_device", ["event_id"])
    _rewrite_keys(_KEY, _KEY_NEVER_REUSED)


def _create_epochs() -> None:
    epochs = op.create_table(
        "epoch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("value", sa.String(length=32), nullable=False),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "cause IN ('first', 'restored', 'behind', 'heard')", name=op.f("ck_epoch_cause")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_epoch")),
        sa.UniqueConstraint("value", name=op.f("uq_epoch_value")),
    )
    now = datetime.now(UTC)
    first = {"value": secrets.token_hex(16), "cause": "first", "began_at": now}
    op.bulk_insert(epochs, [first])


def _rewrite_keys(old: str, new: str) -> None:
    connection = op.get_bind()
    if connection.dialect.name != "sqlite":  # whose sequences never go back
        return
    # What rows look like in the file stays the same, so the tables need not be copied, which
    # nothing that refers to them would survive: see “Making Other Kinds Of Table Schema Changes”
    # in SQLite's documentation of ALTER TABLE.
    version = connection.exec_driver_sql("PRAGMA schema_version").scalar_one()
    connection.exec_driver_sql("PRAGMA writable_schema=ON")
    for table in _NUMBERED:
        connection.exec_driver_sql(
            "UPDATE sqlite_master SET sql = replace(sql, ?, ?) WHERE type = 'table' AND name = ?",
            (old, new, table),
        )
    connection.exec_driver_sql(f"PRAGMA schema_version={version + 1}")
    connection.exec_driver_sql("PRAGMA writable_schema=RESET")


def downgrade() -> None:
    _rewrite_keys(_KEY_NEVER_REUSED, _KEY)
    op.drop_table("returning_device")
    op.drop_column("scan", "lost_delegation_id")
    op.drop_table("epoch")
