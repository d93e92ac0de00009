"""Overwrite what deleted rows have left in a PostgreSQL server's files.

A deleted row stays in its table's file until it is rewritten, in the statistics of its columns, and
in the write-ahead log until that is overwritten: docs/adr/0028-purged-files.md says what is done
about each, and what is out of reach.
"""

from __future__ import annotations

import re

from sqlalchemy import Connection, text
from sqlalchemy.exc import ProgrammingError

#: whether this role may rewrite the catalogs, too, among them the one with the statistics
_OWNS_DATABASE = text("""
    SELECT pg_has_role(datdba, 'USAGE') FROM pg_database WHERE datname = current_database()
""")
#: columns of texts and bytes of which statistics are kept although their table is empty: ANALYZE
#: leaves them there
_STATISTICS_OF_EMPTY_TABLES = text("""
    SELECT s.tablename, s.attname, format_type(a.atttypid, a.atttypmod) AS type
    FROM pg_stats s
    JOIN pg_attribute a
      ON a.attrelid = format('%I.%I', s.schemaname, s.tablename)::regclass
      AND a.attname = s.attname
      AND a.attlen = -1
    WHERE s.schemaname = current_schema() AND s.tablename = ANY(:tables)
""")
#: PostgreSQL's word for what this role may not do
_NOT_ALLOWED = "42501"


def rewrite_postgresql(connection: Connection) -> bool:
    """Rewrite the tables and overwrite the log, so that neither holds deleted rows.

    Args:
        connection: past any pooler, each statement of which commits by itself, as the owner of the
            database.

    Returns:
        Whether nothing is left. Something is if this role does not own the database, or may not
        overwrite the log, or if old parts of that are held on to: by a replication slot,
        `wal_keep_size`, or an archive that fails.
    """
    began_in, owns = _file_of_log(connection), connection.scalar(_OWNS_DATABASE)
    _forget_statistics(connection)
    connection.exec_driver_sql("VACUUM FULL")
    return bool(owns) and began_in is not None and _overwrite_log(connection, began_in)


def _forget_statistics(connection: Connection) -> None:
    """Take anew, or drop, the statistics of columns, which hold their most common values."""
    connection.exec_driver_sql("ANALYZE")
    quote = connection.dialect.identifier_preparer.quote
    empty = [name for name in _tables(connection) if _is_empty(connection, quote(name))]
    for row in connection.execute(_STATISTICS_OF_EMPTY_TABLES, {"tables": empty}).all():
        # A column that gets a type, be it the one that it has, loses its statistics.
        connection.exec_driver_sql(
            f"ALTER TABLE {quote(row.tablename)} ALTER COLUMN {quote(row.attname)} TYPE {row.type}"
        )


def _tables(connection: Connection) -> list[str]:
    named = text("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")
    return list(connection.scalars(named))


def _is_empty(connection: Connection, table: str) -> bool:
    return not connection.exec_driver_sql(f"SELECT EXISTS (SELECT FROM {table})").scalar_one()  # noqa: S608 - a table's name, quoted


def _overwrite_log(connection: Connection, began_in: str) -> bool:
    """Fill every file of the log that holds old rows with zeros; say whether none is left.

    After a checkpoint the old files are given new names and wait to be used again, as they are. A
    switch to the next file fills what is left of the present one with zeros.
    """
    try:
        _switch(connection)
        connection.exec_driver_sql("CHECKPOINT")
        for _ in range(len(_files_of_log(connection))):
            _switch(connection)
        connection.exec_driver_sql("CHECKPOINT")
        return not any(name <= began_in for name in _files_of_log(connection))
    except ProgrammingError as fault:
        if getattr(fault.orig, "sqlstate", None) != _NOT_ALLOWED:
            raise
        return False


def _switch(connection: Connection) -> None:
    # A file into which nothing was written is not left.
    connection.exec_driver_sql("SELECT pg_logical_emit_message(false, 'marhaba', '')")
    connection.exec_driver_sql("SELECT pg_switch_wal()")


def _file_of_log(connection: Connection) -> str | None:
    """Return the name of the log's present file; None for a standby."""
    if connection.exec_driver_sql("SELECT pg_is_in_recovery()").scalar_one():
        return None
    name: str = connection.exec_driver_sql(
        "SELECT pg_walfile_name(pg_current_wal_lsn())"
    ).scalar_one()
    return name


def _files_of_log(connection: Connection) -> list[str]:
    names = connection.exec_driver_sql("SELECT name FROM pg_ls_waldir()").scalars()
    return [name for name in names if re.fullmatch("[0-9A-F]{24}", name)]
