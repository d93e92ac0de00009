"""Who of a delegation has arrived, by name; and how many have arrived, by what they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from checkin.db.models import (
    Admission,
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
from checkin.services.common.moments import hour_of, moment_of
from checkin.services.people.delegations import first_arrival, first_entry
from checkin.services.people.registration import RegistrationSource
from checkin.services.people.unchecked import IS_SEEN_AS_CONFIRMED


@dataclass(frozen=True, slots=True)
class Arrived:
    """A person who has come in, and when they first did."""

    person: Participant
    at: datetime


@dataclass(frozen=True, slots=True)
class MissingOfBus:
    """The people of one bus who have not come in.

    Attributes:
        bus: None for those who ride in none.
    """

    bus: Bus | None
    people: tuple[Participant, ...]


@dataclass(frozen=True, slots=True)
class PeopleOfDelegation:
    """The people of a delegation by name, as `checkin.domain.board.figures.Figures` counts them.

    Attributes:
        missing: registered people who have not come in.
        missing_by_bus: the same people, bus by bus; last those without one.
        arrived: registered people who have.
        others: people who have come in and are not registered: on the reserve list, or canceled.
    """

    missing: tuple[Participant, ...]
    missing_by_bus: tuple[MissingOfBus, ...]
    arrived: tuple[Arrived, ...]
    others: tuple[Arrived, ...]


_REGISTERED = Participant.standing == RegistrationStatus.CONFIRMED


def people_of(
    session: Session, delegation: Delegation, *, day: int, by_coordinator: bool = False
) -> PeopleOfDelegation:
    """Return who of a delegation has arrived on a day, and which of the registered have not.

    Args:
        by_coordinator: with those who seem to be registered, for whoever does not know of them.
    """
    registered = IS_SEEN_AS_CONFIRMED if by_coordinator else _REGISTERED
    rows = session.execute(
        select(Participant, Admission.admitted_at, Bus)
        .outerjoin(Admission, first_entry(day=day))
        .outerjoin(BusPassenger, BusPassenger.participant_id == Participant.id)
        .outerjoin(Bus, Bus.id == BusPassenger.bus_id)
        .where(
            Participant.delegation_id == delegation.id,
            or_(registered, Admission.id.is_not(None)),
        )
        .order_by(Participant.folded_name, Participant.id)
    ).all()
    here = [Arrived(person, at) for person, at, _bus in rows if at is not None]
    missing = [(person, bus) for person, at, bus in rows if at is None]
    return PeopleOfDelegation(
        missing=tuple(person for person, _bus in missing),
        missing_by_bus=_by_bus(missing),
        arrived=tuple(one for one in here if _is_registered(one.person)),
        others=tuple(one for one in here if not _is_registered(one.person)),
    )


def _by_bus(missing: Sequence[tuple[Participant, Bus | None]]) -> tuple[MissingOfBus, ...]:
    buses = {bus.id: bus for _person, bus in missing if bus is not None}
    ordered = sorted(buses.values(), key=lambda bus: (fold_name(bus.name), bus.id))
    groups = (
        MissingOfBus(bus, tuple(person for person, of in missing if of is bus))
        for bus in (*ordered, None)
    )
    return tuple(group for group in groups if group.people)


def _is_registered(person: Participant) -> bool:
    return person.standing == RegistrationStatus.CONFIRMED


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
    kept = exists().where(HourlyArrivals.event_id == event_id)
    if session.scalar(select(kept)):
        return None
    return _groups(session, event_id, first_arrival())


def _groups(session: Session, event_id: int, which: ColumnElement[bool]) -> list[ArrivalGroup]:
    """Return the groups of those admissions that the condition chooses."""
    hour = hour_of(session, Admission.admitted_at)
    by = (Admission.delegation_id, Participant.category_id, Admission.gate_id, hour)
    rows = session.execute(
        select(*by, *_kinds())
        .select_from(Admission)
        .join(Participant, Participant.id == Admission.participant_id)
        .join(Scan, Scan.id == Admission.scan_pk)
        .where(Admission.event_id == event_id, which)
        .group_by(*by)
    )
    return [
        ArrivalGroup(delegation, category, gate, moment_of(hour), Arrivals(*kinds))
        for delegation, category, gate, hour, *kinds in rows
    ]


def _kinds() -> tuple[Any, ...]:
    """Return the counts of which `Arrivals` consists, in its order."""
    override = and_(Scan.forced, Scan.status == Status.OK)
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
