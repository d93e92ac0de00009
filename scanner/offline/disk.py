"""The file layer: a SQLite file of this device, and its faults as a ScannerError.

SQLite is used instead of append-only files: with `synchronous=FULL` each commit is fsynced, and
its journal undoes a half-written record after a power cut.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from scanner.core.errors import SpoolDamaged, SpoolUnwritable

#: opens the file at a path; the simulation replaces it by a disk that fails
Connect = Callable[[Path], sqlite3.Connection]
#: SQLite's numbers: the file is malformed, or none of its own
_DAMAGE = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
#: of a statement: by their places, or by their names
Values = Iterable[Any] | Mapping[str, Any]


def connect_file(path: Path) -> sqlite3.Connection:
    """Open the file at `path`, made readable by this user only."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    # Made before SQLite does: its journals take the mode of the file. One that was copied here,
    # from a backup or another laptop, may have another; and not every disk knows modes.
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    with contextlib.suppress(OSError):
        path.chmod(0o600)
    return sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=5)


class DeviceFile:
    """A SQLite file of this device. What a method wrote is on the disk when it returns.

    Every method raises SpoolUnwritable when the disk is full or broken; nothing is half written.
    """

    def __init__(self, path: Path, schema: str, connect: Connect = connect_file) -> None:
        """Open or make the file."""
        self.path = path
        self._lock = threading.RLock()
        with faults(path):
            self._connection = connect(path)
            try:
                self._prepare(schema)
            except BaseException:
                self._connection.close()
                raise

    def _prepare(self, schema: str) -> None:
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA synchronous=FULL")
        # What was sent or wiped must not stay readable in a free page of a lost laptop.
        self._connection.execute("PRAGMA secure_delete=ON")
        for statement in schema.split(";"):
            self._connection.execute(statement)

    def rows(self, query: str, values: Values = ()) -> list[tuple[Any, ...]]:
        """Return the rows of a query."""
        given = values if isinstance(values, Mapping) else tuple(values)
        with self._lock, faults(self.path):
            return self._connection.execute(query, given).fetchall()

    def number(self, query: str, values: Values = ()) -> int:
        """Return the number that a query gives."""
        return int(self.rows(query, values)[0][0])

    def write(self, statement: str, values: Iterable[Any] = ()) -> None:
        """Execute one statement in a transaction of its own."""
        with self._lock, faults(self.path):
            self._connection.execute(statement, tuple(values))

    @contextlib.contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Commit what the block writes, or nothing of it if it raises."""
        with self._lock, faults(self.path):
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    def clean(self) -> None:
        """Erase what was deleted from the file and its journal as well."""
        with self._lock, faults(self.path):
            self._connection.execute("VACUUM")
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        """Close the file; what is in it stays."""
        with self._lock:
            self._connection.close()


@contextlib.contextmanager
def faults(path: Path) -> Iterator[None]:
    """Raise SpoolUnwritable for every fault of the disk."""
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        kind = SpoolDamaged if is_damage(error) else SpoolUnwritable
        raise kind(detail=f"{path}: {error}") from error


def is_damage(error: BaseException) -> bool:
    """Say whether a fault means that a file is damaged, and not that the disk is full."""
    number = getattr(error, "sqlite_errorcode", None)
    return isinstance(number, int) and number & 0xFF in _DAMAGE
