"""Record at a hub what the other gates of the event have recorded: it knows who is in already."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.orm import Session

from checkin.db.engine import Database, in_transaction
from checkin.db.models import Device, Participant, Scan, ScanFromUpstream
from checkin.domain.scanning.facts import Direction
from checkin.domain.scanning.verdict import Source, Status
from checkin.services.common.keys import Keys
from checkin.services.gates.authentication import device_numbered
from checkin.services.hub.bringing import note_annulled
from checkin.services.hub.upstream import upstream
from checkin.services.scanning.annul import annul_again
from checkin.services.scanning.record import Uploaded, record_uploads
from checkin.services.scanning.storage import Decided, Reading


def take_arrivals(
    database: Database, told: Mapping[str, Any], keys: Keys, now: datetime
) -> tuple[int, bool]:
    """Record the scans of others, and what was taken back; return how many, and whether all.

    Whoever or whatever this hub does not know yet waits for the next mirror: False says so, and the
    same numbers are asked for again.
    """
    annulled = [UUID(one["scan_id"]) for one in told["annulled"]]
    if annulled:  # first: else who came in again since would be in already
        in_transaction(database, lambda session: _take_back(session, annulled, now))
    scans, ready = _known(database, told["scans"])
    new = [one for one in _new(database, scans) if one["annulled_at"] is None]
    skew = now - datetime.fromisoformat(told["server_time"])
    record_uploads(database, _uploads(database, new, now, skew), keys)
    ids = [UUID(scan["scan_id"]) for scan in scans]
    highest = told["next"] if ready else max((one["number"] for one in scans), default=None)

    def keep(session: Session) -> None:
        numbers = session.scalars(select(Scan.id).where(Scan.scan_id.in_(ids))).all()
        if numbers:
            rows = [{"scan_pk": number, "annulled": False} for number in numbers]
            session.execute(insert(ScanFromUpstream).on_conflict_do_nothing(), rows)
        if annulled:
            note_annulled(session, annulled)
        if highest is not None:
            link = upstream(session)
            link.arrivals_until = max(link.arrivals_until, highest)

    in_transaction(database, keep)
    return len(new), ready


def _new(database: Database, scans: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return those that are not here; what was told before may be told again."""
    ids = [UUID(one["scan_id"]) for one in scans]
    with database.read() as session:
        here = set(session.scalars(select(Scan.scan_id).where(Scan.scan_id.in_(ids))))
    return [one for one in scans if UUID(one["scan_id"]) not in here]


def _known(
    database: Database, scans: Sequence[Mapping[str, Any]]
) -> tuple[list[Mapping[str, Any]], bool]:
    """Return the scans before the first of somebody, or of a device, that is not here yet."""
    with database.read() as session:
        people = set(_there(session, Participant, {one["participant_id"] for one in scans}))
        devices = set(_there(session, Device, {one["device_id"] for one in scans}))
    for at, one in enumerate(scans):
        if one["participant_id"] not in people or one["device_id"] not in devices:
            return list(scans[:at]), False
    return list(scans), True


def _there(session: Session, model: Any, numbers: set[int]) -> Sequence[int]:
    return session.scalars(select(model.id).where(model.id.in_(numbers))).all()


def _uploads(
    database: Database, scans: Sequence[Mapping[str, Any]], now: datetime, skew: timedelta
) -> list[Uploaded]:
    with database.reading() as connection:
        devices = {
            number: device_numbered(connection, number)
            for number in {one["device_id"] for one in scans}
        }
    return [Uploaded(devices[one["device_id"]], _reading(one, now, skew)) for one in scans]


def _reading(scan: Mapping[str, Any], now: datetime, skew: timedelta) -> Reading:
    # By the clock of this hub, as all that is recorded here: who left after they came has done so.
    at = min(datetime.fromisoformat(scan["corrected_at"]) + skew, now)
    ref, source = scan["badge_ref"], Source(scan["source"])
    return Reading(
        scan_id=UUID(scan["scan_id"]),
        code="",
        direction=Direction(scan["type"]),
        source=source,
        scanned_at=datetime.fromisoformat(scan["scanned_at"]),  # as its gate may tell of it, too
        at=at,
        received_at=now,
        decided=Decided(Status.OK, None),
        badge_ref=None if ref is None else bytes.fromhex(ref),
        participant_id=scan["participant_id"] if ref is None else None,
    )


def _take_back(session: Session, scan_ids: Sequence[UUID], now: datetime) -> None:
    rows = session.execute(
        select(Scan.scan_id, Scan.device_id).where(
            Scan.scan_id.in_(scan_ids), Scan.annulled_at.is_(None)
        )
    ).all()
    for row in rows:
        device = device_numbered(session.connection(), row.device_id)
        annul_again(session, device=device, scan_ids=[row.scan_id], now=now)
