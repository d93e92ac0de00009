"""What the server has acknowledged, kept to be offered again if it is put back to an earlier state.

Each scan is kept by the ref of its badge, with the epochs of the database that acknowledged it; see
`checkin.protocol.epochs`. It is in the spool's file, because a scan leaves those that wait and is
kept here in one transaction.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from checkin.protocol.epochs import Seen, counter_in
from scanner.core.scan import Scan, kept_scan
from scanner.offline.disk import DeviceFile
from scanner.offline.walk_in import WalkIn

SCHEMA = """
CREATE TABLE IF NOT EXISTS acknowledged (
    position INTEGER PRIMARY KEY,          -- the order in which they were
    scan_id  TEXT NOT NULL UNIQUE,
    event    TEXT NOT NULL,                -- '' where the pairing did not tell
    body     TEXT NOT NULL,                -- the badge by its ref
    decided  TEXT NOT NULL,                -- what the person was told
    frame    TEXT NOT NULL,
    lease_id TEXT,
    delegation_id INTEGER,
    annulled INTEGER NOT NULL DEFAULT 0    -- it was taken back at this gate
);
CREATE TABLE IF NOT EXISTS acknowledged_by (
    what   TEXT NOT NULL,                  -- a scan_id, or the id of a walk-in
    epoch  TEXT NOT NULL,
    number INTEGER NOT NULL DEFAULT 0,     -- of the scan in the server's log, where it was told
    PRIMARY KEY (what, epoch)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS highest_number ON acknowledged_by (epoch, number) WHERE number > 0;
CREATE TABLE IF NOT EXISTS registered_walk_ins (
    id    TEXT PRIMARY KEY,
    event TEXT NOT NULL,
    body  TEXT NOT NULL,                   -- what registers them, the name sealed
    ref   TEXT NOT NULL                    -- of the badge that they were given
);
CREATE TABLE IF NOT EXISTS epochs (position INTEGER PRIMARY KEY, epoch TEXT NOT NULL UNIQUE);
CREATE TABLE IF NOT EXISTS place_epochs (
    place TEXT PRIMARY KEY,                -- '' is the server, "hub 3" one of its hubs
    epoch TEXT NOT NULL                    -- that was met there last
)
"""
#: asked with each request; of the partial index it reads one entry
HIGHEST_NUMBER = (
    "SELECT number, what FROM acknowledged_by WHERE epoch = ? AND number > 0"
    " ORDER BY number DESC LIMIT 1"
)
#: after its event's end nothing is offered any more
KEPT_AFTER_THE_END = timedelta(days=7)
LARGEST_OFFER = 500


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """The server's word that it has a scan.

    Attributes:
        decided: `{"status", "reason"}` that the person was told.
        frame: the run of this device's clock that read it.
        epoch: of the database that has it; "" of a server that knows of none.
        counter: as the answer's header told it; "" where it is another scan's.
    """

    scan: Scan
    decided: dict[str, Any]
    frame: str
    epoch: str = ""
    counter: str = ""
    lease_id: str | None = None
    delegation_id: int | None = None


@dataclass(frozen=True, slots=True)
class Offer:
    """An acknowledged scan that the present epoch has not acknowledged; fields as above."""

    scan: Scan
    decided: dict[str, Any]
    frame: str
    lease_id: str | None
    delegation_id: int | None
    annulled: bool


class Acknowledged:
    """What was acknowledged to this device, and the epochs that it has met.

    Attributes:
        event: the slug of the event for which this device is paired; "" where that is unknown.
    """

    def __init__(self, file: DeviceFile) -> None:
        self._file = file
        self.event = ""
        rows = file.rows("SELECT epoch FROM epochs ORDER BY position")
        self._met = [str(epoch) for (epoch,) in rows]
        self._place = ""

    @property
    def epoch(self) -> str:
        """Return the epoch that was met last; "" before any."""
        return self._met[-1] if self._met else ""

    def has_met(self, epoch: str) -> bool:
        """Say whether an epoch was met."""
        return epoch in self._met

    def meet(self, epoch: str) -> bool:
        """Take the epoch of an answer; say whether it is a new one after another.

        One that was left is met again where an old answer comes late, or where the database was put
        back: then the server is told the newer one, of which it knows nothing.
        """
        if not epoch or epoch == self.epoch:
            return False
        if epoch in self._met:
            self._be_where(epoch)
            return False
        with self._file.transaction() as connection:
            connection.execute("INSERT OR IGNORE INTO epochs (epoch) VALUES (?)", (epoch,))
            connection.execute(_IS_OF_PLACE, (self._place, epoch))
        self._met.append(epoch)
        return len(self._met) > 1

    def _be_where(self, epoch: str) -> None:
        """Take an epoch that was met before for the present one, if it may be that of this place.

        While the disk is full, nobody can note where this device has gone.
        """
        places = {str(of): str(place) for place, of in self._file.rows(_PLACES)}
        if places.get(epoch, self._place) != self._place:
            return
        if epoch not in places and self._place in places.values():
            return  # an old answer comes late: this place has another one since
        with self._file.transaction() as connection:
            connection.execute(_IS_OF_PLACE, (self._place, epoch))
            _come_last(connection, epoch)
        self._come_last(epoch)

    def arrive(self, place: str) -> None:
        """Take the epoch that was met last at a place for the present one: this device is there.

        A hub and the central server have databases of their own. What one of them has acknowledged
        is offered to the other, once.
        """
        left, self._place = self._place, place
        with self._file.transaction() as connection:
            places = dict(connection.execute(_PLACES).fetchall())
            if self._met and not places:  # of before hubs were known
                connection.execute(_IS_OF_PLACE, (left, self._met[-1]))
                places = {left: self._met[-1]}
            if known := places.get(place):
                _come_last(connection, known)
        if known:
            self._come_last(known)

    def seen(self) -> str:
        """Return the value of the header that tells what this device has seen; "" for nothing."""
        if not self.epoch:
            return ""
        rows = self._file.rows(HIGHEST_NUMBER, (self.epoch,))
        counter = counter_in(f"{rows[0][0]} {rows[0][1]}") if rows else None
        return Seen(self.epoch, counter).text()

    def count(self) -> int:
        """Count the scans that are kept, of whatever event."""
        return self._file.number("SELECT count(*) FROM acknowledged")

    def count_to_offer(self) -> int:
        """Count the scans that the present epoch has not acknowledged."""
        query = f"SELECT count(*) FROM acknowledged WHERE {_LACKS}"  # noqa: S608 - a text of this file
        return self._file.number(query, self._whose())

    def to_offer(self, limit: int = LARGEST_OFFER) -> list[Offer]:
        """Return the oldest of them; of one run, so that one `device_time` is right for all."""
        rows = self._file.rows(
            "SELECT body, decided, frame, lease_id, delegation_id, annulled FROM acknowledged"  # noqa: S608 - a text of this file
            f" WHERE {_LACKS} ORDER BY position LIMIT :limit",
            self._whose() | {"limit": limit},
        )
        return [
            Offer(
                kept_scan(json.loads(body)),
                json.loads(decided),
                frame,
                lease_id,
                delegation_id,
                bool(annulled),
            )
            for body, decided, frame, lease_id, delegation_id, annulled in rows
            if frame == rows[0][2]
        ]

    def heard(self, scan_ids: Iterable[str], epoch: str, counter: str = "") -> None:
        """Note that an epoch has acknowledged these scans."""
        with self._file.transaction() as connection:
            _heard(connection, scan_ids, epoch, counter)

    def annul(self, scan_id: str) -> None:
        """Note that a scan was taken back, which has to be offered with it."""
        self._file.write("UPDATE acknowledged SET annulled = 1 WHERE scan_id = ?", (scan_id,))

    def keep_walk_in(self, walk_in: WalkIn, ref: str, epoch: str) -> None:
        """Keep a walk-in whom the server has registered."""
        with self._file.transaction() as connection:
            keep_walk_in(connection, walk_in, ref, event=self.event, epoch=epoch)

    def walk_ins_to_offer(self) -> list[tuple[WalkIn, str]]:
        """Return the walk-ins whom the present epoch has not registered, with their refs."""
        rows = self._file.rows(
            "SELECT body, ref FROM registered_walk_ins AS acknowledged"  # noqa: S608 - a text of this file
            f" WHERE {_LACKS.replace('scan_id', 'id')}",
            self._whose(),
        )
        return [(_walk_in(json.loads(body)), str(ref)) for body, ref in rows]

    def walk_in_is_back(self, walk_in: WalkIn, old_ref: str, ref: str, epoch: str) -> None:
        """Note that a walk-in is registered again: the scans that let them in name the new badge.

        A refusal was one of the badge that they had then, which the server may have in its log.
        """
        with self._file.transaction() as connection:
            for table in ("waiting", "acknowledged"):
                connection.execute(
                    f"UPDATE {table} SET body = json_set(body, '$.badge_ref', :ref)"  # noqa: S608 - a table of this file
                    " WHERE json_extract(body, '$.badge_ref') = :old_ref"
                    " AND coalesce(json_extract(decided, '$.status'), 'ok') = 'ok'",
                    {"ref": ref, "old_ref": old_ref},
                )
            keep_walk_in(connection, walk_in, ref, event=self.event, epoch=epoch)

    def forget_heard(self) -> None:
        """Erase what the present epoch has acknowledged; the rest is evidence of nowhere else."""
        with self._file.transaction() as connection:
            for table, key in (("acknowledged", "scan_id"), ("registered_walk_ins", "id")):
                connection.execute(
                    f"DELETE FROM {table} WHERE {key} IN"  # noqa: S608 - tables of this file
                    " (SELECT what FROM acknowledged_by WHERE epoch = ?)",
                    (self.epoch,),
                )

    def forget_all(self) -> None:
        """Erase everything but the epochs that were met."""
        with self._file.transaction() as connection:
            for table in ("acknowledged", "acknowledged_by", "registered_walk_ins"):
                connection.execute(f"DELETE FROM {table}")  # noqa: S608 - tables of this file

    def retire(self, ends: Sequence[datetime], now: datetime) -> None:
        """Erase what is kept of this device's event, once it is over for long enough.

        Args:
            ends: of the event's days.
        """
        is_over = bool(ends) and now - max(ends) > KEPT_AFTER_THE_END
        if is_over and self._file.number("SELECT count(*) FROM acknowledged"):
            self.forget_all()
            self._file.clean()

    def _come_last(self, epoch: str) -> None:
        self._met = [one for one in self._met if one != epoch] + [epoch]

    def _whose(self) -> dict[str, Any]:
        return {"epoch": self.epoch, "event": self.event}


_PLACES = "SELECT place, epoch FROM place_epochs"
_IS_OF_PLACE = "INSERT OR REPLACE INTO place_epochs VALUES (?, ?)"
#: a row that the present epoch has not acknowledged, of this device's event
_LACKS = (
    "event IN ('', :event) AND NOT EXISTS (SELECT 1 FROM acknowledged_by AS by"
    " WHERE by.what = acknowledged.scan_id AND by.epoch = :epoch)"
)


def keep(connection: sqlite3.Connection, event: str, told: Iterable[Acknowledgement]) -> None:
    """Keep what was acknowledged, in the caller's transaction."""
    for one in told:
        scan_id = one.scan.scan_id
        connection.execute(
            "INSERT OR IGNORE INTO acknowledged"
            " (scan_id, event, body, decided, frame, lease_id, delegation_id) VALUES"
            " (?, ?, ?, ?, ?, ?, coalesce(?,"
            "  (SELECT delegation_id FROM passages WHERE scan_id = ?)))",
            (
                scan_id,
                event,
                json.dumps(one.scan.kept()),
                json.dumps(one.decided),
                one.frame,
                one.lease_id,
                one.delegation_id,
                scan_id,
            ),
        )
        _heard(connection, [scan_id], one.epoch, one.counter)


def keep_walk_in(
    connection: sqlite3.Connection, walk_in: WalkIn, ref: str, *, event: str, epoch: str
) -> None:
    """Keep a registered walk-in, in the caller's transaction."""
    connection.execute(
        "INSERT OR REPLACE INTO registered_walk_ins VALUES (?, ?, ?, ?)",
        (walk_in.id, event, json.dumps(walk_in.body()), ref),
    )
    _heard(connection, [walk_in.id], epoch, "")


def _come_last(connection: sqlite3.Connection, epoch: str) -> None:
    connection.execute("DELETE FROM epochs WHERE epoch = ?", (epoch,))
    connection.execute("INSERT INTO epochs (epoch) VALUES (?)", (epoch,))


def _heard(connection: sqlite3.Connection, what: Iterable[str], epoch: str, counter: str) -> None:
    numbers = dict.fromkeys(what, 0)
    if read := counter_in(
        counter
    ):  # the epoch has that scan, whether its result came through or not
        numbers[str(read.scan_id)] = read.number
    connection.executemany(
        "INSERT INTO acknowledged_by VALUES (?, ?, ?)"
        " ON CONFLICT DO UPDATE SET number = max(number, excluded.number)",
        [(one, epoch, number) for one, number in numbers.items()],
    )


def unheard(connection: sqlite3.Connection, scan_id: str, epoch: str) -> bool:
    """Have an acknowledged scan offered to an epoch again, in the caller's transaction.

    Returns:
        Whether it is one that is kept here.
    """
    known = connection.execute("SELECT 1 FROM acknowledged WHERE scan_id = ?", (scan_id,))
    is_kept = known.fetchone() is not None
    if is_kept:
        connection.execute(
            "DELETE FROM acknowledged_by WHERE what = ? AND epoch = ?", (scan_id, epoch)
        )
    return is_kept


def _walk_in(body: dict[str, Any]) -> WalkIn:
    nobody = Scan(code="")
    return WalkIn(body["id"], body["delegation_id"], body["sealed"], nobody)
