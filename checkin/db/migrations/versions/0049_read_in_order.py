"""arrivals of a delegation and the activity log of an event are read from indexes, in their order"""

from __future__ import annotations

from alembic import op

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None

_LOG = ("ix_activity_event_id_id", "activity", ("event_id", "id"))
_BY_NAME = (
    "ix_participant_delegation_id_folded_name_standing",
    "participant",
    ("delegation_id", "folded_name", "standing"),
)
# The new one begins with the same columns.
_FORMER = (
    "ix_participant_delegation_id_folded_name",
    "participant",
    ("delegation_id", "folded_name"),
)


def upgrade() -> None:
    for name, table, columns in (_LOG, _BY_NAME):
        op.create_index(name, table, list(columns))
    op.drop_index(_FORMER[0], table_name=_FORMER[1])


def downgrade() -> None:
    name, table, columns = _FORMER
    op.create_index(name, table, list(columns))
    for name, table, _columns in (_LOG, _BY_NAME):
        op.drop_index(name, table_name=table)
