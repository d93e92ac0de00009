"""Keep a hub inside what the central server has lent it, by the rules that hold everywhere.

Free places that are not lent to this hub are nobody's here: a device called central holds them, as
a gate without the network holds its loan. So registering walk-ins, the reserve list at the gate,
the hall's limit and the loans to the hub's own gates need no rule of their own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, delete, exists, func, insert, select
from sqlalchemy.orm import Session

from checkin.db.models import (
    Admission,
    ArrivalTally,
    Delegation,
    Device,
    Event,
    Gate,
    Lease,
    LeasePlace,
    Participant,
    Scan,
    ScanFromUpstream,
)
from checkin.domain.gates.hub_numbers import CENTRAL_DEVICE, OWN_NUMBERS
from checkin.domain.scanning.facts import RegistrationStatus
from checkin.services.events.days import today
from checkin.services.hub.upstream import upstream
from checkin.services.people.places import IS_UNCONFIRMED, untaken_places

#: a name that no device of an event can have
_NAME = "⌂ central"
_LEASE = UUID("00000000-0000-4000-8000-000000000001")
_FOR_EVER = datetime(9000, 1, 1, tzinfo=UTC)
_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Known:
    """What the central server knew of this hub when it lent to it.

    Attributes:
        walk_ins_until: whoever was registered here before.
        scan: every scan up to this number of the hub's log, whenever that was read: a gate that
            stood alone brings what happened long before a loan after it.
    """

    walk_ins_until: datetime
    scan: int


def last_scan(session: Session) -> int:
    """Return the highest number in this hub's log."""
    return session.scalar(select(func.max(Scan.id))) or 0


def keep_lent(session: Session, body: Mapping[str, Any], known: Known) -> None:
    """Keep what the central server has lent, as it answers to a request for a lease.

    Args:
        known: what it knew when it lent that.
    """
    link = upstream(session)
    link.lease_id = UUID(body["lease_id"])
    places = {str(one["id"]): one["places"] for one in body["delegations"] if one["places"]}
    link.lent = {"places": places, "hall": body.get("hall"), "known_scan": known.scan}
    link.lent_at = known.walk_ins_until


def hold_back(session: Session, now: datetime) -> None:
    """Let central hold every free place, and all room in the hall, that is not this hub's to give.

    What was given away since the loan was made is taken off it.
    """
    link = upstream(session)
    event = session.get_one(Event, link.event_id)
    _make_device(session, event.id)
    session.execute(delete(LeasePlace).where(LeasePlace.lease_id == _LEASE))
    session.execute(delete(Lease).where(Lease.id == _LEASE))
    lent = link.lent or {"places": {}, "hall": 0}
    known = Known(link.lent_at or _LONG_AGO, lent.get("known_scan", 0))
    used = _used_beyond(session, event.id, known)
    session.execute(
        insert(Lease).values(
            id=_LEASE,
            event_id=event.id,
            device_id=CENTRAL_DEVICE,
            granted_at=_LONG_AGO,
            expires_at=_FOR_EVER,
            hall=_hall_held(session, event, lent["hall"], known, now),
            hall_used=0,
        )
    )
    untaken = session.execute(
        select(Delegation.id, untaken_places().label("untaken")).where(
            Delegation.event_id == event.id
        )
    ).all()
    held = [
        {
            "lease_id": _LEASE,
            "delegation_id": row.id,
            "event_id": event.id,
            "places": places,
            "used": 0,
        }
        for row in untaken
        if (places := row.untaken - max(0, lent["places"].get(str(row.id), 0) - used(row.id))) > 0
    ]
    if held:
        session.execute(insert(LeasePlace), held)


def _make_device(session: Session, event_id: int) -> None:
    if session.get(Device, CENTRAL_DEVICE) is not None:
        return
    gate = session.scalars(
        select(Gate.id).where(Gate.event_id == event_id).order_by(Gate.id).limit(1)
    ).one()
    session.add(
        Device(
            id=CENTRAL_DEVICE,
            event_id=event_id,
            gate_id=gate,
            name=_NAME,
            software="",
            token_hash=b"\0" * 32,
            paired_at=_LONG_AGO,
            revoked_at=_LONG_AGO,  # it is on no page, and nobody has its token
        )
    )
    session.flush()


def _used_beyond(session: Session, event_id: int, known: Known) -> Any:
    """Return what tells how many places were given away here of which central did not know."""
    walk_ins = session.execute(
        select(Participant.delegation_id, func.count(Participant.id))
        .where(
            Participant.event_id == event_id,
            Participant.id >= OWN_NUMBERS,
            Participant.standing == RegistrationStatus.CONFIRMED,
            Participant.registered_at > known.walk_ins_until,
        )
        .group_by(Participant.delegation_id)
    ).all()
    from_reserve = session.execute(
        select(Admission.delegation_id, func.count(Admission.participant_id.distinct()))
        .join(Participant, Participant.id == Admission.participant_id)
        .where(
            Admission.event_id == event_id,
            IS_UNCONFIRMED,
            Admission.entry_no == 1,
            Admission.annulled_at.is_(None),
            Admission.without_place.is_(False),
            _is_unknown(known),
        )
        .group_by(Admission.delegation_id)
    ).all()
    counts: dict[int, int] = {}
    for of, count in (*walk_ins, *from_reserve):
        counts[of] = counts.get(of, 0) + count
    return lambda delegation_id: counts.get(delegation_id, 0)


def _is_unknown(known: Known) -> ColumnElement[bool]:
    is_there = exists().where(ScanFromUpstream.scan_pk == Admission.scan_pk)
    return (Admission.scan_pk > known.scan) | ~is_there


def _hall_held(
    session: Session, event: Event, lent: int | None, known: Known, now: datetime
) -> int | None:
    """Return for how many people there is room in the hall that is not this hub's to fill."""
    if event.capacity is None:
        return None
    day = today(session, event.id, now)
    inside = session.scalar(
        select(func.coalesce(func.sum(ArrivalTally.inside), 0)).where(
            ArrivalTally.event_id == event.id, ArrivalTally.day == day
        )
    )
    let_in = session.scalar(
        select(func.count(Admission.id)).where(
            Admission.event_id == event.id,
            _is_unknown(known),
            Admission.annulled_at.is_(None),
            Admission.exited_at.is_(None),
        )
    )
    left = max(0, (lent or 0) - (let_in or 0))
    return max(0, event.capacity - (inside or 0) - left)
