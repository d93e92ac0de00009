"""what devices tell of scans set aside, of a lost memory, and by which a copy of one is found out"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0052"
down_revision = "0051"
branch_labels = None
depends_on = None

_COLUMNS = (
    ("set_aside", sa.Integer()),
    ("again_at", sa.DateTime(timezone=True)),
    ("turn", sa.BigInteger()),
    ("turn_run", sa.String(length=32)),
    ("copied_at", sa.DateTime(timezone=True)),
    ("memory_lost_at", sa.DateTime(timezone=True)),
    ("memory_saved", sa.Integer()),
)


def upgrade() -> None:
    for name, kind in _COLUMNS:
        op.add_column("device", sa.Column(name, kind, nullable=True))


def downgrade() -> None:
    for name, _ in reversed(_COLUMNS):
        op.drop_column("device", name)
