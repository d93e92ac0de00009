"""Tests get databases of PostgreSQL that others have written to, emptied as if just migrated."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from tests.support import factories
from tests.support.databases.databases import opened

pytestmark = pytest.mark.postgres

OF_THE_SCHEMA = [
    "ALTER TABLE event ADD COLUMN more integer",
    "ALTER TABLE event ALTER COLUMN name DROP NOT NULL",
    "ALTER TABLE event ADD CONSTRAINT longer CHECK (length(name) > 3)",
    "CREATE TABLE more (id integer)",
    "CREATE INDEX more ON event (name)",
    "CREATE FUNCTION more() RETURNS integer LANGUAGE sql AS 'SELECT 1'",
    "UPDATE alembic_version SET version_num = '0001'",
]


def _backend(database):
    with database.read() as session:
        return session.scalar(text("SELECT current_database()"))


def test_what_a_test_has_written_is_gone_for_the_next_and_numbers_begin_again(
    postgres_databases, tmp_path
):
    seen = []
    for _ in range(2):
        with postgres_databases.fresh(tmp_path) as url, opened(url) as database:
            event = factories.an_event(database)
            factories.badges(database, event, 2)
            with database.read() as session:
                people = session.scalars(text("SELECT id FROM participant ORDER BY id")).all()
            seen.append((_backend(database), event.id, people))

    assert seen[0] == seen[1]
    assert seen[0][1:] == (1, [1, 2])


@pytest.mark.parametrize("statement", OF_THE_SCHEMA)
def test_a_database_whose_schema_was_changed_is_not_used_again(
    postgres_databases, tmp_path, statement
):
    with postgres_databases.fresh(tmp_path) as url, opened(url) as database:
        name = _backend(database)
        with database.write() as session:
            session.execute(text(statement))

    with postgres_databases.fresh(tmp_path) as url, opened(url) as database:
        assert _backend(database) != name
