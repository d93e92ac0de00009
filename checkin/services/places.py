"""Which places of a quota, and of the hall, are nobody's: neither confirmed, used nor lent."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, func, select

from checkin.db.models import Admission, Delegation, Lease, LeasePlace, Participant
from checkin.domain.admission import Standing

Moment = datetime | BindParameter[Any]


def lent_places(event_id: Any, delegation_id: Any, now: Moment, *correlated: Any) -> Any:
    """Return the places of a delegation's quota that devices hold leases of, as a subquery."""
    return (
        select(func.coalesce(func.sum(LeasePlace.places - LeasePlace.used), 0))
        .join(Lease, Lease.id == LeasePlace.lease_id)
        .where(*_outstanding(event_id, now), LeasePlace.delegation_id == delegation_id)
        .correlate(*correlated)
        .scalar_subquery()
    )


def lent_hall(event_id: Any, now: Moment) -> Any:
    """Return the people whom devices may still let into the hall by their leases."""
    return (
        select(func.coalesce(func.sum(Lease.hall - Lease.hall_used), 0))
        .where(*_outstanding(event_id, now))
        .scalar_subquery()
    )


def _outstanding(event_id: Any, now: Moment) -> tuple[ColumnElement[bool], ...]:
    return (Lease.event_id == event_id, Lease.ended_at.is_(None), Lease.expires_at > now)


def _used_unconfirmed() -> Any:
    """Count the places used by people who are not confirmed (now), of the delegation outside."""
    return (
        select(func.count(Admission.id))
        .join(Participant, Participant.id == Admission.participant_id)
        .where(
            Participant.delegation_id == Delegation.id,
            Participant.standing != Standing.CONFIRMED,
            Admission.entry_no == 1,
            Admission.annulled_at.is_(None),
            Admission.without_place.is_(False),
        )
        .correlate(Delegation)
        .scalar_subquery()
    )


def free_places(now: datetime) -> ColumnElement[int]:
    """Return how many places of a delegation are nobody's, for a statement about Delegation.

    A confirmed participant's place is theirs, come or not. May be negative: places that nobody
    came for were given to the reserve list. Exact while the caller holds the event's row.
    """
    free: ColumnElement[int] = (
        Delegation.quota
        - Delegation.places_taken
        - _used_unconfirmed()
        - lent_places(Delegation.event_id, Delegation.id, now, Delegation)
    )
    return free
