"""two records of one person are merged into one"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

_TABLES = ("scan", "admission")

# A scan that was decided before a merge is written after it: it waits for the merge, fails, and is
# decided again. SQLite has one writer at a time and decides in the transaction that writes.
_REFUSE = """
CREATE FUNCTION refuse_merged_participant() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM participant
        WHERE id = NEW.participant_id AND merged_into IS NULL FOR KEY SHARE;
    IF NOT FOUND THEN
        RAISE foreign_key_violation USING MESSAGE = 'this participant was merged into another one';
    END IF;
    RETURN NEW;
END $$
"""


def _is_postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def upgrade() -> None:
    # With the column, because SQLite takes no constraint afterwards.
    op.execute(
        "ALTER TABLE participant ADD COLUMN merged_into INTEGER"
        " CONSTRAINT fk_participant_merged_into_participant REFERENCES participant (id)"
        " CONSTRAINT ck_participant_merged CHECK"
        " (merged_into IS NULL OR standing = 'canceled')"
    )
    merged = sa.text("merged_into IS NOT NULL")
    op.create_index(
        "ix_participant_merged_into",
        "participant",
        ["merged_into"],
        sqlite_where=merged,
        postgresql_where=merged,
    )
    _create_merged_record()
    if _is_postgresql():
        op.execute(_REFUSE)
        for table in _TABLES:
            op.execute(
                f"CREATE TRIGGER refuse_merged BEFORE INSERT ON {table} FOR EACH ROW"
                " WHEN (NEW.participant_id IS NOT NULL)"
                " EXECUTE FUNCTION refuse_merged_participant()"
            )


def _create_merged_record() -> None:
    op.create_table(
        "merged_record",
        sa.Column("participant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("kept_id", sa.Integer(), nullable=False),
        sa.Column("merged_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("merged_by", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("former", sa.JSON(), nullable=False),
        sa.CheckConstraint("kept_id != participant_id", name=op.f("ck_merged_record_two")),
        sa.ForeignKeyConstraint(
            ["event_id", "participant_id"],
            ["participant.event_id", "participant.id"],
            name=op.f("fk_merged_record_event_id_participant_id_participant"),
        ),
        sa.ForeignKeyConstraint(
            ["event_id", "kept_id"],
            ["participant.event_id", "participant.id"],
            name=op.f("fk_merged_record_event_id_kept_id_participant"),
        ),
        sa.ForeignKeyConstraint(
            ["merged_by"], ["operator.id"], name=op.f("fk_merged_record_merged_by_operator")
        ),
        sa.PrimaryKeyConstraint("participant_id", name=op.f("pk_merged_record")),
    )
    op.create_index(
        op.f("ix_merged_record_event_id_kept_id"), "merged_record", ["event_id", "kept_id"]
    )


def downgrade() -> None:
    if _is_postgresql():
        for table in _TABLES:
            op.execute(f"DROP TRIGGER refuse_merged ON {table}")
        op.execute("DROP FUNCTION refuse_merged_participant()")
    op.drop_table("merged_record")
    op.drop_index("ix_participant_merged_into", table_name="participant")
    op.drop_column("participant", "merged_into")
