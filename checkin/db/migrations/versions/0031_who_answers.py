"""who answers for the personal data has a postal address, and a number at the CNDP"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

_COLUMNS = ("organiser_address", "cndp_number")


def upgrade() -> None:
    for name in _COLUMNS:
        op.add_column("event", sa.Column(name, sa.String(), nullable=False, server_default=""))


def downgrade() -> None:
    for name in reversed(_COLUMNS):
        op.drop_column("event", name)
