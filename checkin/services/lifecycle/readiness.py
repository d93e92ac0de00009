"""Read what an event still needs before its doors open; the lights are the domain's."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session

from checkin.db.models import Activity, Delegation, Event, Participant
from checkin.domain.events.readiness import FRESH_LIST, ReadinessFacts
from checkin.domain.scanning.facts import RegistrationStatus
from checkin.services.accounts.pins import somebody_has_a_pin
from checkin.services.gates.devices import ListedDevice, devices_of, gates_of
from checkin.services.lifecycle.purged_files import newest_backup
from checkin.services.lifecycle.retention import BACKUP_TAKEN
from checkin.services.mail.delivery_report import (
    UNREACHED,
    Chosen,
    Delivery,
    count_of_chosen,
    progress_of,
)
from checkin.services.network.public_address import PublicAddress
from checkin.services.network.telephone_check import opened_elsewhere

#: the activity log's word for a rehearsal that was begun
REHEARSAL_BEGUN = "rehearsal.begin"


def readiness_of(
    session: Session,
    event: Event,
    *,
    address: PublicAddress,
    home: Path,
    to_files: bool,
    now: datetime,
) -> ReadinessFacts:
    """Return what is known of an event before its doors open.

    Args:
        home: the folder in which automatic backups lie.
        to_files: there is no mail server, so that e-mails become files.
    """
    registered = registered_people(session, event)
    counts = progress_of(session, event, now).counts
    unreached = sum(counts[one] for one in UNREACHED)
    if unreached:
        # Those whose badge was printed at a desk have it all the same.
        unreached -= count_of_chosen(session, event, Chosen(wanted=UNREACHED, printed=True))
    waiting = counts[Delivery.QUEUED] + counts[Delivery.SENDING]
    devices = [one for one in devices_of(session, event.id, now) if one.device.revoked_at is None]
    taken = {one.gate.id for one in devices}
    return ReadinessFacts(
        registered=registered,
        without_contact=_people(
            session, event, Participant.email.is_(None), Participant.phone.is_(None)
        ),
        badges_sent=max(0, registered - waiting - unreached),
        badges_waiting=waiting,
        badges_unreached=unreached,
        to_files=to_files and counts[Delivery.SENT] > 0,
        devices=len(devices),
        online=sum(one.online for one in devices),
        unanswered=sum(one.device.last_seen_at is None for one in devices),
        stale_lists=_stale(devices, now),
        empty_gates=tuple(
            gate.name for gate in gates_of(session, event.id) if gate.id not in taken
        ),
        is_only_here=address.is_only_here,
        opened_at=opened_elsewhere(session, address.url),
        rehearsed=was_noted(session, event, REHEARSAL_BEGUN),
        rehearsing=event.rehearsal_since is not None,
        has_pins=somebody_has_a_pin(session),
        backup_at=newest_known_backup(session, home),
    )


def registered_people(session: Session, event: Event) -> int:
    """Return how many participants of an event are confirmed."""
    taken = select(func.sum(Delegation.places_taken)).where(Delegation.event_id == event.id)
    return session.scalar(taken) or 0


def was_noted(session: Session, event: Event, action: str) -> bool:
    """Say whether the activity log has an action of the event."""
    noted = exists().where(Activity.event_id == event.id, Activity.action == action)
    return bool(session.scalar(select(noted)))


def _people(session: Session, event: Event, *which: ColumnElement[bool]) -> int:
    confirmed = Participant.standing == RegistrationStatus.CONFIRMED
    found = select(func.count(Participant.id)).where(
        Participant.event_id == event.id, confirmed, *which
    )
    return session.scalars(found).one()


def _stale(devices: Sequence[ListedDevice], now: datetime) -> int:
    lists = [one.device.list_at for one in devices]
    return sum(at is None or now - at > FRESH_LIST for at in lists)


def newest_known_backup(session: Session, home: Path) -> datetime | None:
    """Return when the newest backup was made: a file on this server, or one that was taken out."""
    taken = session.scalar(select(func.max(Activity.at)).where(Activity.action == BACKUP_TAKEN))
    return max((at for at in (taken, newest_backup(home)) if at is not None), default=None)
