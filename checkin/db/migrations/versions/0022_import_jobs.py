"""an uploaded list has a job, a review in pages, and a standing; those of before are deleted"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # They are kept for two hours, and only their uploaders' browsers could read them.
    op.drop_table("import_draft")
    op.create_table(
        "import_draft",
        *_columns(),
        sa.Column("summary", sa.LargeBinary(), nullable=True),
        sa.Column("standing", sa.JSON(), nullable=True),
        sa.Column("job_id", sa.Integer(), nullable=True),
        *_constraints(),
        sa.ForeignKeyConstraint(
            ["job_id"], ["job.id"], name=op.f("fk_import_draft_job_id_job"), ondelete="SET NULL"
        ),
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


def downgrade() -> None:
    op.drop_table("import_page")
    op.drop_table("import_draft")
    op.create_table("import_draft", *_columns(), *_constraints())


def _columns() -> list[sa.Column[object]]:
    return [
        sa.Column("id", sa.LargeBinary(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("delegation_id", sa.Integer(), nullable=False),
        sa.Column("operator_id", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
    ]


def _constraints() -> list[sa.Constraint]:
    return [
        sa.ForeignKeyConstraint(
            ["event_id", "delegation_id"],
            ["delegation.event_id", "delegation.id"],
            name=op.f("fk_import_draft_event_id_delegation_id_delegation"),
        ),
        sa.ForeignKeyConstraint(
            ["operator_id"], ["operator.id"], name=op.f("fk_import_draft_operator_id_operator")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_draft")),
    ]
