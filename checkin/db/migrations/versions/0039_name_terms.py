"""people are found by other spellings of their names"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

# The program fills the column when it starts: the rules of names are its own.
_UP = {
    "sqlite": [
        "CREATE VIRTUAL TABLE participant_terms USING fts5("
        "name_terms, content='participant', content_rowid='id', tokenize='ascii', detail='none')",
        "CREATE TRIGGER participant_terms_insert AFTER INSERT ON participant BEGIN "
        "INSERT INTO participant_terms(rowid, name_terms) VALUES (new.id, new.name_terms); END",
        "CREATE TRIGGER participant_terms_delete AFTER DELETE ON participant BEGIN "
        "INSERT INTO participant_terms(participant_terms, rowid, name_terms) "
        "VALUES ('delete', old.id, old.name_terms); END",
        "CREATE TRIGGER participant_terms_update AFTER UPDATE OF name_terms ON participant BEGIN "
        "INSERT INTO participant_terms(participant_terms, rowid, name_terms) "
        "VALUES ('delete', old.id, old.name_terms); "
        "INSERT INTO participant_terms(rowid, name_terms) VALUES (new.id, new.name_terms); END",
        "INSERT INTO participant_terms(participant_terms) VALUES ('rebuild')",
    ],
    "postgresql": [
        "CREATE INDEX ix_participant_terms ON participant "
        "USING gin (to_tsvector('simple', name_terms))",
    ],
}
_DOWN = {
    "sqlite": [
        "DROP TRIGGER participant_terms_insert",
        "DROP TRIGGER participant_terms_delete",
        "DROP TRIGGER participant_terms_update",
        "DROP TABLE participant_terms",
    ],
    "postgresql": ["DROP INDEX ix_participant_terms"],
}


def _run(statements: dict[str, list[str]]) -> None:
    for statement in statements[op.get_bind().dialect.name]:
        op.execute(statement)


def upgrade() -> None:
    op.add_column("participant", sa.Column("name_terms", sa.Text()))
    _run(_UP)


def downgrade() -> None:
    _run(_DOWN)
    op.drop_column("participant", "name_terms")
