"""an event says since when its gates rehearse"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("event", sa.Column("rehearsal_since", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("event", "rehearsal_since")
