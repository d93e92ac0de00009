"""lists of people, and counts of them, read indexes instead of rows"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None

_COUNTED = (
    *("event_id", "delegation_id", "standing", "category_id", "merged_into"),
    *("unchecked_as", "blocked", "no_mail", "badge_from", "email"),
)
#: name, table, columns, and of which rows
_INDEXES = (
    ("ix_participant_listed", "participant", ("event_id", "folded_name"), "merged_into IS NULL"),
    ("ix_participant_counted", "participant", _COUNTED, None),
    (
        "ix_message_delivered",
        "message",
        ("participant_id", "event_id", "kind", "state", "badge_id"),
        None,
    ),
    ("ix_badge_revoked", "badge", ("participant_id",), "revoked_at IS NOT NULL"),
)
# The new one of messages begins with the same column.
_FORMER = ("ix_message_participant_id", "message", ("participant_id",))


def upgrade() -> None:
    for name, table, columns, which in _INDEXES:
        rows = sa.text(which) if which else None
        op.create_index(name, table, list(columns), sqlite_where=rows, postgresql_where=rows)
    op.drop_index(_FORMER[0], table_name=_FORMER[1])


def downgrade() -> None:
    name, table, columns = _FORMER
    op.create_index(name, table, list(columns))
    for name, table, _columns, _which in _INDEXES:
        op.drop_index(name, table_name=table)
