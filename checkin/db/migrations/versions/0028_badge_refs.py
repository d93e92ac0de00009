"""badges have a name without their code, and scans say that they were named by it"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Filled by the program when it starts: a migration has no key.
    op.add_column("badge", sa.Column("ref", sa.LargeBinary(length=16)))
    op.create_index("uq_badge_ref", "badge", ["ref"], unique=True)
    op.add_column(
        "scan", sa.Column("by_ref", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    op.create_index(
        "ix_scan_by_ref",
        "scan",
        ["event_id", "received_at"],
        sqlite_where=sa.text("by_ref = 1"),
        postgresql_where=sa.text("by_ref"),
    )


def downgrade() -> None:
    op.drop_index("ix_scan_by_ref", table_name="scan")
    op.drop_column("scan", "by_ref")
    op.drop_index("uq_badge_ref", table_name="badge")
    op.drop_column("badge", "ref")
