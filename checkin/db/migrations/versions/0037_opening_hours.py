"""days have doors of their own, gates and categories hours, and a stay belongs to its day"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

_COLUMNS = ("doors_open_at", "doors_close_at", "reserve_from")
_INSIDE = sa.text("annulled_at IS NULL AND exited_at IS NULL")


def upgrade() -> None:
    with op.batch_alter_table("event_day") as batch:
        for name in _COLUMNS:
            batch.add_column(sa.Column(name, sa.DateTime(timezone=True)))
        batch.create_check_constraint(
            op.f("ck_event_day_doors"), "doors_close_at IS NULL OR doors_close_at > doors_open_at"
        )
    op.execute(
        "UPDATE event_day SET (doors_open_at, doors_close_at, reserve_from) ="
        " (SELECT doors_open_at, doors_close_at, reserve_from FROM event"
        " WHERE event.id = event_day.event_id)"
    )
    _add_hours()
    _index_inside(["participant_id", "day"])
    _send_entries_again()


def _add_hours() -> None:
    op.create_table(
        "opening_hours",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("gate_id", sa.Integer(), nullable=True),
        sa.Column("category_id", sa.Integer(), nullable=True),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("closes_at > opens_at", name=op.f("ck_opening_hours_times")),
        sa.CheckConstraint(
            "(gate_id IS NULL) <> (category_id IS NULL)", name=op.f("ck_opening_hours_whose")
        ),
        sa.ForeignKeyConstraint(
            ["event_id", "category_id"],
            ["category.event_id", "category.id"],
            name=op.f("fk_opening_hours_event_id_category_id_category"),
        ),
        sa.ForeignKeyConstraint(
            ["event_id", "gate_id"],
            ["gate.event_id", "gate.id"],
            name=op.f("fk_opening_hours_event_id_gate_id_gate"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opening_hours")),
    )
    op.create_index(op.f("ix_opening_hours_event_id"), "opening_hours", ["event_id"])


def _send_entries_again() -> None:
    """Let devices get every entry anew: it tells the category, by which hours are looked up."""
    op.execute("UPDATE event SET list_version = list_version + 1 WHERE purged_at IS NULL")
    op.execute(
        "UPDATE badge SET list_version ="
        " (SELECT list_version FROM event WHERE event.id = badge.event_id)"
        " WHERE revoked_at IS NULL"
    )


def _index_inside(columns: list[str]) -> None:
    op.drop_index("uq_admission_inside", table_name="admission")
    op.create_index(
        "uq_admission_inside",
        "admission",
        columns,
        unique=True,
        sqlite_where=_INSIDE,
        postgresql_where=_INSIDE,
    )


def downgrade() -> None:
    _index_inside(["participant_id"])
    op.drop_table("opening_hours")
    with op.batch_alter_table("event_day") as batch:
        batch.drop_constraint(op.f("ck_event_day_doors"), type_="check")
        for name in reversed(_COLUMNS):
            batch.drop_column(name)
