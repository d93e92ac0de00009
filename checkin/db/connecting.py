"""Create the SQLAlchemy engines of a database, and configure their connections."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import ExceptionContext, make_url
from sqlalchemy.pool import NullPool

from checkin.db.faults import Outage, outage_of
from checkin.db.postgresql import connect_args, watch_connections
from checkin.db.sealing import driver_for, unlock

#: connections of one process to PostgreSQL at most, half of them to read and half to write
CONNECTIONS = 20
#: with fewer, scans that admit at once would wait for one another
LEAST_CONNECTIONS = 10
#: of SQLite's readers, which cost an open file each
_READERS = 20
#: a request that gets no connection for so long is told to come again
_WAIT_S = 5
#: what other files may be in the place of soon
_ANOTHER_FILE = {Outage.READ_ONLY, Outage.DAMAGED, Outage.AWAY}


def sqlite_engines(url: str, key: str = "") -> tuple[Engine, Engine]:
    """Return an engine with many read-only connections, and one with a single writing one.

    Args:
        key: of a file that is sealed (`checkin.db.sealing`).
    """
    path = make_url(url).database
    if not path or path == ":memory:":
        raise ValueError("SQLite needs a file: several threads and processes share it")
    _make_private(Path(path))
    reader = _reading_engine(url, _READERS, module=driver_for(key))
    writer = create_engine(url, pool_size=1, max_overflow=0, module=driver_for(key))
    for engine, only_reads in ((reader, True), (writer, False)):
        event.listen(engine, "connect", pragmas(only_reads=only_reads, key=key))
        event.listen(engine, "handle_error", _open_the_file_again)
    # BEGIN IMMEDIATE takes the write lock first: a plain BEGIN that reads and then writes fails
    # with "database is locked" when someone wrote in between.
    event.listen(writer, "begin", lambda c: c.exec_driver_sql("BEGIN IMMEDIATE"))
    return reader, writer


def _make_private(path: Path) -> None:
    # It holds who came to a political meeting. The files that SQLite makes beside it are as
    # private as it is.
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    for file in sqlite_files(path):
        hide_from_others(file)


def sqlite_files(path: Path) -> list[Path]:
    """Return a SQLite database's files, including temporary ones such as the write-ahead log."""
    return [path, *(path.with_name(path.name + end) for end in ("-wal", "-shm"))]


def hide_from_others(path: Path) -> None:
    """Let nobody but its owner read a file or a folder; one that is not there is no fault.

    What belongs to another account, or is a link, stays as it is.
    """
    with suppress(FileNotFoundError, PermissionError):
        mode = path.lstat().st_mode
        if mode & 0o077 and not stat.S_ISLNK(mode):
            path.chmod(stat.S_IMODE(mode) & ~0o077)


def _open_the_file_again(context: ExceptionContext) -> None:
    # A backup may be put back in the place of a damaged file.
    if outage_of(context.original_exception) in _ANOTHER_FILE:
        context.is_disconnect = True


def postgresql_engines(url: str, connections: int) -> tuple[Engine, Engine]:
    """Return an engine in which each statement commits by itself, and one for transactions.

    Args:
        connections: how many both open together at most. A request that reads may write before it
            is done: with one pool for both, requests that all wait for their second connection
            would wait for one another.
    """
    half, known = connections // 2, connect_args(url)
    reader = _reading_engine(url, half, pool_timeout=_WAIT_S, connect_args=known)
    writer = create_engine(
        url,
        pool_size=half,
        max_overflow=0,
        pool_use_lifo=True,
        pool_timeout=_WAIT_S,
        connect_args=known,
    )
    for engine in (reader, writer):
        watch_connections(engine)
    return reader, writer


def migration_engine(url: str) -> Engine:
    """Return an engine of PostgreSQL that keeps no connection open."""
    return create_engine(url, poolclass=NullPool, connect_args=connect_args(url))


def _reading_engine(url: str, connections: int, **more: Any) -> Engine:
    # Autocommit from the first connection on, and nothing to roll back: a pool that switched to
    # it and back, as execution options do, would take longer than the look-up itself. The
    # connection used last is taken first: it has its plans made and its caches warm.
    return create_engine(
        url,
        pool_size=connections,
        max_overflow=0,
        isolation_level="AUTOCOMMIT",
        pool_reset_on_return=None,
        pool_use_lifo=True,
        **more,
    )


def pragmas(*, only_reads: bool, key: str = "") -> Callable[[Any, Any], None]:
    """Return the PRAGMA statements that configure a new SQLite connection."""

    def set_up(connection: Any, _record: Any) -> None:
        unlock(connection, key)
        connection.isolation_level = None  # we write BEGIN ourselves
        connection.execute("PRAGMA journal_mode=WAL")
        # FULL: a commit is on the disk before it is answered, so a power cut loses no arrival.
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute("PRAGMA busy_timeout=10000")
        connection.execute("PRAGMA cache_size=-32000")
        if only_reads:
            connection.execute("PRAGMA query_only=ON")

    return set_up
