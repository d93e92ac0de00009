"""a sheet at an address, who was in it, and what of it waits for a person"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None

_KINDS = "kind IN ('question', 'change', 'gone')"


def upgrade() -> None:
    op.create_table(
        "sheet_source",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("operator_id", sa.Integer(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("host", sa.String(), nullable=False),
        sa.Column("every_minutes", sa.Integer(), nullable=False),
        sa.Column("draft_id", sa.LargeBinary(32), nullable=True),
        sa.Column("choices", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("etag", sa.String(), nullable=True),
        sa.Column("modified", sa.String(), nullable=True),
        sa.Column("digest", sa.LargeBinary(32), nullable=True),
        sa.Column("tried_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("fetched_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("problem", sa.String(), nullable=True),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("added", sa.Integer(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "every_minutes BETWEEN 5 AND 1440", name=op.f("ck_sheet_source_every_minutes")
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_sheet_source_event_id_event")
        ),
        sa.ForeignKeyConstraint(
            ["operator_id"], ["operator.id"], name=op.f("fk_sheet_source_operator_id_operator")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sheet_source")),
        sa.UniqueConstraint("event_id", name=op.f("uq_sheet_source_event_id")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "sheet_person",
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("participant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["source_id"],
            ["sheet_source.id"],
            name=op.f("fk_sheet_person_source_id_sheet_source"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["event_id", "participant_id"],
            ["participant.event_id", "participant.id"],
            name=op.f("fk_sheet_person_event_id_participant_id_participant"),
        ),
        sa.PrimaryKeyConstraint("source_id", "participant_id", name=op.f("pk_sheet_person")),
    )
    op.create_index(op.f("ix_sheet_person_participant_id"), "sheet_person", ["participant_id"])
    op.create_table(
        "sheet_decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("mark", sa.LargeBinary(32), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("participant_id", sa.Integer(), nullable=True),
        sa.Column("is_acceptable", sa.Boolean(), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("dismissed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(_KINDS, name=op.f("ck_sheet_decision_kind")),
        sa.ForeignKeyConstraint(
            ["source_id"],
            ["sheet_source.id"],
            name=op.f("fk_sheet_decision_source_id_sheet_source"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_sheet_decision_event_id_event")
        ),
        sa.ForeignKeyConstraint(
            ["event_id", "participant_id"],
            ["participant.event_id", "participant.id"],
            name=op.f("fk_sheet_decision_event_id_participant_id_participant"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sheet_decision")),
        sa.UniqueConstraint("source_id", "mark", name=op.f("uq_sheet_decision_source_id_mark")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_sheet_decision_participant_id"), "sheet_decision", ["participant_id"])


def downgrade() -> None:
    op.drop_table("sheet_decision")
    op.drop_table("sheet_person")
    op.drop_table("sheet_source")
