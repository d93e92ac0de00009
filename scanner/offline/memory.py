"""Who is counted in, as far as this device knows: numbers and times, no names.

It is stored in the spool's file, because a scan's decision and the person it counted must be
written together: a crash between the two would use a lent place twice.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from checkin.domain.scanning.facts import Direction
from checkin.domain.scanning.reasons import Reason
from checkin.domain.scanning.verdict import Status
from scanner.core.scan import Scan
from scanner.offline.disk import DeviceFile
from scanner.offline.leases import Lease, lease_from

SCHEMA = """
CREATE TABLE IF NOT EXISTS passages (
    position INTEGER PRIMARY KEY,
    scan_id  TEXT NOT NULL UNIQUE,
    tag      TEXT NOT NULL,          -- the badge, as the gate list names it
    participant_id INTEGER,          -- NULL: the gate list was not there to tell
    delegation_id  INTEGER,
    direction TEXT NOT NULL,
    at       TEXT NOT NULL,          -- by the server's clock
    gate     TEXT NOT NULL,
    charged_to TEXT,                 -- the lease that the place and the seat are taken off
    place    INTEGER NOT NULL,       -- it took a lent place of the delegation's quota
    seat     INTEGER NOT NULL        -- it took a lent seat of the hall
);
CREATE TABLE IF NOT EXISTS lent (body TEXT NOT NULL);   -- the lease held, as received
CREATE INDEX IF NOT EXISTS passages_by_tag ON passages (tag);
CREATE INDEX IF NOT EXISTS passages_by_participant ON passages (participant_id)
"""

#: a passage that an epoch has acknowledged, and not the one that was met last
IS_LOST = (
    "(EXISTS (SELECT 1 FROM acknowledged_by AS by WHERE by.what = passages.scan_id)"
    " AND NOT EXISTS (SELECT 1 FROM acknowledged_by AS by WHERE by.what = passages.scan_id"
    " AND by.epoch = (SELECT epoch FROM epochs ORDER BY position DESC LIMIT 1))"
    " AND EXISTS (SELECT 1 FROM epochs))"
)

_COLUMNS = (
    "scan_id, tag, participant_id, delegation_id, direction, at, gate, charged_to, place, seat"
)


@dataclass(frozen=True, slots=True)
class Passage:
    """One person counted in or out by this gate or, according to the server, by another.

    Attributes:
        at: by the server's clock.
        place: took one of the places lent to this device.
        seat: took one of the hall's seats lent to this device.
    """

    scan_id: str
    tag: str
    participant_id: int | None
    delegation_id: int | None
    direction: str
    at: datetime
    gate: str = ""
    lease_id: str | None = None
    place: bool = False
    seat: bool = False


@dataclass(frozen=True, slots=True)
class History:
    """What this device knows of one person's passages."""

    entries: int = 0
    inside: bool = False
    first: Passage | None = None


class Memory:
    """The passages and the lease in the spool's file.

    Attributes:
        lock: held from reading how many places are left until a used one is written.
    """

    def __init__(self, file: DeviceFile) -> None:
        self._file = file
        self.lock = threading.RLock()

    def history(
        self,
        tag: str,
        participant_id: int | None,
        counts: Callable[[datetime], bool] = lambda _at: True,
    ) -> History:
        """Return what is known of a badge's holder, including scans of their other badges.

        Args:
            counts: whether a passage at a moment counts, such as those of a day; all do by default.
        """
        query = (
            f"SELECT {_COLUMNS} FROM passages WHERE tag = ? OR participant_id = ? ORDER BY position"  # noqa: S608 - columns of this file
        )
        passages = [_passage(row) for row in self._file.rows(query, (tag, participant_id))]
        return history_of([one for one in passages if counts(one.at)])

    def waits(self, tag: str) -> bool:
        """Say whether a passage of this badge's holder was not sent to the server yet.

        Or it was, and the server lost it in a restore, and has not been offered it again yet.
        """
        return bool(
            self._file.number(
                "SELECT count(*) FROM passages WHERE (tag = ?1"  # noqa: S608 - a text of this file
                " OR participant_id IN (SELECT participant_id FROM passages WHERE tag = ?1))"
                f" AND (scan_id IN (SELECT scan_id FROM waiting) OR {IS_LOST})",
                (tag,),
            )
        )

    def places_spent(self, lease_id: str, delegation_id: int) -> int:
        """Count the lent places of a delegation that are used."""
        return self._file.number(
            "SELECT count(*) FROM passages WHERE place AND charged_to = ? AND delegation_id = ?",
            (lease_id, delegation_id),
        )

    def seats_spent(self, lease_id: str) -> int:
        """Count the lent seats of the hall that are used.

        An exit frees no seat here: the server may lend that seat to another gate.
        """
        return self._file.number(
            "SELECT count(*) FROM passages WHERE seat AND charged_to = ?", (lease_id,)
        )

    def lease(self) -> Lease | None:
        """Return the latest lease, expired or not."""
        return lease_from(self.lent())

    def lent(self) -> dict[str, Any]:
        """Return the lease as received, with the delegations' names; empty without one."""
        rows = self._file.rows("SELECT body FROM lent")
        return dict(json.loads(str(rows[0][0]))) if rows else {}

    def take_lease(self, body: dict[str, Any]) -> None:
        """Store the reply of `POST /leases` in place of the earlier lease.

        Places of the old lease that were used during the request count against the new one: the
        server lent them again, because it did not know of their use.
        """
        lease = lease_from(body)
        if lease is None:
            return
        with self.lock, self._file.transaction() as connection:
            connection.execute("DELETE FROM lent")
            connection.execute("INSERT INTO lent VALUES (?)", (json.dumps(body),))
            connection.execute(
                "UPDATE passages SET charged_to = ? WHERE charged_to IS NOT NULL"
                " AND (scan_id IN (SELECT scan_id FROM waiting)"
                " OR scan_id IN (SELECT scan_id FROM walk_ins))",
                (lease.lease_id,),
            )

    def drop_lease(self) -> None:
        """Delete the lease, so that nothing is lent until there is a new one."""
        self._file.write("DELETE FROM lent")

    def forget(self, scan_id: str) -> None:
        """Forget the person of a passage that was annulled.

        The place that it took of a lease stays taken: the server may have given it to another.
        """
        self._file.write(
            "UPDATE passages SET tag = '', participant_id = NULL WHERE scan_id = ?", (scan_id,)
        )

    def forget_numbers(self) -> None:
        """Forget people's numbers, which may be others' in another epoch; their badges stay."""
        self._file.write("UPDATE passages SET participant_id = NULL")

    def wipe(self) -> None:
        """Forget everybody, and the lease."""
        self._file.write("DELETE FROM lent")
        self._file.write("DELETE FROM passages")
        self._file.clean()


def keep(connection: sqlite3.Connection, passage: Passage) -> None:
    """Write a passage in the caller's transaction; the same scan again changes nothing."""
    connection.execute(
        f"INSERT OR IGNORE INTO passages ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608 - columns of this file
        (
            passage.scan_id,
            passage.tag,
            passage.participant_id,
            passage.delegation_id,
            str(passage.direction),
            passage.at.isoformat(),
            passage.gate,
            passage.lease_id,
            passage.place,
            passage.seat,
        ),
    )


def recognise(connection: sqlite3.Connection, scan_id: str, tag: str, participant_id: int) -> None:
    """Write, in the caller's transaction, which person the passage of a walk-in belongs to."""
    connection.execute(
        "UPDATE passages SET tag = ?, participant_id = ? WHERE scan_id = ?",
        (tag, participant_id, scan_id),
    )


def passage_told(
    scan: Scan, tag: str, reply: dict[str, Any], at: datetime, gate: str
) -> Passage | None:
    """Return the passages of a person that the server's reply to their scan tells.

    Somebody admitted now passed at this gate; an earlier admission was where the reply says.

    Args:
        at: when the scan was read, by the server's clock.
        gate: this gate's name.
    """
    person, first = reply.get("participant"), reply.get("first_admission")
    # A badge that was named without its code is answered without a name, and counts all the same.
    unnamed = not scan.code and reply.get("rehearsal") is not True
    if not person and not unnamed:
        return None
    person, delegation = person or {}, reply.get("delegation") or {}
    known = person.get("id", scan.participant_id)
    passage = Passage(scan.scan_id, tag, known, delegation.get("id"), str(scan.type), at, gate)
    if reply["status"] == Status.OK:
        return passage
    if reply.get("reason") != Reason.ALREADY_REDEEMED or not first:
        return None
    return replace(
        passage,
        direction=str(Direction.ENTRY),
        at=datetime.fromisoformat(first["at"]),
        gate=str(first["gate"]),
    )


def history_of(passages: list[Passage]) -> History:
    """Summarise one person's passages, given in the order in which they became known."""
    entries = [one for one in passages if one.direction == Direction.ENTRY]
    if not entries:
        return History()
    return History(len(entries), passages[-1].direction == Direction.ENTRY, entries[0])


def _passage(row: tuple[object, ...]) -> Passage:
    scan_id, tag, participant_id, delegation_id, direction, at, gate, lease_id, place, seat = row
    return Passage(
        str(scan_id),
        str(tag),
        participant_id,  # type: ignore[arg-type] # INTEGER or NULL, as the schema says
        delegation_id,  # type: ignore[arg-type] # INTEGER or NULL, as the schema says
        str(direction),
        datetime.fromisoformat(str(at)),
        str(gate),
        None if lease_id is None else str(lease_id),
        bool(place),
        bool(seat),
    )
