"""a participant is blocked by somebody, at a moment and for a reason"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("participant", sa.Column("blocked_at", sa.DateTime(timezone=True)))
    op.add_column("participant", sa.Column("blocked_reason", sa.String()))
    op.execute(
        "UPDATE participant SET blocked_at = registered_at, blocked_reason = '' WHERE blocked"
    )
    # With the column, because SQLite takes no constraint afterwards; it is right of all rows by now.
    op.execute(
        "ALTER TABLE participant ADD COLUMN blocked_by INTEGER"
        " CONSTRAINT fk_participant_blocked_by_operator REFERENCES operator (id)"
        " CONSTRAINT ck_participant_blocked CHECK"
        " (blocked = (blocked_at IS NOT NULL) AND blocked = (blocked_reason IS NOT NULL))"
    )


def downgrade() -> None:
    # First the column that SQLite keeps the constraint with; PostgreSQL drops it with any of them.
    op.drop_column("participant", "blocked_by")
    op.drop_column("participant", "blocked_reason")
    op.drop_column("participant", "blocked_at")
