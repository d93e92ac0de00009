"""lists of a whole event, what their headings mean, what a list has done, categories asked for

Drafts of lists are deleted.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Drafts are kept for two hours, and only their uploaders' browsers could read them.
    op.drop_table("import_page")
    op.drop_table("import_draft")
    _create_drafts(is_of_one_delegation=False)
    op.create_table(
        "list_heading",
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("heading", sa.String(), nullable=False),
        sa.Column("meaning", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_list_heading_event_id_event")
        ),
        sa.PrimaryKeyConstraint("event_id", "heading", name=op.f("pk_list_heading")),
    )
    op.create_table(
        "category_wish",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("delegation_id", sa.Integer(), nullable=False),
        sa.Column("operator_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("folded", sa.String(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id", "delegation_id"],
            ["delegation.event_id", "delegation.id"],
            name=op.f("fk_category_wish_event_id_delegation_id_delegation"),
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_category_wish_event_id_event")
        ),
        sa.ForeignKeyConstraint(
            ["operator_id"], ["operator.id"], name=op.f("fk_category_wish_operator_id_operator")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_category_wish")),
        sa.UniqueConstraint(
            "delegation_id", "folded", name=op.f("uq_category_wish_delegation_id_folded")
        ),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "import_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("delegation_id", sa.Integer(), nullable=True),
        sa.Column("operator_id", sa.Integer(), nullable=True),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_back_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("taken_back_by", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(taken_back_at IS NULL) = (taken_back_by IS NULL)",
            name=op.f("ck_import_run_taken_back"),
        ),
        sa.ForeignKeyConstraint(
            ["event_id", "delegation_id"],
            ["delegation.event_id", "delegation.id"],
            name=op.f("fk_import_run_event_id_delegation_id_delegation"),
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_import_run_event_id_event")
        ),
        sa.ForeignKeyConstraint(
            ["operator_id"], ["operator.id"], name=op.f("fk_import_run_operator_id_operator")
        ),
        sa.ForeignKeyConstraint(
            ["taken_back_by"], ["operator.id"], name=op.f("fk_import_run_taken_back_by_operator")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_run")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_import_run_event_id"), "import_run", ["event_id"])
    op.create_table(
        "imported_row",
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("participant_id", sa.Integer(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=True),
        sa.Column("mark", sa.LargeBinary(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["event_id", "participant_id"],
            ["participant.event_id", "participant.id"],
            name=op.f("fk_imported_row_event_id_participant_id_participant"),
        ),
        sa.ForeignKeyConstraint(
            ["run_id"],
            ["import_run.id"],
            name=op.f("fk_imported_row_run_id_import_run"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("run_id", "number", name=op.f("pk_imported_row")),
    )
    op.create_index(op.f("ix_imported_row_participant_id"), "imported_row", ["participant_id"])


def downgrade() -> None:
    op.drop_table("imported_row")
    op.drop_table("import_run")
    op.drop_table("category_wish")
    op.drop_table("list_heading")
    op.drop_table("import_page")
    op.drop_table("import_draft")
    _create_drafts(is_of_one_delegation=True)


def _create_drafts(*, is_of_one_delegation: bool) -> None:
    source = [] if is_of_one_delegation else [sa.Column("source", sa.LargeBinary(), nullable=True)]
    op.create_table(
        "import_draft",
        sa.Column("id", sa.LargeBinary(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("delegation_id", sa.Integer(), nullable=not is_of_one_delegation),
        sa.Column("operator_id", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        *source,
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("summary", sa.LargeBinary(), nullable=True),
        sa.Column("standing", sa.JSON(), nullable=True),
        sa.Column("job_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["event_id", "delegation_id"],
            ["delegation.event_id", "delegation.id"],
            name=op.f("fk_import_draft_event_id_delegation_id_delegation"),
        ),
        sa.ForeignKeyConstraint(
            ["operator_id"], ["operator.id"], name=op.f("fk_import_draft_operator_id_operator")
        ),
        sa.ForeignKeyConstraint(
            ["job_id"], ["job.id"], name=op.f("fk_import_draft_job_id_job"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_draft")),
    )
    op.create_table(
        "import_page",
        sa.Column("draft_id", sa.LargeBinary(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["draft_id"],
            ["import_draft.id"],
            name=op.f("fk_import_page_draft_id_import_draft"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("draft_id", "action", "number", name=op.f("pk_import_page")),
    )
