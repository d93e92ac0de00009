"""The spool: a SQLite file of this device that stores each scan before it is acted on."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from checkin.domain.scanning.verdict import Status
from scanner.core.errors import SpoolUnwritable
from scanner.core.scan import Scan, kept_scan, utc_text
from scanner.offline import acknowledged, damaged, memory, waiting_walk_ins
from scanner.offline.acknowledged import Acknowledged, Acknowledgement, Offer
from scanner.offline.disk import Connect, DeviceFile, connect_file, faults
from scanner.offline.earlier_spools import forget_codes
from scanner.offline.held_list import GATE_LIST
from scanner.offline.memory import Memory, Passage
from scanner.offline.waiting_walk_ins import WaitingWalkIns

_SCHEMA = f"""
CREATE TABLE IF NOT EXISTS waiting (
    position INTEGER PRIMARY KEY,          -- the order of reading
    scan_id  TEXT NOT NULL UNIQUE,
    body     TEXT NOT NULL,                -- what is uploaded: the badge by its ref
    decided  TEXT,                         -- what the person was told, NULL if nothing yet
    frame    TEXT NOT NULL DEFAULT '',     -- the run whose clock read it
    lease_id TEXT                          -- what lent the place
);
CREATE TABLE IF NOT EXISTS set_aside (     -- what the server will never take, kept for a person
    scan_id   TEXT PRIMARY KEY,
    body      TEXT NOT NULL,
    error     TEXT NOT NULL,
    set_aside_at TEXT NOT NULL,
    decided  TEXT,                         -- these three as it waited, to send it again
    frame    TEXT NOT NULL DEFAULT '',
    lease_id TEXT
);
CREATE TABLE IF NOT EXISTS contradicted (  -- let in here, and the server's rules say otherwise
    scan_id   TEXT PRIMARY KEY,
    reason    TEXT,
    scanned_at TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS told (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS clocks (frame TEXT PRIMARY KEY, skew_s REAL NOT NULL);
{memory.SCHEMA};
{waiting_walk_ins.SCHEMA};
{acknowledged.SCHEMA}
"""
LARGEST_BATCH = 500
_SCANS_IN = (
    *(("waiting", "body"), ("set_aside", "body")),
    *(("walk_ins", "scan"), ("acknowledged", "body")),
)
_LATER_COLUMNS = (
    ("waiting", "frame TEXT NOT NULL DEFAULT ''"),
    ("waiting", "lease_id TEXT"),
    ("set_aside", "decided TEXT"),
    ("set_aside", "frame TEXT NOT NULL DEFAULT ''"),
    ("set_aside", "lease_id TEXT"),
)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A scan that the server has not acknowledged.

    Attributes:
        decided: `{"status", "reason"}` that this device answered, or None when it stopped earlier.
        frame: the run of the scanner whose clock dated the scan.
        delegation_id: the person's, where this device knows it.
        offered: another epoch has acknowledged it, and it is offered again.
        annulled: it was taken back at this gate.
    """

    scan: Scan
    decided: dict[str, Any] | None
    frame: str = ""
    lease_id: str | None = None
    delegation_id: int | None = None
    offered: bool = False
    annulled: bool = False


@dataclass(frozen=True, slots=True)
class SetAside:
    """A scan that the server rejected for good, and its answer."""

    scan: Scan
    error: str


@dataclass(frozen=True, slots=True)
class Contradicted:
    """A scan that this device admitted and the server's rules would have refused."""

    scan_id: str
    reason: str | None
    scanned_at: datetime


class Spool:
    """The scans of one device that the server has not acknowledged.

    Every method that changes something returns only after the change is on the disk.

    Attributes:
        memory: whom this device knows to be counted in.
        walk_ins: people who were let in without a badge and have none yet.
        acknowledged: what the server has, as far as this device was told.
    """

    def __init__(self, folder: Path, *, frame: str = "", connect: Connect = connect_file) -> None:
        """Open or make the spool in `folder`.

        Args:
            frame: the run of this device's clock that reads the scans to come.

        Raises:
            SpoolUnwritable: the folder or its file cannot be written.
        """
        self._frame = frame
        path = folder / "spool.sqlite"
        is_lost = _is_lost(path, connect)
        self._file = DeviceFile(path, _SCHEMA, connect)
        try:
            self._salvage(path, is_lost=is_lost)
            self._bring_up_to_date()
        except BaseException:
            self._file.close()
            raise
        self.memory = Memory(self._file)
        self.acknowledged = Acknowledged(self._file)
        self.walk_ins = WaitingWalkIns(self._file, frame, self.acknowledged)

    def _salvage(self, path: Path, *, is_lost: bool) -> None:
        folders = damaged.folders_to_salvage(path)
        if not (folders or is_lost):
            return
        with self._file.transaction() as connection:
            saved = damaged.read_back(connection, folders, path.name)
            connection.execute("INSERT OR REPLACE INTO told VALUES ('lost', ?)", (str(saved),))
        damaged.note_salvaged(folders)

    def loss(self) -> int | None:
        """Return how many scans were saved of a damaged spool; None once the server knows it."""
        saved = self.told("lost")
        return int(saved) if saved else None

    def loss_is_told(self) -> None:
        """Note that the server knows that this device has lost its memory."""
        if self.told("lost"):
            self.keep_told("lost", "")

    def _bring_up_to_date(self) -> None:
        for table, column in _LATER_COLUMNS:  # a spool of an earlier version may still hold scans
            with contextlib.suppress(SpoolUnwritable):
                self._file.write(f"ALTER TABLE {table} ADD COLUMN {column}")
        forget_codes(self._file)

    def put(self, scan: Scan) -> None:
        """Store `scan` on the disk. The same scan twice is kept once.

        Raises:
            SpoolUnwritable: the disk is full or broken; the scan is not kept.
        """
        self._file.write(
            "INSERT OR IGNORE INTO waiting (scan_id, body, frame) VALUES (?, ?, ?)",
            (scan.scan_id, json.dumps(scan.kept()), self._frame),
        )

    def put_all(self, scans: Sequence[Scan]) -> None:
        """Store the scans of a bus on the disk, all or none.

        Raises:
            SpoolUnwritable: the disk is full or broken; none of them is kept.
        """
        rows = [(scan.scan_id, json.dumps(scan.kept()), self._frame) for scan in scans]
        with self._file.transaction() as connection:
            connection.executemany(
                "INSERT OR IGNORE INTO waiting (scan_id, body, frame) VALUES (?, ?, ?)", rows
            )

    def decide(self, scan_id: str, decided: dict[str, Any], passage: Passage | None = None) -> None:
        """Store the decision about a scan that waits, and the passage that it counts."""
        lease_id = passage.lease_id if passage else None
        with self._file.transaction() as connection:
            connection.execute(
                "UPDATE waiting SET decided = ?, lease_id = ? WHERE scan_id = ?",
                (json.dumps(decided), lease_id, scan_id),
            )
            if passage:
                memory.keep(connection, passage)

    def done(
        self,
        scan_ids: Iterable[str],
        passage: Passage | None = None,
        told: Iterable[Acknowledgement] = (),
    ) -> None:
        """Drop the scans that the server has acknowledged by their ids, and keep what it told."""
        with self._file.transaction() as connection:
            _drop(connection, scan_ids)
            if passage:
                memory.keep(connection, passage)
            acknowledged.keep(connection, self.acknowledged.event, told)

    def settle(
        self,
        taken: Iterable[str],
        contradicted: Sequence[Contradicted],
        told: Iterable[Acknowledgement] = (),
    ) -> None:
        """Drop the scans of a batch that the server accepted, and list those it contradicts."""
        with self._file.transaction() as connection:
            connection.executemany(
                "INSERT OR REPLACE INTO contradicted VALUES (?, ?, ?)",
                [(one.scan_id, one.reason, utc_text(one.scanned_at)) for one in contradicted],
            )
            acknowledged.keep(connection, self.acknowledged.event, told)
            _drop(connection, taken)

    def offered(self) -> list[Waiting]:
        """Return the oldest scans to offer again to the present epoch, of one run."""
        return [_offered(one) for one in self.acknowledged.to_offer()]

    def settle_offer(
        self,
        heard: Iterable[str],
        contradicted: Sequence[Contradicted],
        epoch: str,
        counter: str,
    ) -> None:
        """Note which offered scans an epoch has taken, and list those that it contradicts."""
        self.settle((), contradicted)
        self.acknowledged.heard(heard, epoch, counter)

    def set_aside(self, scan: Scan, error: str) -> None:
        """Move a scan that the server rejected for good to the list for a person to look at."""
        row = (scan.scan_id, json.dumps(scan.kept()), error, utc_text(datetime.now(UTC)))
        with self._file.transaction() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO set_aside"
                " (scan_id, body, error, set_aside_at, decided, frame, lease_id)"
                " SELECT ?1, ?2, ?3, ?4, max(decided), coalesce(max(frame), ''), max(lease_id)"
                " FROM waiting WHERE scan_id = ?1",
                row,
            )
            _drop(connection, [scan.scan_id])

    def send_again(self) -> None:
        """Let everything that was set aside wait again, as history: see `what_was_told`.

        What an epoch had acknowledged is offered to it again.
        """
        rows = self._file.rows(
            "SELECT body, decided, frame, lease_id, EXISTS"
            " (SELECT 1 FROM passages WHERE passages.scan_id = set_aside.scan_id)"
            " FROM set_aside ORDER BY set_aside_at, rowid"
        )
        with self._file.transaction() as connection:
            for text, kept, frame, lease_id, was_counted in rows:
                body = json.loads(text)
                decided = json.loads(kept) if kept else None
                told = what_was_told(decided, was_counted=bool(was_counted))
                how = (json.dumps(told), frame, lease_id)
                if "walk_in" in body:
                    waiting_walk_ins.wait_again(connection, body, how)
                elif not acknowledged.unheard(connection, body["scan_id"], self.acknowledged.epoch):
                    connection.execute(
                        "INSERT OR IGNORE INTO waiting (scan_id, body, decided, frame, lease_id)"
                        " VALUES (?, ?, ?, ?, ?)",
                        (body["scan_id"], json.dumps(body), *how),
                    )
            connection.execute("DELETE FROM set_aside")

    def told(self, name: str) -> str:
        """Return what was kept of what the server told, or this device counts; "" for nothing."""
        rows = self._file.rows("SELECT value FROM told WHERE name = ?", (name,))
        return str(rows[0][0]) if rows else ""

    def keep_told(self, name: str, value: str) -> None:
        """Keep a value under a name."""
        self._file.write("INSERT OR REPLACE INTO told VALUES (?, ?)", (name, value))

    def next_turn(self) -> int:
        """Count a heartbeat: the number is on the disk before anybody is told of it."""
        turn = int(self.told("turn") or 0) + 1
        self.keep_told("turn", str(turn))
        return turn

    def decided(self, limit: int = LARGEST_BATCH, besides: Container[str] = ()) -> list[Waiting]:
        """Return the oldest scans that were answered here and wait for the server.

        They are of one run, so that one `device_time` is right for all of them.

        Args:
            besides: ids of scans to leave out.
        """
        waiting = self._waiting("decided IS NOT NULL", limit)
        oldest = [one for one in waiting if one.scan.scan_id not in besides]
        return [one for one in oldest if one.frame == oldest[0].frame]

    def undecided(self, limit: int = 10_000) -> list[Waiting]:
        """Return the oldest scans without an answer: being sent, or interrupted by a crash."""
        return self._waiting("decided IS NULL", limit)

    def waiting_count(self) -> int:
        """Count the scans that the server has not acknowledged, those of walk-ins too."""
        return self._file.number("SELECT count(*) FROM waiting") + self.walk_ins.count()

    def decided_count(self) -> int:
        """Count the scans that were answered here and wait for the server."""
        decided = "SELECT count(*) FROM waiting WHERE decided IS NOT NULL"
        return self._file.number(decided) + self.walk_ins.count()

    def set_aside_count(self) -> int:
        """Count the scans that a person must look at."""
        return self._file.number("SELECT count(*) FROM set_aside")

    def left_over(self) -> list[tuple[str, int]]:
        """Return what a person must be told at the end: keys in `words`, each with a count."""
        counts = {"still_waiting": self.waiting_count(), "set_aside": self.set_aside_count()}
        return [(key, count) for key, count in counts.items() if count]

    def set_aside_list(self) -> list[SetAside]:
        """Return the scans that a person must look at, oldest first."""
        rows = self._file.rows("SELECT body, error FROM set_aside ORDER BY set_aside_at")
        return [SetAside(kept_scan(json.loads(str(body))), str(error)) for body, error in rows]

    def contradicted(self) -> list[Contradicted]:
        """Return the scans that were admitted here against the server's rules, oldest first."""
        rows = self._file.rows("SELECT * FROM contradicted ORDER BY scanned_at, scan_id")
        return [Contradicted(i, reason, datetime.fromisoformat(at)) for i, reason, at in rows]

    def keep_skew(self, frame: str, skew_s: float) -> None:
        """Store the measured skew of a run."""
        self._file.write("INSERT OR REPLACE INTO clocks VALUES (?, ?)", (frame, skew_s))

    def skew_of(self, frame: str) -> float | None:
        """Return the skew that a run measured, or None when it never did."""
        rows = self._file.rows("SELECT skew_s FROM clocks WHERE frame = ?", (frame,))
        return float(rows[0][0]) if rows else None

    def last_skew(self) -> float:
        """Return the skew that the newest measuring run kept; 0 where none has measured."""
        rows = self._file.rows("SELECT skew_s FROM clocks ORDER BY rowid DESC LIMIT 1")
        return float(rows[0][0]) if rows else 0.0

    def close(self) -> None:
        """Close the file; what is in it stays."""
        self._file.close()

    def _waiting(self, which: str, limit: int) -> list[Waiting]:
        columns = "body, decided, frame, waiting.lease_id, passages.delegation_id"
        query = (
            f"SELECT {columns} FROM waiting LEFT JOIN passages USING (scan_id)"  # noqa: S608 - texts of this file
            f" WHERE {which} ORDER BY waiting.position LIMIT ?"
        )
        return [
            Waiting(
                kept_scan(json.loads(body)),
                json.loads(decided) if decided else None,
                frame,
                lease_id,
                delegation_id,
            )
            for body, decided, frame, lease_id, delegation_id in self._file.rows(query, (limit,))
        ]


def what_was_told(decided: dict[str, Any] | None, *, was_counted: bool) -> dict[str, Any]:
    """Return what happened at the gate on a scan that comes late: `{"status", "reason"}`.

    It is never decided as a new one: whoever was turned away on it is not there any more.

    Args:
        decided: what this device had decided; None where it had not, so that the volunteer was
            shown a refusal, or an earlier version has not kept it.
        was_counted: this device has counted the person in on this scan.
    """
    if decided is not None:
        return decided
    return {"status": str(Status.OK if was_counted else Status.ERROR), "reason": None}


def _is_lost(path: Path, connect: Connect) -> bool:
    """Move a damaged spool aside; say whether one is gone that was here."""
    with faults(path):
        if not path.exists():  # the gate list is made after it, and lies beside it
            return path.with_name(GATE_LIST).exists()
        if not damaged.is_whole(path, connect, _read_all):
            damaged.move_aside(path)
    return False


def _read_all(connection: sqlite3.Connection) -> None:
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
    for table, column in _SCANS_IN:
        if table in tables:
            for (body,) in connection.execute(f"SELECT {column} FROM {table}"):  # noqa: S608 - texts of this file
                kept_scan(json.loads(body))


def _offered(one: Offer) -> Waiting:
    how = (one.scan, one.decided, one.frame, one.lease_id, one.delegation_id)
    return Waiting(*how, offered=True, annulled=one.annulled)


def _drop(connection: sqlite3.Connection, scan_ids: Iterable[str]) -> None:
    connection.executemany(
        "DELETE FROM waiting WHERE scan_id = ?", [(scan_id,) for scan_id in scan_ids]
    )
