"""PostgreSQL compiles no queries of ours: it takes seconds for what is answered in a moment."""

from __future__ import annotations

from sqlalchemy import text


def test_neither_readers_nor_writers_have_their_queries_compiled(postgres_database):
    for opened in (postgres_database.read, postgres_database.write):
        with opened() as session:
            assert session.scalar(text("SHOW jit")) == "off"
