"""devices tell how full their battery is"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("device", sa.Column("battery", sa.Integer()))
    op.add_column("device", sa.Column("charging", sa.Boolean()))


def downgrade() -> None:
    op.drop_column("device", "charging")
    op.drop_column("device", "battery")
