"""Alembic's entry: runs migrations on the connection that `checkin.db.migrate` hands over."""

from __future__ import annotations

from alembic import context

from checkin.db.models import Base

# The search indexes are made by hand in the migrations, in each database's own way.
BY_HAND = (
    "participant_search",
    "ix_participant_trigrams",
    "participant_terms",
    "ix_participant_terms",
)


def include_name(name: str | None, kind: str, _parents: object) -> bool:
    return not (kind in ("table", "index") and name and name.startswith(BY_HAND))


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    include_name=include_name,
    compare_type=True,
    transaction_per_migration=True,
)
with context.begin_transaction():
    context.run_migrations()
connection.commit()
