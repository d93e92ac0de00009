"""Access to the database: sessions and connections to read, and transactions to write."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, TypeVar

from psycopg.pq import TransactionStatus
from sqlalchemy import Connection
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.orm import Session

from checkin.db.changes import Changes, PostgresqlChanges, SqliteChanges
from checkin.db.connecting import (
    CONNECTIONS,
    migration_engine,
    postgresql_engines,
    sqlite_engines,
    sqlite_files,
)
from checkin.db.erasing import rewrite_postgresql
from checkin.db.group_commit import GroupCommit, GroupFailed
from checkin.db.locks import FairSemaphore, ProcessLock
from checkin.db.notifications import Notifications

S = TypeVar("S")
T = TypeVar("T")

#: PostgreSQL's words for "the same transaction will pass if you run it again"
_TRY_AGAIN = {"40001", "40P01"}

#: Live scans that talk to PostgreSQL at once. More of them fight for the interpreter: at 16 the
#: slowest took twice as long, and none came sooner.
SCANS_AT_ONCE = 4

#: For so long a scan waits for those before it; then it goes beside them. Whoever holds a place may
#: wait for a lock in the database, and those behind have perhaps no need of it.
PATIENCE_S = 0.1

#: Attempts to empty SQLite's write-ahead log, each of which waits for readers as long as a write
#: waits for another (`busy_timeout`).
CHECKPOINTS = 2

#: Pages of SQLite's write-ahead log after which a commit brings them into the file: SQLite's own.
PAGES_OF_LOG = 1000


class Database:
    """A SQLite file or a PostgreSQL database.

    Args:
        connections: how many this process opens to PostgreSQL at most.
        key: of a SQLite file that is sealed (`checkin.db.sealing`).

    Attributes:
        dialect: "sqlite" or "postgresql".
        direct_url: the address past a pooler, for what needs a session of its own: migrations and
            LISTEN. The database's address where there is no other.
        notifications: what processes tell one another; None on SQLite.
        changes: tells of commits, whichever process they are of.
    """

    def __init__(
        self, url: str, *, direct_url: str = "", connections: int = CONNECTIONS, key: str = ""
    ) -> None:
        self.url, self.direct_url = url, direct_url or url
        self.dialect = make_url(url).get_backend_name()
        self.notifications: Notifications | None = None
        self.changes: Changes
        if self.dialect == "sqlite":
            file = Path(make_url(url).database or "")
            self._reader, self._writer = sqlite_engines(url, key)
            self._process_lock = ProcessLock(file)
            self.changes = SqliteChanges(file, key)
            self._line = FairSemaphore()
            self.group: GroupCommit[Connection] | None = GroupCommit(self.writing)
        else:
            self._reader, self._writer = postgresql_engines(url, connections)
            self.notifications = Notifications(self.direct_url)
            self.changes = PostgresqlChanges(self.notifications)
            self._line = FairSemaphore(SCANS_AT_ONCE, PATIENCE_S)
            self.group = None  # PostgreSQL brings waiting commits to the disk together itself

    def files(self) -> list[Path]:
        """Return the database's files, including temporary ones such as the write-ahead log."""
        if self.dialect != "sqlite":
            return []
        return sqlite_files(Path(make_url(self.url).database or ""))

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Open a session for reading. Each statement sees what was committed before it."""
        with Session(self._reader, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def snapshot(self) -> Iterator[Session]:
        """Open a session for reading in which every statement sees the same moment.

        It blocks no writer, but the disk keeps old data as long as it is open: use it only for
        long readings.
        """
        with self._reader.connect() as connection:
            if self.dialect == "sqlite":
                connection.exec_driver_sql("BEGIN")
            else:
                connection.execution_options(
                    isolation_level="REPEATABLE READ", postgresql_readonly=True
                )
            with Session(connection, expire_on_commit=False) as session:
                yield session
            connection.rollback()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Open a bare connection for reading, where a session's cost would show."""
        with self._reader.connect() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Session]:
        """Open a transaction and commit it at the end; use `in_transaction`, which repeats it."""
        with (
            self._writer_turn(),
            Session(self._writer, expire_on_commit=False) as session,
            session.begin(),
        ):
            yield session

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Open a transaction on a bare connection: the least that a write can cost."""
        with self._writer_turn(), self._writer.begin() as connection:
            yield connection

    @contextmanager
    def stating(self) -> Iterator[Connection]:
        """Open a bare connection on which PostgreSQL commits each statement by itself.

        Until `require_transaction` is called: from there on all is committed at the end, together.
        Work of one statement so needs no journeys to the database for its begin and its commit. On
        SQLite all of it is one transaction, which takes no journeys.
        """
        if self.dialect == "sqlite":
            with self.writing() as connection:
                yield connection
            return
        with self._line.turn(), self.reading() as connection:
            try:
                yield connection
            except BaseException:
                _end_transaction(connection, "ROLLBACK")
                raise
            _end_transaction(connection, "COMMIT")

    @contextmanager
    def _writer_turn(self) -> Iterator[None]:
        if self.dialect != "sqlite":
            yield
            return
        with self._line.turn(), self._process_lock.held():
            yield

    def connect_for_migration(self) -> AbstractContextManager[Connection]:
        """Open a connection that migrations may use; its transactions are theirs."""
        if self.dialect == "sqlite":
            return self._writer.connect()
        return migration_engine(self.direct_url).connect()

    def compact(self) -> bool:
        """Rewrite the database's files, so that they hold no deleted data.

        Returns:
            Whether the write-ahead log holds none either: on SQLite somebody may read an old state
            for too long; on PostgreSQL see `checkin.db.erasing`.
        """
        if self.dialect != "sqlite":
            with self.connect_for_migration() as connection:
                connection.execution_options(isolation_level="AUTOCOMMIT")
                return rewrite_postgresql(connection)
        with self._writer_turn(), self._writer.connect() as connection:
            cursor = connection.connection.cursor()
            cursor.execute("VACUUM")
            return any(_is_log_empty(cursor) for _ in range(CHECKPOINTS))

    @contextmanager
    def checkpoints_apart(self) -> Iterator[None]:
        """Commit without bringing SQLite's write-ahead log into its file: others would wait for it.

        This is for a process that writes much: it calls `checkpoint` between its transactions.
        """
        if self.dialect != "sqlite":
            yield
            return
        self._checkpoint_after(0)
        try:
            yield
        finally:
            self._checkpoint_after(PAGES_OF_LOG)

    def checkpoint(self) -> None:
        """Bring SQLite's write-ahead log into its file as far as readers allow; nobody waits.

        On PostgreSQL, which does so by itself, nothing.
        """
        if self.dialect == "sqlite":
            with self.reading() as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(PASSIVE)")

    def _checkpoint_after(self, pages: int) -> None:
        with self._line.turn(), self._writer.connect() as connection:
            connection.connection.cursor().execute(f"PRAGMA wal_autocheckpoint={pages}")

    def disconnect(self) -> None:
        """Close all connections, once other processes know of the last commit.

        New ones are opened as they are needed, in this process only. Call it before a fork: no
        connection may be open in two processes.
        """
        self.changes.close()
        self._reader.dispose()
        self._writer.dispose()

    def dispose(self) -> None:
        """Close all connections permanently."""
        self.disconnect()
        if self.dialect == "sqlite":
            self._process_lock.close()


def _is_log_empty(cursor: Any) -> bool:
    """Bring the write-ahead log into the database's file; say whether no reader was in the way."""
    cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    busy, *_pages = cursor.fetchone()
    return not busy


def in_transaction(database: Database, work: Callable[[Session], T], attempts: int = 4) -> T:
    """Run `work` in one transaction, commit, and return its result.

    Two gates may insert the same row at once. The loser runs again and now sees the winner's row,
    so `work` must be safe to repeat: no e-mail, no HTTP.

    Raises:
        IntegrityError: the conflict was still there after `attempts` runs.
    """
    return _committed(database, database.write, work, attempts)


def in_core_transaction(
    database: Database, work: Callable[[Connection], T], attempts: int = 4
) -> T:
    """Do as `in_transaction` on a bare connection: for scans, where a session's cost would show."""
    return _committed(database, database.writing, work, attempts)


def in_shortest_transaction(
    database: Database, work: Callable[[Connection], T], attempts: int = 4
) -> T:
    """Do as `in_core_transaction` for short work that comes in large numbers.

    On SQLite waiting threads share a commit. On PostgreSQL a transaction begins when `work` calls
    `require_transaction`; otherwise its single statement commits by itself.
    """
    if database.group is not None:
        try:
            return database.group.run(work)
        except GroupFailed:
            pass
    return _committed(database, database.stating, work, attempts)


def require_transaction(connection: Connection) -> None:
    """Begin a transaction if there is none, so that locks are held and writes commit together.

    In a transaction that has begun already, this does nothing.
    """
    if connection.dialect.name == "postgresql" and not _has_begun(connection):
        connection.exec_driver_sql("BEGIN")


def restart_transaction(connection: Connection) -> None:
    """Give up a transaction in which nothing was written, with its locks, and begin another.

    On SQLite, where a transaction is the lock itself, this does nothing.
    """
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("ROLLBACK")
        require_transaction(connection)


def _end_transaction(connection: Connection, how: str) -> None:
    if not connection.invalidated and _has_begun(connection):
        connection.exec_driver_sql(how)


def _has_begun(connection: Connection) -> bool:
    driver: Any = connection.connection.driver_connection
    by_itself: bool = driver.autocommit and driver.info.transaction_status == TransactionStatus.IDLE
    return not by_itself


def _committed(
    database: Database,
    transaction: Callable[[], AbstractContextManager[S]],
    work: Callable[[S], T],
    attempts: int,
) -> T:
    for left in range(attempts - 1, -1, -1):
        try:
            with transaction() as opened:
                result = work(opened)
            database.changes.committed()
            return result
        except (IntegrityError, OperationalError) as fault:
            if left == 0 or not _is_retryable(fault):
                raise
    raise AssertionError("unreachable")


def _is_retryable(fault: DBAPIError) -> bool:
    if isinstance(fault, IntegrityError):
        return True
    return getattr(fault.orig, "sqlstate", None) in _TRY_AGAIN
