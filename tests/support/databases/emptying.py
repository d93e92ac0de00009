"""Make a PostgreSQL database again what it was when it had just been migrated.

Emptying the tables that tests write to takes a fifth of the work of dropping a database of seventy
tables and copying another. A database whose schema a test has touched is not used again.
"""

from __future__ import annotations

from typing import Any

from psycopg import Connection

#: a table that grew beyond this keeps its pages, and reading them all would take long
_MOST_BYTES = 2**21
_WRITTEN = """
SELECT relname, pg_relation_size(oid) FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND pg_relation_size(oid) > 0
"""
_SEQUENCES = """
SELECT table_.relname, format('SELECT setval(%s, %s, false)', seqrelid, seqstart)
FROM pg_sequence JOIN pg_depend ON objid = seqrelid AND deptype IN ('a', 'i')
JOIN pg_class AS table_ ON table_.oid = refobjid
"""
#: each change of a table, a column, a constraint, a trigger or a function leaves a row that another
#: transaction wrote; a copy keeps the numbers of those that migrated its template
_SCHEMA = " UNION ALL ".join(
    f"SELECT '{catalogue[:14]}', xmin::text, count(*) FROM {catalogue} GROUP BY xmin"
    for catalogue in (
        "pg_class WHERE relnamespace = 'public'::regnamespace",
        "pg_attribute WHERE attrelid >= 16384",
        "pg_constraint",
        "pg_trigger",
        "pg_proc WHERE oid >= 16384",
        "pg_extension",
        "pg_namespace WHERE nspname !~ '^pg_(toast_)?temp'",
        "pg_db_role_setting",
    )
)
_END_THE_OTHERS = """
SELECT count(*) FILTER (WHERE NOT pg_terminate_backend(pid, 10000))
FROM pg_stat_get_activity(NULL), pg_database
WHERE datid = oid AND datname = current_database() AND pid <> pg_backend_pid()
"""

Session = Connection[tuple[Any, ...]]


class Migrated:
    """What a migrated database holds: its schema, and the rows that migrations leave.

    Args:
        session: of the database that others are copies of.
    """

    def __init__(self, session: Session) -> None:
        self._rows = {name: _rows(session, name) for name, _ in _all(session, _WRITTEN)}
        self._rows = {name: rows for name, rows in self._rows.items() if rows}
        self._schema = _schema(session)
        self._restart: dict[str, list[str]] = {}
        for name, statement in _all(session, _SEQUENCES):
            self._restart.setdefault(name, []).append(statement)

    def again(self, session: Session) -> bool:
        """Empty a copy, and say whether it is as it was then; else it has to be dropped."""
        if _all(session, _END_THE_OTHERS) != [(0,)] or _schema(session) != self._schema:
            return False
        statements = ["SET session_replication_role = replica"]  # no trigger, no foreign key
        for name, size in _all(session, _WRITTEN):
            if size > _MOST_BYTES:
                return False
            if name not in self._rows:
                statements += [f'DELETE FROM "{name}"', *self._restart.get(name, ())]
            elif _rows(session, name) != self._rows[name]:
                return False
        session.execute("; ".join(statements).encode())
        return True


def _schema(session: Session) -> list[tuple[Any, ...]]:
    return sorted(_all(session, _SCHEMA))


def _rows(session: Session, name: str) -> list[tuple[Any, ...]]:
    return _all(session, f'SELECT * FROM "{name}"')


def _all(session: Session, query: str) -> list[tuple[Any, ...]]:
    return session.execute(query.encode()).fetchall()
