"""a device may have several leases of which it uses one"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_NOT_ENDED = sa.text("ended_at IS NULL")


def upgrade() -> None:
    op.drop_index("uq_lease_held", table_name="lease")
    op.create_index(
        "ix_lease_held",
        "lease",
        ["device_id"],
        unique=False,
        sqlite_where=_NOT_ENDED,
        postgresql_where=_NOT_ENDED,
    )


def downgrade() -> None:
    # One lease a device again: the older ones end, as they did before.
    op.execute(
        "UPDATE lease SET ended_at = granted_at WHERE ended_at IS NULL AND EXISTS (SELECT 1 FROM"
        " lease AS newer WHERE newer.device_id = lease.device_id AND newer.ended_at IS NULL AND"
        " (newer.granted_at > lease.granted_at"
        " OR (newer.granted_at = lease.granted_at AND newer.id > lease.id)))"
    )
    op.drop_index("ix_lease_held", table_name="lease")
    op.create_index(
        "uq_lease_held",
        "lease",
        ["device_id"],
        unique=True,
        sqlite_where=_NOT_ENDED,
        postgresql_where=_NOT_ENDED,
    )
