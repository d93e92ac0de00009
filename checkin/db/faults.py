"""Tell why the database cannot serve now, by the codes of SQLite and PostgreSQL.

Whatever is told here heals without us: the same request may pass a moment later. Other faults, such
as a statement that is wrong, are our own.
"""

from __future__ import annotations

import sqlite3
from enum import StrEnum

from sqlalchemy.exc import DBAPIError, OperationalError, TimeoutError


class Outage(StrEnum):
    """Why the database cannot serve now."""

    AWAY = "away"
    BUSY = "busy"
    DAMAGED = "damaged"
    FULL = "full"
    READ_ONLY = "read_only"


#: for programs and commands; pages say it in the reader's language
SENTENCES = {
    Outage.AWAY: "the database does not answer",
    Outage.BUSY: "the database is too busy",
    Outage.DAMAGED: "the database's files are damaged or cannot be read",
    Outage.FULL: "the database's disk is full",
    Outage.READ_ONLY: "the database takes no changes: it is read-only",
}
#: https://www.sqlite.org/rescode.html; the lowest byte of an extended code is its primary one
_SQLITE = {
    sqlite3.SQLITE_BUSY: Outage.BUSY,
    sqlite3.SQLITE_LOCKED: Outage.BUSY,
    sqlite3.SQLITE_NOMEM: Outage.BUSY,
    sqlite3.SQLITE_PROTOCOL: Outage.BUSY,
    sqlite3.SQLITE_READONLY: Outage.READ_ONLY,
    sqlite3.SQLITE_IOERR: Outage.DAMAGED,
    sqlite3.SQLITE_CORRUPT: Outage.DAMAGED,
    sqlite3.SQLITE_NOTADB: Outage.DAMAGED,
    sqlite3.SQLITE_FULL: Outage.FULL,
    sqlite3.SQLITE_CANTOPEN: Outage.AWAY,
}
#: https://www.postgresql.org/docs/current/errcodes-appendix.html: a code, else its class
_POSTGRESQL = {
    "08": Outage.AWAY,  # the connection; a pooler's own faults, too
    "25006": Outage.READ_ONLY,
    "28": Outage.AWAY,  # the password is not taken any more
    "3D": Outage.AWAY,  # there is no such database
    "53": Outage.BUSY,  # memory, or connections
    "53100": Outage.FULL,
    "55P03": Outage.BUSY,
    "57": Outage.AWAY,  # it starts, or shuts down
    "57014": Outage.BUSY,
    "58": Outage.DAMAGED,
    "XX001": Outage.DAMAGED,
    "XX002": Outage.DAMAGED,
}
_LOWEST_BYTE = 0xFF


def outage_of(fault: BaseException) -> Outage | None:
    """Return why the database cannot serve now; None if the fault is of another kind.

    Args:
        fault: an exception of SQLAlchemy or of a driver.
    """
    if isinstance(fault, TimeoutError):  # all connections of this process were in use for too long
        return Outage.BUSY
    original = fault.orig if isinstance(fault, DBAPIError) else fault
    if found := _by_code(original):
        return found
    is_cut = isinstance(fault, DBAPIError) and fault.connection_invalidated
    return Outage.AWAY if is_cut or isinstance(fault, OperationalError) else None


def _by_code(original: BaseException | None) -> Outage | None:
    if code := getattr(original, "sqlite_errorcode", None):
        return _SQLITE.get(code & _LOWEST_BYTE)
    state = getattr(original, "sqlstate", None) or ""
    return _POSTGRESQL.get(state) or _POSTGRESQL.get(state[:2])
