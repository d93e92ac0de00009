"""the activity log of an event is read from an index, in its order"""

from __future__ import annotations

from alembic import op

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None

_LOG = ("ix_activity_event_id_id", "activity", ("event_id", "id"))


def upgrade() -> None:
    name, table, columns = _LOG
    op.create_index(name, table, list(columns))


def downgrade() -> None:
    name, table, _columns = _LOG
    op.drop_index(name, table_name=table)
