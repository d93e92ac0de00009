"""lists are put in order, and counted, from their indexes alone

SQLite uses a partial index only for the very words of its condition, so that the one of admissions on
loan is written as SQLite is asked for it.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None

_UNMERGED, _UNCONFIRMED = "merged_into IS NULL", "standing <> 'confirmed'"
_COUNTED = (
    *("event_id", "delegation_id", "standing", "category_id", "merged_into"),
    *("unchecked_as", "blocked", "no_mail", "badge_from", "email"),
)
_ACTIONS = "ix_activity_event_id_action"
_OF_DELEGATION = "ix_participant_delegation_id_folded_name"
#: names, columns before, columns now, and the condition of each index of participants
_INDEXES = (
    (
        "ix_participant_listed",
        ("event_id", "folded_name"),
        ("event_id", "folded_name", "id", "delegation_id", "category_id"),
        _UNMERGED,
    ),
    ("ix_participant_counted", _COUNTED, (*_COUNTED, "language", "phone"), None),
    (
        _OF_DELEGATION,
        ("delegation_id", "folded_name"),
        (
            *("delegation_id", "folded_name", "id", "event_id", "standing"),
            *("merged_into", "unchecked_as"),
        ),
        None,
    ),
    (
        "ix_participant_unconfirmed",
        ("delegation_id", "standing"),
        ("delegation_id", "standing", "unchecked_as", "merged_into"),
        _UNCONFIRMED,
    ),
)


def upgrade() -> None:
    for name, _before, now, which in _INDEXES:
        _create(name, now, which)
    _create_on_loan("on_loan = 1 AND annulled_at IS NULL")
    op.create_index(_ACTIONS, "activity", ["event_id", "action"])


def downgrade() -> None:
    op.drop_index(_ACTIONS, table_name="activity")
    for name, before, _now, which in _INDEXES:
        _create(name, before, which)
    _create_on_loan("on_loan AND annulled_at IS NULL")


def _create(name: str, columns: tuple[str, ...], which: str | None) -> None:
    op.drop_index(name, table_name="participant")
    where = None if which is None else sa.text(which)
    op.create_index(name, "participant", list(columns), sqlite_where=where, postgresql_where=where)


def _create_on_loan(which: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.drop_index("ix_admission_on_loan", table_name="admission")
        columns = ["delegation_id"]
        op.create_index("ix_admission_on_loan", "admission", columns, sqlite_where=sa.text(which))
