"""Read the figures of an event's delegations, whatever the number of scans.

Arrivals come from running tallies. Those of people who are not registered are counted over their
index, because they are few: on the reserve list, or canceled.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, bindparam, func, literal, select, union_all
from sqlalchemy.orm import Session

from checkin.db.models import Admission, ArrivalTally, Delegation, HourlyArrivals, Participant
from checkin.domain.board.figures import Figures
from checkin.domain.scanning.facts import RegistrationStatus
from checkin.services.events.days import today
from checkin.services.people.delegations import first_entry
from checkin.services.people.places import IS_UNCONFIRMED, free_places, kept_places
from checkin.services.people.registering.unchecked import unchecked_by_delegation


@dataclass(frozen=True, slots=True)
class DelegationFigures:
    """A delegation with its figures."""

    id: int
    name: str
    name_ar: str | None
    figures: Figures


_OF_EVENT: BindParameter[int] = bindparam("event_id")
_DAY: BindParameter[int] = bindparam("day")
_TODAY = ArrivalTally.day == _DAY
_COUNTED = (
    select(
        Delegation.id,
        Delegation.name,
        Delegation.name_ar,
        Delegation.quota,
        Delegation.places_taken,
        func.coalesce(func.sum(ArrivalTally.arrived).filter(_TODAY), 0).label("arrived"),
        func.coalesce(func.sum(ArrivalTally.without_place).filter(_TODAY), 0).label("no_place"),
        func.coalesce(func.sum(ArrivalTally.inside).filter(_TODAY), 0).label("inside"),
        func.max(ArrivalTally.last_arrival_at).filter(_TODAY).label("last_at"),
    )
    .outerjoin(ArrivalTally, ArrivalTally.delegation_id == Delegation.id)
    .where(Delegation.event_id == _OF_EVENT)
    .group_by(Delegation.id)
    .order_by(Delegation.quota.desc(), Delegation.name)
)
_DELEGATIONS = select(Delegation.id).where(Delegation.event_id == _OF_EVENT)
_NOT_REGISTERED = (
    select(
        Participant.delegation_id,
        Participant.standing,
        func.count().label("people"),
        func.count(Admission.id).label("arrived"),
        func.count(Admission.id).filter(Admission.without_place.is_(False)).label("with_place"),
    )
    .outerjoin(Admission, first_entry(day=_DAY))
    .where(Participant.delegation_id.in_(_DELEGATIONS), IS_UNCONFIRMED)
    .group_by(Participant.delegation_id, Participant.standing)
)


def _kept(standing: RegistrationStatus, arrived: Any) -> Any:
    """Return the query for what a purge has kept of those who were not registered."""
    return (
        select(
            HourlyArrivals.delegation_id,
            literal(standing.value).label("standing"),
            literal(0).label("people"),
            func.sum(arrived).label("arrived"),
            literal(0).label("with_place"),
        )
        .where(HourlyArrivals.delegation_id.in_(_DELEGATIONS), HourlyArrivals.day == _DAY)
        .group_by(HourlyArrivals.delegation_id)
    )


_OTHERS = union_all(
    _NOT_REGISTERED,
    _kept(RegistrationStatus.RESERVE, HourlyArrivals.arrived_reserve),
    _kept(RegistrationStatus.CANCELED, HourlyArrivals.arrived_canceled),
)


def figures_of_delegations(
    session: Session, event_id: int, *, day: int
) -> tuple[DelegationFigures, ...]:
    """Return the figures of an event's delegations on a day, the largest quota first."""
    connection, of = session.connection(), {"event_id": event_id, "day": day}
    others: defaultdict[tuple[int, str], list[Any]] = defaultdict(list)
    for row in connection.execute(_OTHERS, of):
        others[row.delegation_id, row.standing].append(row)
    return tuple(
        DelegationFigures(
            row.id,
            row.name,
            row.name_ar,
            _figures(
                row,
                others[row.id, RegistrationStatus.RESERVE],
                others[row.id, RegistrationStatus.CANCELED],
            ),
        )
        for row in connection.execute(_COUNTED, of)
    )


def _figures(row: Any, reserve: Sequence[Any], canceled: Sequence[Any]) -> Figures:
    return Figures(
        quota=row.quota,
        registered=row.places_taken,
        waiting=sum(of.people for of in reserve),
        arrived=row.arrived,
        arrived_reserve=sum(of.arrived for of in reserve),
        arrived_canceled=sum(of.arrived for of in canceled),
        others_with_place=sum(of.with_place for of in (*reserve, *canceled)),
        without_place=row.no_place,
        inside=row.inside,
        last_arrival_at=row.last_at,
    )


def figures_of(session: Session, delegation: Delegation, *, day: int) -> Figures:
    """Return the figures of one delegation on a day."""
    found = figures_of_delegations(session, delegation.event_id, day=day)
    return next(one.figures for one in found if one.id == delegation.id)


def figures_seen(
    session: Session, delegation: Delegation, now: datetime, *, by_coordinator: bool
) -> tuple[Figures, int]:
    """Return the figures of one delegation on the present day, and how many places are free.

    Args:
        by_coordinator: with those who seem to be registered, for whoever does not know of them.
    """
    figures = figures_of(session, delegation, day=today(session, delegation.event_id, now))
    left = places_left(session, delegation.event_id, now)[delegation.id]
    unchecked = unchecked_by_delegation(session, delegation.event_id).get(delegation.id)
    if unchecked is None or not by_coordinator:
        return figures, left
    seen = figures.with_unchecked(unchecked.confirmed, unchecked.reserve)
    return seen, max(0, left - unchecked.confirmed)


def places_left(session: Session, event_id: int, now: datetime) -> Mapping[int, int]:
    """Return how many places of each delegation's quota are free now, never fewer than none."""
    rows = session.execute(
        select(Delegation.id, free_places(now)).where(Delegation.event_id == event_id)
    )
    return {delegation_id: max(0, free) for delegation_id, free in rows}


def kept_for_gates(session: Session, delegation: Delegation) -> int | None:
    """Return what is left of the places kept for gates without the network.

    None: no number was set, so that these gates may give away a few once the doors are open.
    """
    kept: int | None = session.scalars(
        select(kept_places()).where(Delegation.id == delegation.id)
    ).one()
    return kept
