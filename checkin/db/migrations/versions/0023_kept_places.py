"""places kept for gates without the network, and until when a reserve list moves up"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

_ON_LOAN = sa.text("on_loan AND annulled_at IS NULL")


def upgrade() -> None:
    # Each with its column, because SQLite takes no constraint afterwards.
    op.execute(
        "ALTER TABLE delegation ADD COLUMN kept_places INTEGER"
        " CONSTRAINT ck_delegation_kept_places CHECK (kept_places >= 0)"
    )
    op.execute(
        "ALTER TABLE delegation ADD COLUMN kept_percent INTEGER"
        " CONSTRAINT ck_delegation_kept_percent CHECK (kept_percent >= 0 AND kept_percent <= 100)"
        " CONSTRAINT ck_delegation_kept CHECK (kept_places IS NULL OR kept_percent IS NULL)"
    )
    op.add_column("event", sa.Column("reserve_until", sa.DateTime(timezone=True)))
    op.add_column(
        "admission", sa.Column("on_loan", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.create_index(
        "ix_admission_on_loan",
        "admission",
        ["delegation_id"],
        sqlite_where=_ON_LOAN,
        postgresql_where=_ON_LOAN,
    )


def downgrade() -> None:
    op.drop_index("ix_admission_on_loan", "admission")
    op.drop_column("admission", "on_loan")
    op.drop_column("event", "reserve_until")
    # First the column that SQLite keeps the constraint of both with.
    op.drop_column("delegation", "kept_percent")
    op.drop_column("delegation", "kept_places")
