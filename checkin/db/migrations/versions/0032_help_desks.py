"""a device can be a help desk, which holds the people of the event under a key of its own"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("device", sa.Column("desk_salt", sa.LargeBinary(16)))
    op.add_column("pairing", sa.Column("help_desk", sa.Boolean()))


def downgrade() -> None:
    op.drop_column("pairing", "help_desk")
    op.drop_column("device", "desk_salt")
