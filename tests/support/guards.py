"""Remove a guard, for the control tests that show what it prevents."""

from __future__ import annotations

from contextlib import nullcontext

from sqlalchemy import create_engine, event, text

from checkin.db.connecting import pragmas
from checkin.db.engine import Database
from checkin.db.locks import FairSemaphore

EVERYBODY = 1_000


class NoProcessLock:
    """Lets every process in at once."""

    def held(self):
        return nullcontext()

    def close(self):
        pass


def without_turns(database: Database) -> None:
    """Let all scans run at once; on SQLite all writers, as far as SQLite allows."""
    database._line = FairSemaphore(EVERYBODY)
    if database.dialect == "sqlite":
        database.group = None
        database._process_lock.close()
        database._process_lock = NoProcessLock()


def with_plain_begin(database: Database) -> None:
    """Begin SQLite's transactions concurrently, without taking the write lock first."""
    if database.dialect == "sqlite":
        without_turns(database)
        database._writer.dispose()
        database._writer = create_engine(database.url, pool_size=20, max_overflow=0)
        event.listen(database._writer, "connect", pragmas(only_reads=False))
        event.listen(database._writer, "begin", lambda c: c.exec_driver_sql("BEGIN"))


def without_admission_indexes(database: Database) -> None:
    """Let a person be admitted to the same entry more than once."""
    run(database, "DROP INDEX uq_admission_entry", "DROP INDEX uq_admission_inside")


def without_refusal_of_merged(database: Database) -> None:
    """Let a scan be stored that was decided before its record was merged into another one."""
    run(database, *(f"DROP TRIGGER refuse_merged ON {one}" for one in ("scan", "admission")))


def run(database: Database, *statements: str) -> None:
    """Run statements in one transaction."""
    with database.write() as session:
        for statement in statements:
            session.execute(text(statement))
