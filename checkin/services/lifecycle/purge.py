"""Purge an event: erase its personal data; counts per delegation, gate and hour stay."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import ColumnElement, delete, func, select, text, update
from sqlalchemy.orm import Session

from checkin.db.engine import Database, in_transaction
from checkin.db.models import (
    Activity,
    Admission,
    Announcement,
    AnnouncementPerson,
    AnnouncementText,
    Application,
    Badge,
    BadgePrint,
    Base,
    Bus,
    BusPassenger,
    Conflict,
    Consent,
    Device,
    Duplicate,
    Event,
    HourlyArrivals,
    ImportDraft,
    Job,
    Lease,
    LeasePlace,
    LimitCounter,
    MergedRecord,
    Message,
    Pairing,
    Participant,
    Scan,
    SelfRegistration,
    WalkIn,
)
from checkin.domain.board.figures import arrivals_by
from checkin.errors import Conflict as Contradiction
from checkin.services.common.activity import note
from checkin.services.events.days import days_of
from checkin.services.jobs.files import sweep
from checkin.services.limits.rules import JOINING_CONTACT
from checkin.services.people.arrivals import arrival_groups

#: children first, so that no reference is left hanging
_PERSONAL: tuple[type[Base], ...] = (
    BusPassenger,
    Bus,
    ImportDraft,
    Job,
    Application,
    Consent,
    SelfRegistration,
    Message,
    AnnouncementPerson,
    AnnouncementText,
    Announcement,
    BadgePrint,
    Conflict,
    Duplicate,
    MergedRecord,
    Admission,
    Scan,
    WalkIn,
    LeasePlace,
    Lease,
    Badge,
    Activity,
    Pairing,
    Participant,
)


#: the lines of the activity log that a receipt is read from
_ROWS, _FILES = "event.purge", "event.purge.files"


@dataclass(frozen=True, slots=True)
class Receipt:
    """The receipt of a purge: what was erased.

    Attributes:
        rows: erased rows by table.
        files: erased files of badges and e-mails.
        devices: revoked devices that have not yet confirmed that they wiped their list.
    """

    event: str
    purged_at: datetime
    rows: dict[str, int]
    files: int
    devices: int


def purge_event(
    database: Database,
    event: Event,
    home: Path,
    *,
    now: datetime,
    early: bool = False,
    operator_id: int | None = None,
) -> Receipt:
    """Erase an event's personal data from the database and the files, and revoke its devices.

    Args:
        home: the folder in which sheets and e-mails were written.
        early: purge even if the event has not ended.

    Raises:
        Conflict: the event has not ended.
    """
    if not early and now < event.ends_at:
        raise Contradiction(f"{event.slug} ends at {event.ends_at:%Y-%m-%d %H:%M} UTC: wait for it")
    rows, devices = in_transaction(
        database, lambda session: _erase(session, event, now, operator_id)
    )
    files = _erase_files(home) + sweep(database, home)
    in_transaction(
        database,
        lambda s: note(s, event.id, _FILES, now, operator_id=operator_id, files=files),
    )
    database.compact()
    return Receipt(event.slug, now, rows, files, devices)


def count_of_people(session: Session, event: Event) -> int:
    """Return how many participants of an event are stored by name, whatever their status."""
    people = select(func.count(Participant.id)).where(Participant.event_id == event.id)
    return session.scalars(people).one()


def receipt_of(session: Session, event: Event) -> Receipt | None:
    """Return the receipt of an event's last purge, as it was stored; None before the first."""
    noted = session.scalars(
        select(Activity)
        .where(Activity.event_id == event.id, Activity.action.in_((_ROWS, _FILES)))
        .order_by(Activity.id)
    ).all()
    erased = next((one for one in reversed(noted) if one.action == _ROWS), None)
    if erased is None:
        return None
    files = sum(one.details["files"] for one in noted if one.action == _FILES)
    rows, devices = erased.details["rows"], erased.details["devices"]
    return Receipt(event.slug, erased.at, rows, files, devices)


def _erase(
    session: Session, event: Event, now: datetime, operator_id: int | None
) -> tuple[dict[str, int], int]:
    _keep_hours(session, event)
    rows: dict[str, int] = {}
    for table in _PERSONAL:
        gone = session.execute(delete(table).where(_of(table, event)))
        rows[table.__tablename__] = gone.rowcount  # type: ignore[attr-defined]
    revoked = session.execute(
        update(Device)
        .where(Device.event_id == event.id, Device.revoked_at.is_(None))
        .values(revoked_at=now)
    )
    session.execute(update(Device).where(Device.event_id == event.id).values(name="", software=""))
    if session.get_bind().dialect.name == "sqlite":
        # The index of names keeps deleted words until it is written anew.
        session.execute(
            text("INSERT INTO participant_search(participant_search) VALUES('rebuild')")
        )
    # Hashes of who registered; those of accounts stay, or a purge would be worth new guesses.
    session.execute(delete(LimitCounter).where(LimitCounter.key.startswith(JOINING_CONTACT.name)))
    session.execute(
        update(Event).where(Event.id == event.id).values(purged_at=now, rehearsal_since=None)
    )
    devices: int = revoked.rowcount  # type: ignore[attr-defined]
    note(session, event.id, _ROWS, now, operator_id=operator_id, rows=rows, devices=devices)
    return rows, devices


def _of(table: type[Base], event: Event) -> ColumnElement[bool]:
    column: ColumnElement[int] = table.__table__.c.event_id
    return column == event.id


def _keep_hours(session: Session, event: Event) -> None:
    for day in days_of(session, event.id):
        groups = arrival_groups(session, event.id, day=day.number)
        hours = arrivals_by(groups, lambda of: (of.delegation_id, of.gate_id, of.hour_at))
        session.execute(  # what an earlier purge has kept is among the groups
            delete(HourlyArrivals).where(
                HourlyArrivals.event_id == event.id, HourlyArrivals.day == day.number
            )
        )
        session.add_all(
            HourlyArrivals(
                event_id=event.id,
                day=day.number,
                delegation_id=delegation,
                gate_id=gate,
                hour_at=hour,
                arrived=arrivals.all,
                arrived_reserve=arrivals.reserve,
                arrived_canceled=arrivals.canceled,
                overrides=arrivals.overrides,
                walk_ins=arrivals.walk_ins,
            )
            for (delegation, gate, hour), arrivals in hours.items()
        )
    session.flush()


def _erase_files(home: Path) -> int:
    kinds = ("outbox/*.eml", "outbox/*.part", "badges/*.pdf", "badges/*.part")
    files = [file for kind in kinds for file in home.glob(kind)]
    for path in files:
        path.unlink()
    return len(files)
