"""Who of a delegation has arrived, by name; and how many have arrived, by what they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, select
from sqlalchemy.orm import Session

from checkin.db.models import (
    Admission,
    ArrivalTally,
    Bus,
    BusPassenger,
    Delegation,
    HourlyArrivals,
    Participant,
    Scan,
)
from checkin.domain.board.figures import ArrivalGroup, Arrivals
from checkin.domain.common.names import fold_name
from checkin.domain.scanning.facts import RegistrationStatus
from checkin.domain.scanning.verdict import Status
from checkin.services.common.keyset import Turn, turned_page
from checkin.services.common.moments import hour_of, moment_of
from checkin.services.people.delegations import first_arrival, first_entry
from checkin.services.people.registering.registration import RegistrationSource
from checkin.services.people.registering.unchecked import IS_SEEN_AS_CONFIRMED


@dataclass(frozen=True, slots=True)
class Arrived:
    """A person, and when they first came in; None: they have not.

    Attributes:
        bus: in which they ride; None: in none.
    """

    person: Participant
    at: datetime | None
    bus: Bus | None


_FIRST = Turn()


class PartOfDelegation(StrEnum):
    """The parts of a delegation, as `checkin.domain.board.figures.Figures` counts them.

    MISSING: registered people who have not come in. ARRIVED: registered people who have. OTHERS:
    people who have come in and are not registered: on the reserve list, or canceled.
    """

    MISSING = "missing"
    ARRIVED = "arrived"
    OTHERS = "others"


@dataclass(frozen=True, slots=True)
class BusGroup:
    """The people of a page who ride in one bus.

    Attributes:
        bus: None for those who ride in none.
    """

    bus: Bus | None
    people: tuple[Arrived, ...]


@dataclass(frozen=True, slots=True)
class PeopleOfDelegation:
    """A page of a part of a delegation's people, by name."""

    people: Sequence[Arrived]
    has_previous: bool
    has_next: bool

    @property
    def by_bus(self) -> tuple[BusGroup, ...]:
        """The same people bus by bus, by the names of these; last those without one."""
        buses = {one.bus.id: one.bus for one in self.people if one.bus}
        ordered = sorted(buses.values(), key=lambda bus: (fold_name(bus.name), bus.id))
        groups = (
            BusGroup(bus, tuple(one for one in self.people if one.bus is bus))
            for bus in (*ordered, None)
        )
        return tuple(group for group in groups if group.people)


#: so many people fill some sheets of paper; the page prints
PAGE_SIZE = 200
_REGISTERED = Participant.standing == RegistrationStatus.CONFIRMED


def people_of(
    session: Session,
    delegation: Delegation,
    part: PartOfDelegation,
    turn: Turn = _FIRST,
    *,
    day: int,
    by_coordinator: bool = False,
) -> PeopleOfDelegation:
    """Return a page of those of a delegation who have arrived on a day, or of the others.

    Args:
        by_coordinator: with those who seem to be registered, for whoever does not know of them.
    """
    has_come = exists().where(first_entry(day=day)).correlate(Participant)
    which = {
        PartOfDelegation.MISSING: (_seen_as_registered(by_coordinator), ~has_come),
        PartOfDelegation.ARRIVED: (_REGISTERED, has_come),
        PartOfDelegation.OTHERS: (~_REGISTERED, has_come),
    }[part]
    people: Select[Any] = select(Participant.id)
    keys = (Participant.folded_name, Participant.id)
    wanted = (Participant.delegation_id == delegation.id, *which)
    page = turned_page(session, people, wanted, keys, turn, PAGE_SIZE)
    rows = session.execute(
        select(Participant, Admission.admitted_at, Bus)
        .outerjoin(Admission, first_entry(day=day))
        .outerjoin(BusPassenger, BusPassenger.participant_id == Participant.id)
        .outerjoin(Bus, Bus.id == BusPassenger.bus_id)
        .where(Participant.id.in_(page.ids))
        .order_by(*keys)
    )
    found = [Arrived(person, at, bus) for person, at, bus in rows]
    return PeopleOfDelegation(found, page.has_previous, page.has_next)


def _seen_as_registered(by_coordinator: bool) -> ColumnElement[bool]:
    return IS_SEEN_AS_CONFIRMED if by_coordinator else _REGISTERED


def arrival_groups(session: Session, event_id: int, *, day: int) -> Sequence[ArrivalGroup]:
    """Return how many have arrived on a day by delegation, category, gate and hour (UTC).

    Every arrival is read, and what a purge has kept of those whose data are erased.
    """
    found = _groups(session, event_id, first_entry(day=day))
    return found + _kept_groups(session, event_id, day)


def people_groups(session: Session, event_id: int) -> Sequence[ArrivalGroup] | None:
    """Return how many people have come on any day, each once: where and when they first did.

    None: a purge has erased who they were, and has kept the arrivals of each day.
    """
    if _are_erased(session, event_id):
        return None
    return _groups(session, event_id, first_arrival())


def count_of_arrived(session: Session, event_id: int) -> int:
    """Return how many people have come on any day, each once.

    Where a purge has erased who they were, whoever came on two days is counted twice.
    """
    counted = select(func.count(Admission.participant_id.distinct())).where(
        Admission.event_id == event_id, Admission.entry_no == 1, Admission.annulled_at.is_(None)
    )
    if _are_erased(session, event_id):
        counted = select(func.coalesce(func.sum(ArrivalTally.arrived), 0)).where(
            ArrivalTally.event_id == event_id
        )
    return session.scalars(counted).one()


def _are_erased(session: Session, event_id: int) -> bool:
    """Say whether a purge has erased who came."""
    kept = exists().where(HourlyArrivals.event_id == event_id)
    return bool(session.scalar(select(kept)))


def _groups(session: Session, event_id: int, which: ColumnElement[bool]) -> list[ArrivalGroup]:
    """Return the groups of those admissions that the condition chooses."""
    hour = hour_of(session, Admission.admitted_at)
    by = (Admission.delegation_id, Participant.category_id, Admission.gate_id, hour)
    rows = session.execute(
        select(*by, *_kinds(event_id))
        .select_from(Admission)
        .join(Participant, Participant.id == Admission.participant_id)
        .where(Admission.event_id == event_id, which)
        .group_by(*by)
    )
    return [
        ArrivalGroup(delegation, category, gate, moment_of(hour), Arrivals(*kinds))
        for delegation, category, gate, hour, *kinds in rows
    ]


def _kinds(event_id: int) -> tuple[Any, ...]:
    """Return the counts of which `Arrivals` consists, in its order."""
    # Overrides are few: to look for the scan of every arrival takes longer.
    forced = select(Scan.id).where(Scan.event_id == event_id, Scan.forced)
    override = Admission.scan_pk.in_(forced.where(Scan.status == Status.OK))
    walk_in = Participant.registered_by == RegistrationSource.WALK_IN
    return (
        *(_count(Participant.standing == standing) for standing in RegistrationStatus),
        _count(override),
        _count(walk_in),
    )


def _count(which: ColumnElement[bool]) -> Any:
    return func.count().filter(which)


def _kept_groups(session: Session, event_id: int, day: int) -> list[ArrivalGroup]:
    rows = session.scalars(
        select(HourlyArrivals).where(HourlyArrivals.event_id == event_id, HourlyArrivals.day == day)
    )
    return [ArrivalGroup(of.delegation_id, None, of.gate_id, of.hour_at, _kept(of)) for of in rows]


def _kept(row: HourlyArrivals) -> Arrivals:
    return Arrivals(
        registered=row.arrived - row.arrived_reserve - row.arrived_canceled,
        reserve=row.arrived_reserve,
        canceled=row.arrived_canceled,
        overrides=row.overrides,
        walk_ins=row.walk_ins,
    )
