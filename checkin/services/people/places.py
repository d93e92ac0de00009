"""Which places of a quota, and of the hall, are nobody's: neither confirmed, used nor lent."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, func, select

from checkin.db.models import Admission, Delegation, Lease, LeasePlace, Participant
from checkin.domain.scanning.facts import RegistrationStatus

Moment = datetime | BindParameter[Any]


def lent_places(
    event_id: Any,
    delegation_id: Any,
    now: Moment,
    *correlated: Any,
    besides: Any = None,
) -> Any:
    """Return the places of a delegation's quota that devices may still give away, as a subquery.

    Args:
        besides: a device whose leases are not counted.
    """
    left = (
        select(func.max(LeasePlace.places - LeasePlace.used).label("left"))
        .join(Lease, Lease.id == LeasePlace.lease_id)
        .where(*_outstanding(event_id, now, besides), LeasePlace.delegation_id == delegation_id)
        .group_by(Lease.device_id)
        .correlate(*correlated)
    )
    return _added_up(left)


def lent_hall(event_id: Any, now: Moment, *, besides: Any = None) -> Any:
    """Return the people whom devices may still let into the hall by their leases."""
    left = (
        select(func.max(Lease.hall - Lease.hall_used).label("left"))
        .where(*_outstanding(event_id, now, besides))
        .group_by(Lease.device_id)
    )
    return _added_up(left)


def _added_up(left: Any) -> Any:
    # A device uses one of its leases, and the server may not know yet which: the largest counts.
    devices = left.subquery()
    return select(func.coalesce(func.sum(devices.c.left), 0)).scalar_subquery()


def _outstanding(event_id: Any, now: Moment, besides: Any) -> tuple[ColumnElement[bool], ...]:
    of_others = () if besides is None else (Lease.device_id != besides,)
    return (
        Lease.event_id == event_id,
        Lease.ended_at.is_(None),
        Lease.expires_at > now,
        *of_others,
    )


def _used_unconfirmed() -> Any:
    """Count the places used by people who are not confirmed (now), of the delegation outside."""
    return (
        select(func.count(Admission.id))
        .join(Participant, Participant.id == Admission.participant_id)
        .where(
            Participant.delegation_id == Delegation.id,
            Participant.standing != RegistrationStatus.CONFIRMED,
            Admission.entry_no == 1,
            Admission.annulled_at.is_(None),
            Admission.without_place.is_(False),
        )
        .correlate(Delegation)
        .scalar_subquery()
    )


def free_places(now: Moment, *, besides: Any = None) -> ColumnElement[int]:
    """Return how many places of a delegation are nobody's, for a statement about Delegation.

    A confirmed participant's place is theirs, come or not. May be negative: places that nobody
    came for were given to the reserve list. Exact while the caller holds the event's row.

    Args:
        besides: a device whose leases are not counted, because it is about to be lent anew.
    """
    free: ColumnElement[int] = (
        Delegation.quota
        - Delegation.places_taken
        - _used_unconfirmed()
        - lent_places(Delegation.event_id, Delegation.id, now, Delegation, besides=besides)
    )
    return free
