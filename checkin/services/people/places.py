"""Count the places of a quota that are free, kept or lent, and the hall room that is lent."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, case, exists, func, select, text

from checkin.db.functions import greatest
from checkin.db.models import Admission, Delegation, Lease, LeasePlace, Participant, WalkIn
from checkin.domain.scanning.facts import RegistrationStatus

Moment = datetime | BindParameter[Any]

#: the person is on the reserve list or canceled; in the words of the index, so that it is used
IS_UNCONFIRMED = text("participant.standing <> 'confirmed'")


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
        .where(*outstanding(event_id, now, besides), LeasePlace.delegation_id == delegation_id)
        .group_by(Lease.device_id)
        .correlate(*correlated)
    )
    return _added_up(left)


def lent_hall(event_id: Any, now: Moment, *, besides: Any = None) -> Any:
    """Return, as a subquery, how many people devices may still admit into the hall by leases."""
    left = (
        select(func.max(Lease.hall - Lease.hall_used).label("left"))
        .where(*outstanding(event_id, now, besides))
        .group_by(Lease.device_id)
    )
    return _added_up(left)


def _added_up(left: Any) -> Any:
    # A device uses one of its leases, and the server may not know yet which: the largest counts.
    devices = left.subquery()
    return select(func.coalesce(func.sum(devices.c.left), 0)).scalar_subquery()


def outstanding(event_id: Any, now: Moment, besides: Any = None) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions for leases of an event that their devices may still use.

    Args:
        besides: the id of a device whose leases are not counted.
    """
    of_others = () if besides is None else (Lease.device_id != besides,)
    return (
        Lease.event_id == event_id,
        Lease.ended_at.is_(None),
        Lease.expires_at > now,
        *of_others,
    )


def _used_unconfirmed() -> Any:
    """Count the places used by people who are not confirmed now, for the outer delegation.

    Whoever came on several days uses one.
    """
    return (
        select(func.count(Admission.participant_id.distinct()))
        .join(Participant, Participant.id == Admission.participant_id)
        .where(
            Participant.delegation_id == Delegation.id,
            IS_UNCONFIRMED,
            Admission.entry_no == 1,
            Admission.annulled_at.is_(None),
            Admission.without_place.is_(False),
        )
        .correlate(Delegation)
        .scalar_subquery()
    )


def _used_on_loan() -> Any:
    """Count the places that were given away by leases, for the outer delegation."""
    return _admitted_on_loan() + _registered_on_loan()


def _registered_on_loan() -> Any:
    """Count the walk-ins whom hubs have confirmed on places that were lent to them."""
    # From the few walk-ins to the people: a delegation has tens of thousands of these.
    is_of_delegation = (
        exists()
        .where(
            Participant.id == WalkIn.participant_id,
            Participant.delegation_id == Delegation.id,
            Participant.standing == RegistrationStatus.CONFIRMED,
        )
        .correlate(WalkIn, Delegation)
    )
    return (
        select(func.count(WalkIn.id))
        .where(WalkIn.on_loan, is_of_delegation)
        .correlate(Delegation)
        .scalar_subquery()
    )


def _admitted_on_loan() -> Any:
    """Count the people whom gates have let in on lent places.

    Whoever got one on several days has one.
    """
    return (
        select(func.count(Admission.participant_id.distinct()))
        .where(
            Admission.delegation_id == Delegation.id,
            Admission.on_loan,
            Admission.annulled_at.is_(None),
        )
        .correlate(Delegation)
        .scalar_subquery()
    )


#: how many places the organiser keeps for gates without the network; NULL: they did not say
_KEPT = func.coalesce(Delegation.kept_places, Delegation.quota * Delegation.kept_percent // 100)


def kept_places() -> Any:
    """Return how many of the places kept for gates are left, for a statement about Delegation.

    It is NULL for a delegation whose organiser keeps no number of places.
    """
    return case((_KEPT.is_not(None), greatest(_KEPT - _used_on_loan(), 0)))


def untaken_places() -> ColumnElement[int]:
    """Return the places that nobody has, for a statement about Delegation: kept and lent ones, too.

    A confirmed participant's place is taken, whether they have come or not. The number may be
    negative, because places of people who did not come were given to the reserve list.
    """
    untaken: ColumnElement[int] = Delegation.quota - Delegation.places_taken - _used_unconfirmed()
    return untaken


def unlent_places(now: Moment) -> ColumnElement[int]:
    """Return the places that nobody has and no device is lent, for a statement about Delegation."""
    lent = lent_places(Delegation.event_id, Delegation.id, now, Delegation)
    unlent: ColumnElement[int] = untaken_places() - lent
    return unlent


def free_places(now: Moment) -> ColumnElement[int]:
    """Return a delegation's places that may be registered, for a statement about Delegation.

    Those kept for gates are not free, however many of them are lent just now. The number may be
    negative (`untaken_places`). It is exact while the caller holds the lock on the event's row.
    """
    lent = lent_places(Delegation.event_id, Delegation.id, now, Delegation)
    kept = func.coalesce(_KEPT, 0) - _used_on_loan()
    free: ColumnElement[int] = untaken_places() - greatest(kept, lent)
    return free
