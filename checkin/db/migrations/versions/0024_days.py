"""an event has days; admissions and the counts of arrivals name theirs"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

#: the keys of the counts, without the day
KEYS = {
    "arrival_tally": ["delegation_id", "gate_id", "device_id"],
    "refusal_tally": ["gate_id", "device_id"],
    "hourly_arrivals": ["delegation_id", "gate_id", "hour_at"],
}
#: who those were whose arrivals are kept by the hour
KINDS = ("arrived_reserve", "arrived_canceled", "overrides", "walk_ins")
STANDS = sa.text("annulled_at IS NULL")
UNCONFIRMED = sa.text("standing <> 'confirmed'")


def upgrade() -> None:
    _add_days()
    op.execute(
        "ALTER TABLE admission ADD COLUMN day INTEGER NOT NULL DEFAULT 1"
        " CONSTRAINT ck_admission_day CHECK (day >= 1)"
    )
    _index_entries(["participant_id", "day", "entry_no"])
    for table, key in KEYS.items():
        op.add_column(table, sa.Column("day", sa.Integer(), nullable=False, server_default="1"))
        _set_key(table, [*key, "day"])
    _add_last_arrivals()
    _index_unconfirmed(["delegation_id", "standing"])
    for name in KINDS:
        op.add_column(
            "hourly_arrivals", sa.Column(name, sa.Integer(), nullable=False, server_default="0")
        )


def _add_days() -> None:
    op.create_table(
        "event_day",
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("day >= 1", name=op.f("ck_event_day_day")),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_event_day_event_id_event")
        ),
        sa.PrimaryKeyConstraint("event_id", "day", name=op.f("pk_event_day")),
    )
    op.execute(
        "INSERT INTO event_day (event_id, day, starts_at, ends_at)"
        " SELECT id, 1, starts_at, ends_at FROM event"
    )


def _add_last_arrivals() -> None:
    """Look the last arrivals up; of purged events only the last scan is known."""
    op.add_column("arrival_tally", sa.Column("last_arrival_at", sa.DateTime(timezone=True)))
    op.execute(
        "UPDATE arrival_tally SET last_arrival_at = coalesce(("
        "SELECT max(admitted_at) FROM admission WHERE entry_no = 1 AND annulled_at IS NULL"
        " AND admission.delegation_id = arrival_tally.delegation_id"
        " AND admission.gate_id = arrival_tally.gate_id"
        " AND admission.device_id = arrival_tally.device_id), last_scan_at)"
        " WHERE arrived > 0"
    )


def _set_key(table: str, columns: list[str]) -> None:
    with op.batch_alter_table(table) as batch:
        batch.drop_constraint(op.f(f"pk_{table}"), type_="primary")
        batch.create_primary_key(op.f(f"pk_{table}"), columns)


def _index_unconfirmed(columns: list[str]) -> None:
    op.drop_index("ix_participant_unconfirmed", table_name="participant")
    op.create_index(
        "ix_participant_unconfirmed",
        "participant",
        columns,
        sqlite_where=UNCONFIRMED,
        postgresql_where=UNCONFIRMED,
    )


def _index_entries(columns: list[str]) -> None:
    op.drop_index("uq_admission_entry", table_name="admission")
    op.create_index(
        "uq_admission_entry",
        "admission",
        columns,
        unique=True,
        sqlite_where=STANDS,
        postgresql_where=STANDS,
    )


def downgrade() -> None:
    for name in KINDS:
        op.drop_column("hourly_arrivals", name)
    op.drop_column("arrival_tally", "last_arrival_at")
    for table, key in KEYS.items():
        _set_key(table, key)
        op.drop_column(table, "day")
    _index_unconfirmed(["delegation_id"])
    _index_entries(["participant_id", "entry_no"])
    with op.batch_alter_table("admission") as batch:
        batch.drop_constraint(op.f("ck_admission_day"), type_="check")
        batch.drop_column("day")
    op.drop_table("event_day")
