"""The walk-ins in the spool's file: let in on a lent place, not yet registered by the server.

They are in that file because an admission and the place it uses must be written together, and
because their entry becomes one of the waiting scans in the same transaction.
"""

from __future__ import annotations

import json
import sqlite3
from datetime import UTC, datetime
from typing import Any

from scanner.core.scan import Scan, kept_scan, utc_text
from scanner.offline import memory
from scanner.offline.acknowledged import Acknowledged, keep_walk_in
from scanner.offline.disk import DeviceFile
from scanner.offline.memory import Passage
from scanner.offline.walk_in import WalkIn

SCHEMA = """
CREATE TABLE IF NOT EXISTS walk_ins (
    position INTEGER PRIMARY KEY,
    scan_id  TEXT NOT NULL UNIQUE,
    body     TEXT NOT NULL,          -- what registers them, the name sealed
    scan     TEXT NOT NULL,          -- their entry, which waits for its badge
    decided  TEXT NOT NULL,
    frame    TEXT NOT NULL,
    lease_id TEXT
)
"""


class WaitingWalkIns:
    """The walk-ins that wait. A method that changes something returns once it is on the disk."""

    def __init__(self, file: DeviceFile, frame: str, acknowledged: Acknowledged) -> None:
        self._file = file
        self._frame = frame
        self._acknowledged = acknowledged

    def take_in(self, walk_in: WalkIn, decided: dict[str, Any], passage: Passage) -> None:
        """Store that somebody without a badge is let in, and which place that uses.

        Raises:
            SpoolUnwritable: nothing is kept, so nobody may be let in.
        """
        scan = walk_in.scan
        texts = [json.dumps(one) for one in (walk_in.body(), scan.kept(), decided)]
        with self._file.transaction() as connection:
            connection.execute(
                "INSERT INTO walk_ins (scan_id, body, scan, decided, frame, lease_id)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                (scan.scan_id, *texts, self._frame, passage.lease_id),
            )
            memory.keep(connection, passage)

    def registered(
        self, walk_in: WalkIn, scan: Scan, tag: str, participant_id: int, epoch: str = ""
    ) -> None:
        """Queue the entry of a registered walk-in like any other scan, now that it has a code."""
        event = self._acknowledged.event
        with self._file.transaction() as connection:
            connection.execute(
                "INSERT OR IGNORE INTO waiting (scan_id, body, decided, frame, lease_id)"
                " SELECT scan_id, ?, decided, frame, lease_id FROM walk_ins WHERE scan_id = ?",
                (json.dumps(scan.kept()), scan.scan_id),
            )
            _drop(connection, walk_in)
            memory.recognise(connection, scan.scan_id, tag, participant_id)
            keep_walk_in(connection, walk_in, scan.badge_ref, event=event, epoch=epoch)

    def set_aside(self, walk_in: WalkIn, error: str) -> None:
        """Move a walk-in whom the server rejected for good to the list for a person."""
        body = json.dumps(walk_in.scan.kept() | {"walk_in": walk_in.body()})
        row = (walk_in.scan.scan_id, body, error, utc_text(datetime.now(UTC)))
        with self._file.transaction() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO set_aside"
                " (scan_id, body, error, set_aside_at, decided, frame, lease_id)"
                " SELECT ?, ?, ?, ?, decided, frame, lease_id FROM walk_ins WHERE scan_id = ?",
                (*row, walk_in.scan.scan_id),
            )
            _drop(connection, walk_in)

    def all(self) -> list[WalkIn]:
        """Return the walk-ins that wait, oldest first."""
        rows = self._file.rows("SELECT body, scan FROM walk_ins ORDER BY position")
        return [_walk_in(json.loads(str(body)), json.loads(str(scan))) for body, scan in rows]

    def count(self) -> int:
        """Count the walk-ins that wait."""
        return self._file.number("SELECT count(*) FROM walk_ins")


def wait_again(
    connection: sqlite3.Connection, body: dict[str, Any], how: tuple[Any, Any, Any]
) -> None:
    """Let a walk-in who was set aside wait again, in the caller's transaction.

    Args:
        how: decided, frame and lease, as they waited.
    """
    scan = {key: value for key, value in body.items() if key != "walk_in"}
    connection.execute(
        "INSERT OR IGNORE INTO walk_ins (scan_id, body, scan, decided, frame, lease_id)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        (scan["scan_id"], json.dumps(body["walk_in"]), json.dumps(scan), *how),
    )


def _walk_in(body: dict[str, Any], scan: dict[str, Any]) -> WalkIn:
    return WalkIn(body["id"], body["delegation_id"], body["sealed"], kept_scan(scan))


def _drop(connection: sqlite3.Connection, walk_in: WalkIn) -> None:
    connection.execute("DELETE FROM walk_ins WHERE scan_id = ?", (walk_in.scan.scan_id,))
