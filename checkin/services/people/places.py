"""Count the free places of a quota, and the places and hall room that are lent to devices."""

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
    """Return, as a subquery, the places of a delegation's quota that devices may still use.

    Args:
        besides: the id of a device whose leases are not counted.
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
    """Return, as a subquery, how many people devices may still admit into the hall by leases."""
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
    """Count the places used by people who are not confirmed now, for the outer delegation."""
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
    """Return the number of a delegation's free places, for a statement about Delegation.

    A confirmed participant's place is not free, whether they have come or not. The number may be
    negative, because places of people who did not come were given to the reserve list. It is exact
    while the caller holds the lock on the event's row.

    Args:
        besides: the id of a device whose leases are not counted, because they are about to be
            replaced.
    """
    free: ColumnElement[int] = (
        Delegation.quota
        - Delegation.places_taken
        - _used_unconfirmed()
        - lent_places(Delegation.event_id, Delegation.id, now, Delegation, besides=besides)
    )
    return free
