"""who may search for names and how often; who is to be checked; badges that leave later"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

_UNCHECKED = sa.text("unchecked_as IS NOT NULL")


def upgrade() -> None:
    _let_devices_search()
    _keep_who_is_to_be_checked()
    op.execute(
        "ALTER TABLE event ADD COLUMN badge_delay_s INTEGER DEFAULT 600 NOT NULL"
        " CONSTRAINT ck_event_badge_delay_s CHECK (badge_delay_s >= 0)"
    )
    op.add_column("participant", sa.Column("badge_from", sa.DateTime(timezone=True)))


def _let_devices_search() -> None:
    for table, column, default in (
        ("gate", "help_desk", sa.false()),
        ("device", "may_search", sa.true()),
        ("event", "gates_may_search", sa.true()),
        ("event", "search_while_closed", sa.false()),
    ):
        op.add_column(
            table, sa.Column(column, sa.Boolean(), nullable=False, server_default=default)
        )
    op.add_column("device", sa.Column("search_granted_at", sa.DateTime(timezone=True)))
    # Each constraint with its column, because SQLite takes none afterwards.
    for name, people in (("search_budget_gate", 60), ("search_budget_desk", 600)):
        op.execute(
            f"ALTER TABLE event ADD COLUMN {name} INTEGER DEFAULT {people} NOT NULL"
            f" CONSTRAINT ck_event_{name} CHECK ({name} >= 0)"
        )
    op.create_table(
        "shown_person",
        sa.Column("device_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("participant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("shown_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id", "device_id"],
            ["device.event_id", "device.id"],
            name=op.f("fk_shown_person_event_id_device_id_device"),
        ),
        sa.ForeignKeyConstraint(
            ["event_id", "participant_id"],
            ["participant.event_id", "participant.id"],
            name=op.f("fk_shown_person_event_id_participant_id_participant"),
        ),
        sa.PrimaryKeyConstraint("device_id", "participant_id", name=op.f("pk_shown_person")),
    )
    op.create_index(
        op.f("ix_shown_person_event_id_shown_at"), "shown_person", ["event_id", "shown_at"]
    )


def _keep_who_is_to_be_checked() -> None:
    op.execute(
        "ALTER TABLE participant ADD COLUMN unchecked_as VARCHAR"
        " CONSTRAINT ck_participant_unchecked_as"
        " CHECK (unchecked_as IN ('confirmed', 'reserve', 'canceled'))"
    )
    op.execute(
        "ALTER TABLE participant ADD COLUMN unchecked_no INTEGER"
        " CONSTRAINT ck_participant_unchecked"
        " CHECK (unchecked_as IS NULL OR standing = 'canceled')"
        " CONSTRAINT ck_participant_unchecked_no"
        " CHECK ((coalesce(unchecked_as, '') = 'reserve') = (unchecked_no IS NOT NULL))"
    )
    op.create_index(
        "ix_participant_unchecked",
        "participant",
        ["event_id", "delegation_id"],
        sqlite_where=_UNCHECKED,
        postgresql_where=_UNCHECKED,
    )


def downgrade() -> None:
    op.drop_index("ix_participant_unchecked", "participant")
    # First the column that SQLite keeps the constraints of both with.
    for column in ("unchecked_no", "unchecked_as", "badge_from"):
        op.drop_column("participant", column)
    op.drop_index(op.f("ix_shown_person_event_id_shown_at"), "shown_person")
    op.drop_table("shown_person")
    for table, columns in (
        (
            "event",
            (
                *("badge_delay_s", "search_budget_desk", "search_budget_gate"),
                *("search_while_closed", "gates_may_search"),
            ),
        ),
        ("device", ("search_granted_at", "may_search")),
        ("gate", ("help_desk",)),
    ):
        for column in columns:
            op.drop_column(table, column)
