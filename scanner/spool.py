"""Where a scan is safe before anybody acts on it: a SQLite file of this device's own.

SQLite rather than an append-only file: with `synchronous=FULL` each commit is fsynced, a half
written record after a power cut is undone by the journal and not by code of ours, and "waiting",
"decided" and "set aside" are one statement each.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from scanner.errors import SpoolUnwritable
from scanner.scan import Scan, scan_from_body, utc_text

_SCHEMA = """
CREATE TABLE IF NOT EXISTS waiting (
    position INTEGER PRIMARY KEY,          -- the order of reading
    scan_id  TEXT NOT NULL UNIQUE,
    body     TEXT NOT NULL,                -- what is posted, word for word
    decided  TEXT                          -- what the person was told; NULL: nothing yet
);
CREATE TABLE IF NOT EXISTS set_aside (     -- what the server will never take; kept for a person
    scan_id   TEXT PRIMARY KEY,
    body      TEXT NOT NULL,
    error     TEXT NOT NULL,
    set_aside_at TEXT NOT NULL
);
"""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A scan that the server has not acknowledged.

    Attributes:
        decided: `{"status", "reason"}` that this device answered, or None when it stopped before.
    """

    scan: Scan
    decided: dict[str, Any] | None


class Spool:
    """The scans of one device that the server does not have for sure.

    Every method that changes something returns only after the change is on the disk.
    """

    def __init__(self, folder: Path) -> None:
        """Open or make the spool in `folder`.

        Raises:
            SpoolUnwritable: the folder or its file cannot be written.
        """
        self._lock = threading.Lock()
        with _faults(folder):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._path = folder / "spool.sqlite"
            self._database = sqlite3.connect(
                self._path, isolation_level=None, check_same_thread=False, timeout=5
            )
            self._database.execute("PRAGMA journal_mode=WAL")
            self._database.execute("PRAGMA synchronous=FULL")
            # A code that was sent must not stay readable in a free page of a lost laptop.
            self._database.execute("PRAGMA secure_delete=ON")
            self._database.executescript(_SCHEMA)

    def put(self, scan: Scan) -> None:
        """Make `scan` safe. The same scan twice is kept once.

        Raises:
            SpoolUnwritable: the disk is full or broken; the scan is not kept.
        """
        self._write(
            "INSERT OR IGNORE INTO waiting (scan_id, body) VALUES (?, ?)",
            (scan.scan_id, json.dumps(scan.body())),
        )

    def decide(self, scan_id: str, decided: dict[str, Any]) -> None:
        """Keep what the person is told about a scan that waits."""
        self._write(
            "UPDATE waiting SET decided = ? WHERE scan_id = ?", (json.dumps(decided), scan_id)
        )

    def done(self, scan_ids: Iterable[str]) -> None:
        """Drop the scans that the server has acknowledged by their ids."""
        with self._transaction() as database:
            database.executemany(
                "DELETE FROM waiting WHERE scan_id = ?", [(scan_id,) for scan_id in scan_ids]
            )

    def set_aside(self, scan: Scan, error: str) -> None:
        """Move a scan that the server will never take to the list for a person to look at."""
        row = (scan.scan_id, json.dumps(scan.body()), error, utc_text(datetime.now(UTC)))
        with self._transaction() as database:
            database.execute("INSERT OR REPLACE INTO set_aside VALUES (?, ?, ?, ?)", row)
            database.execute("DELETE FROM waiting WHERE scan_id = ?", (scan.scan_id,))

    def decided(self, limit: int = 500) -> list[Waiting]:
        """Return the oldest scans that were answered here and wait for the server."""
        return self._waiting("decided IS NOT NULL", limit)

    def undecided(self, limit: int = 10_000) -> list[Waiting]:
        """Return the oldest scans that got no answer yet: in flight, or cut off by a crash."""
        return self._waiting("decided IS NULL", limit)

    def waiting_count(self) -> int:
        """Count the scans that the server has not acknowledged."""
        return self._count("waiting")

    def set_aside_count(self) -> int:
        """Count the scans that a person must look at."""
        return self._count("set_aside")

    def close(self) -> None:
        """Close the file; what is in it stays."""
        with self._lock:
            self._database.close()

    def _waiting(self, which: str, limit: int) -> list[Waiting]:
        query = f"SELECT body, decided FROM waiting WHERE {which} ORDER BY position LIMIT ?"  # noqa: S608 - `which` is one of two texts of this file
        with self._lock, _faults(self._path):
            rows = self._database.execute(query, (limit,)).fetchall()
        return [
            Waiting(scan_from_body(json.loads(body)), json.loads(decided) if decided else None)
            for body, decided in rows
        ]

    def _count(self, table: str) -> int:
        with self._lock, _faults(self._path):
            row = self._database.execute(f"SELECT count(*) FROM {table}").fetchone()  # noqa: S608 - a table of ours
        return int(row[0])

    def _write(self, statement: str, values: tuple[Any, ...]) -> None:
        with self._lock, _faults(self._path):
            self._database.execute(statement, values)

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._lock, _faults(self._path):
            self._database.execute("BEGIN IMMEDIATE")
            try:
                yield self._database
                self._database.execute("COMMIT")
            except BaseException:
                if self._database.in_transaction:
                    self._database.execute("ROLLBACK")
                raise


@contextlib.contextmanager
def _faults(path: Path) -> Iterator[None]:
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        raise SpoolUnwritable(detail=f"{path}: {error}") from error
