"""the log knows whom it is about; who registered, what was overridden, when a badge was opened"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

_REASONS = (
    "'invalid', 'wrong_event', 'revoked', 'canceled', 'blocked', 'wrong_gate', 'invalid_time', "
    "'unapproved', 'already_redeemed', 'quota_exceeded', 'capacity_exceeded', 'checkout_required'"
)
#: the number of a participant within the details of an entry, and the details without or with it
_TOLD = {
    "sqlite": "json_extract(details, '$.participant_id')",
    "postgresql": "CAST(details ->> 'participant_id' AS INTEGER)",
}
_WITHOUT = {
    "sqlite": "json_remove(details, '$.participant_id')",
    "postgresql": "CAST(CAST(details AS JSONB) - 'participant_id' AS JSON)",
}
_WITH = {
    "sqlite": "json_set(details, '$.participant_id', participant_id)",
    "postgresql": "CAST(jsonb_set(CAST(details AS JSONB), '{participant_id}',"
    " to_jsonb(participant_id)) AS JSON)",
}


def upgrade() -> None:
    # With the column, because SQLite takes no constraint afterwards.
    op.execute(
        "ALTER TABLE activity ADD COLUMN participant_id INTEGER"
        " CONSTRAINT fk_activity_participant_id_participant REFERENCES participant (id)"
    )
    dialect = op.get_bind().dialect.name
    op.execute(
        f"UPDATE activity SET participant_id = {_TOLD[dialect]}, details = {_WITHOUT[dialect]}"  # noqa: S608
        f" WHERE {_TOLD[dialect]} IN (SELECT id FROM participant)"
    )
    op.create_index(op.f("ix_activity_participant_id"), "activity", ["participant_id"])
    op.execute(
        "ALTER TABLE participant ADD COLUMN registrar_id INTEGER"
        " CONSTRAINT fk_participant_registrar_id_operator REFERENCES operator (id)"
    )
    op.execute(
        "UPDATE participant SET registrar_id = (SELECT min(operator_id) FROM activity"
        " WHERE action = 'participant.register' AND participant_id = participant.id)"
    )
    op.execute(
        "ALTER TABLE scan ADD COLUMN overridden VARCHAR"
        f" CONSTRAINT ck_scan_overridden CHECK (overridden IN ({_REASONS}))"
    )
    op.create_index(
        "ix_scan_forced",
        "scan",
        ["event_id"],
        sqlite_where=sa.text("forced = 1"),
        postgresql_where=sa.text("forced"),
    )
    op.add_column("badge", sa.Column("opened_at", sa.DateTime(timezone=True)))
    op.add_column("badge", sa.Column("last_opened_at", sa.DateTime(timezone=True)))


def downgrade() -> None:
    op.drop_column("badge", "last_opened_at")
    op.drop_column("badge", "opened_at")
    op.drop_index("ix_scan_forced", table_name="scan")
    op.drop_column("scan", "overridden")
    op.drop_column("participant", "registrar_id")
    dialect = op.get_bind().dialect.name
    op.execute(
        f"UPDATE activity SET details = {_WITH[dialect]} WHERE participant_id IS NOT NULL"  # noqa: S608
    )
    op.drop_index(op.f("ix_activity_participant_id"), table_name="activity")
    op.drop_column("activity", "participant_id")
