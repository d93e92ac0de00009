"""the page where people ask for their badge; what was done to reach them by telephone"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None

_KINDS = "'badge', 'confirmed', 'moved', 'replaced', 'changed', 'canceled', 'reserve', 'written'"
_MORE_KINDS = _KINDS.replace("'written'", "'found', 'written'")


def upgrade() -> None:
    for table in ("message", "announcement_person"):
        _check(table, _KINDS, _MORE_KINDS)
    op.add_column(
        "event", sa.Column("finds_badges", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.add_column("event", sa.Column("map_point", sa.String(), nullable=False, server_default=""))
    op.create_table(
        "outreach",
        sa.Column("participant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("badge_id", sa.Uuid()),
        sa.Column("shared_at", sa.DateTime(timezone=True)),
        sa.Column("shared_by", sa.String()),
        sa.Column("sharer_id", sa.Integer()),
        sa.Column("asked_at", sa.DateTime(timezone=True)),
        sa.Column("call_result", sa.String()),
        sa.Column("called_at", sa.DateTime(timezone=True)),
        sa.Column("caller_id", sa.Integer()),
        sa.PrimaryKeyConstraint("participant_id", name=op.f("pk_outreach")),
        sa.ForeignKeyConstraint(
            ["event_id", "participant_id"],
            ["participant.event_id", "participant.id"],
            name=op.f("fk_outreach_event_id_participant_id_participant"),
        ),
        sa.ForeignKeyConstraint(
            ["badge_id"], ["badge.id"], name=op.f("fk_outreach_badge_id_badge")
        ),
        sa.ForeignKeyConstraint(
            ["sharer_id"], ["operator.id"], name=op.f("fk_outreach_sharer_id_operator")
        ),
        sa.ForeignKeyConstraint(
            ["caller_id"], ["operator.id"], name=op.f("fk_outreach_caller_id_operator")
        ),
        sa.CheckConstraint("shared_by IN ('whatsapp', 'sms')", name=op.f("ck_outreach_shared_by")),
        sa.CheckConstraint(
            "call_result IN ('called', 'coming', 'not_coming')",
            name=op.f("ck_outreach_call_result"),
        ),
        sa.CheckConstraint(
            "(badge_id IS NULL) = (shared_at IS NULL) AND (badge_id IS NULL) = (shared_by IS NULL)",
            name=op.f("ck_outreach_shared"),
        ),
        sa.CheckConstraint(
            "(call_result IS NULL) = (called_at IS NULL)", name=op.f("ck_outreach_called")
        ),
    )
    op.create_index(op.f("ix_outreach_event_id"), "outreach", ["event_id"])
    op.create_table(
        "badge_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_badge_request")),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_badge_request_event_id_event")
        ),
    )
    op.create_index(op.f("ix_badge_request_event_id"), "badge_request", ["event_id"])


def downgrade() -> None:
    op.drop_table("badge_request")
    op.drop_table("outreach")
    op.drop_column("event", "map_point")
    op.drop_column("event", "finds_badges")
    op.execute("UPDATE message SET kind = 'badge' WHERE kind = 'found'")
    for table in ("message", "announcement_person"):
        _check(table, _MORE_KINDS, _KINDS)


def _check(table: str, before: str, after: str) -> None:
    """Let the column `kind` take other values: on SQLite its sentence is changed where it stands.

    A copy of the table would take as long as the messages are many. See
    https://www.sqlite.org/lang_altertable.html#otheralter: no row is laid out otherwise.
    """
    name, sentence = op.f(f"ck_{table}_kind"), "kind IN ({})".format
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint(name, table)
        op.create_check_constraint(name, table, sentence(after))
        return
    [version] = op.get_bind().exec_driver_sql("PRAGMA schema_version").scalars()
    for statement, values in (
        ("PRAGMA writable_schema = 1", ()),
        (
            "UPDATE sqlite_master SET sql = replace(sql, ?, ?) WHERE type = 'table' AND name = ?",
            (sentence(before), sentence(after), table),
        ),
        (f"PRAGMA schema_version = {version + 1}", ()),
        ("PRAGMA writable_schema = 0", ()),
    ):
        op.get_bind().exec_driver_sql(statement, values)
