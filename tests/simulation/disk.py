"""A disk that keeps only what was fsynced, and fails when it is told to.

Files are SQLite databases in memory; the image of a file is taken at each commit that the real
SQLite would have fsynced. A power cut is: open the image again.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

_WRITES = ("INSERT", "UPDATE", "DELETE", "COMMIT", "CREATE", "ALTER", "VACUUM", "BEGIN")


class PowerCut(BaseException):
    """The computer stopped here; no code of the scanner may catch it."""


class Disk:
    """The disk of one computer.

    Attributes:
        is_full: every write fails.
        interrupt: called at each write and each fsync; raises PowerCut to stop there.
    """

    def __init__(self) -> None:
        self.images: dict[str, bytes] = {}
        self.is_full = False
        self.interrupt: Callable[[], None] = lambda: None
        self._open: list[Connection] = []

    def connect(self, path: Path) -> sqlite3.Connection:
        """Open a file as it was left."""
        connection = sqlite3.connect(
            ":memory:", isolation_level=None, check_same_thread=False, factory=Connection
        )
        connection.disk, connection.name = self, path.name
        if path.name in self.images:
            connection.deserialize(self.images[path.name])
        self._open.append(connection)
        return connection

    def cut_power(self) -> None:
        """Lose what was not fsynced."""
        for connection in self._open:
            connection.close()
        self._open.clear()

    def holds(self, text: str) -> bool:
        """Say whether a text would be there after a power cut."""
        return any(text.encode() in image for image in self.images.values())


class Connection(sqlite3.Connection):
    """A connection that the disk can fail."""

    disk: Disk
    name: str
    synced = False

    def execute(self, sql: str, *values: Any) -> sqlite3.Cursor:
        """Run a statement; the power may fail before it, or after it and before its fsync."""
        if sql.startswith("PRAGMA synchronous="):
            self.synced = sql.endswith("=FULL")
        return self._failing(sql, lambda: super(Connection, self).execute(sql, *values))

    def executemany(self, sql: str, values: Any) -> sqlite3.Cursor:
        """Run a statement for each row; the power may fail as in `execute`."""
        return self._failing(sql, lambda: super(Connection, self).executemany(sql, values))

    def _failing(self, sql: str, run: Callable[[], sqlite3.Cursor]) -> sqlite3.Cursor:
        if not sql.lstrip().startswith(_WRITES):
            return run()
        self.disk.interrupt()
        if self.disk.is_full and not sql.startswith("BEGIN"):
            raise sqlite3.OperationalError("database or disk is full")
        cursor = run()
        if self.synced and not self.in_transaction:
            self.disk.interrupt()
            self.disk.images[self.name] = self.serialize()
            self.disk.interrupt()
        return cursor
