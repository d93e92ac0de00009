"""A delegation's buses: their passengers, how many of these have arrived, and printable lists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, delete, func, insert, select
from sqlalchemy.orm import Session

from badges.bus_list import BusList, Passenger
from checkin.db.models import (
    Admission,
    Bus,
    BusLeader,
    BusPassenger,
    Delegation,
    Event,
    Participant,
)
from checkin.domain.board.figures import still_missing
from checkin.domain.common.names import fold_name
from checkin.domain.people.buses import BusDetails
from checkin.errors import BusFull, Conflict, NotFound
from checkin.protocol.time_zones import in_time_zone
from checkin.services.common.activity import note
from checkin.services.common.list_version import next_list_version
from checkin.services.people.bus_leaders import leaders_of, note_changed, note_leaving
from checkin.services.people.delegations import first_arrival, first_entry
from checkin.services.people.registering.unchecked import IS_SEEN_AS_REGISTERED


@dataclass(frozen=True, slots=True)
class BusCount:
    """A bus with the number of its passengers, and of those who have arrived."""

    bus: Bus
    delegation: Delegation
    passengers: int
    arrived: int

    @property
    def missing(self) -> int:
        """How many of the passengers have not arrived."""
        return still_missing(self.passengers, self.arrived)

    @property
    def is_complete(self) -> bool:
        """Say whether somebody rides in the bus, and all of them have arrived."""
        return self.passengers > 0 and not self.missing

    @property
    def seats_left(self) -> int:
        """How many seats are free."""
        return self.bus.seats - self.passengers


def bus_counts(
    session: Session, event_id: int, delegation_id: int | None = None, *, day: int
) -> list[BusCount]:
    """Return the buses of an event, or of one delegation, with passengers and a day's arrivals."""
    statement = (
        select(
            Bus,
            Delegation,
            func.count(BusPassenger.participant_id),
            func.count(Admission.id),
        )
        .join(Delegation, Delegation.id == Bus.delegation_id)
        .outerjoin(BusPassenger, BusPassenger.bus_id == Bus.id)
        .outerjoin(Participant, Participant.id == BusPassenger.participant_id)
        .outerjoin(Admission, first_entry(day=day))
        .where(Bus.event_id == event_id)
        .group_by(Bus.id, Delegation.id)
        .order_by(Delegation.name, Bus.name)
    )
    if delegation_id is not None:
        statement = statement.where(Bus.delegation_id == delegation_id)
    return [BusCount(*row) for row in session.execute(statement)]


def buses_of(session: Session, event_id: int, delegation_id: int | None = None) -> Sequence[Bus]:
    """Return the buses of an event, or of one delegation, by name."""
    statement = select(Bus).where(Bus.event_id == event_id).order_by(Bus.name, Bus.id)
    if delegation_id is not None:
        statement = statement.where(Bus.delegation_id == delegation_id)
    return session.scalars(statement).all()


def bus_of(session: Session, delegation: Delegation, bus_id: int) -> Bus:
    """Return a bus of a delegation.

    Raises:
        NotFound: no bus has this id, or it belongs to another delegation.
    """
    bus = session.get(Bus, bus_id)
    if bus is None or bus.delegation_id != delegation.id:
        raise NotFound(f"no bus has the number {bus_id}")
    return bus


def add_bus(
    session: Session,
    delegation: Delegation,
    details: BusDetails,
    *,
    now: datetime,
    operator_id: int | None = None,
) -> Bus:
    """Add a bus to a delegation.

    Raises:
        Conflict: the delegation has one of this name.
    """
    _refuse_same_name(session, delegation, details.name, besides=0)
    bus = Bus(
        event_id=delegation.event_id,
        delegation_id=delegation.id,
        name=details.name,
        leader=details.leader,
        leader_phone=details.leader_phone,
        seats=details.seats,
    )
    session.add(bus)
    session.flush()
    _note(session, "bus.add", bus, now, operator_id)
    return bus


def change_bus(
    session: Session,
    bus: Bus,
    details: BusDetails,
    *,
    now: datetime,
    operator_id: int | None = None,
) -> None:
    """Change a bus's name, leader or seats.

    Raises:
        BusFull: it has more passengers than it would have seats.
        Conflict: the delegation has another one of this name.
    """
    version = _held(session, bus)
    delegation = session.get_one(Delegation, bus.delegation_id)
    _refuse_same_name(session, delegation, details.name, besides=bus.id)
    riding = _riding(session, bus)
    if riding > details.seats:
        raise BusFull(f"{riding} people ride in this bus", seats_left=details.seats - riding)
    bus.name, bus.leader = details.name, details.leader
    bus.leader_phone, bus.seats = details.leader_phone, details.seats
    session.flush()
    note_changed(session, [bus.id], version)
    _note(session, "bus.change", bus, now, operator_id)


def remove_bus(
    session: Session, bus: Bus, *, now: datetime, operator_id: int | None = None
) -> None:
    """Delete a bus; its passengers stay registered, without a bus."""
    version = next_list_version(session, bus.event_id)
    note_leaving(session, leaders_of(session, bus.id), version)
    session.execute(delete(BusPassenger).where(BusPassenger.bus_id == bus.id))
    _note(session, "bus.remove", bus, now, operator_id)
    session.delete(bus)
    session.flush()


def assign_people(
    session: Session,
    bus: Bus,
    participant_ids: Sequence[int],
    *,
    now: datetime,
    operator_id: int | None = None,
) -> int:
    """Assign people of the bus's delegation to it, all or none; they leave their other buses.

    People who are canceled, or belong to another delegation, are left out.

    Returns:
        How many people were assigned.

    Raises:
        BusFull: there are fewer seats than people.
    """
    return seat_people(
        session, bus, participant_ids, _held(session, bus), now=now, operator_id=operator_id
    )


def seat_people(
    session: Session,
    bus: Bus,
    participant_ids: Sequence[int],
    version: int,
    *,
    now: datetime,
    operator_id: int | None = None,
) -> int:
    """Assign people as `assign_people` does, for whom the caller holds the lock on the event's row.

    Args:
        version: of the gate list, which the caller has increased.
    """
    people = session.scalars(
        select(Participant.id).where(
            Participant.id.in_(participant_ids),
            Participant.delegation_id == bus.delegation_id,
            IS_SEEN_AS_REGISTERED,
        )
    ).all()
    seated = _seated_in(session, bus, people)
    newcomers = [one for one in people if one not in seated]
    leave_buses(session, newcomers, version)
    seats_left = bus.seats - _riding(session, bus)
    if len(newcomers) > seats_left:
        raise BusFull(f"{seats_left} seats for {len(newcomers)} people", seats_left=seats_left)
    if newcomers:
        rows = [
            {"participant_id": one, "event_id": bus.event_id, "bus_id": bus.id} for one in newcomers
        ]
        session.execute(insert(BusPassenger), rows)
        note_changed(session, [bus.id], version)
    _note(session, "bus.assign", bus, now, operator_id, people=len(people))
    return len(people)


def leave_buses(session: Session, participant_ids: Sequence[int], version: int) -> None:
    """Remove these participants from the buses that they are assigned to, and that they lead.

    Args:
        version: of the gate list, which the caller has increased.
    """
    note_leaving(session, participant_ids, version)
    session.execute(delete(BusPassenger).where(BusPassenger.participant_id.in_(participant_ids)))


def _held(session: Session, bus: Bus) -> int:
    """Lock the event, read the seats again, and return the new version of the gate list.

    Two clerks who seat people in a bus go one after the other, and cannot both give the last seat
    away.
    """
    version = next_list_version(session, bus.event_id)
    bus.seats = session.scalars(select(Bus.seats).where(Bus.id == bus.id)).one()
    return version


def _seated_in(session: Session, bus: Bus, people: Sequence[int]) -> set[int]:
    """Return those of these people who ride in a bus already."""
    query = select(BusPassenger.participant_id).where(
        BusPassenger.bus_id == bus.id, BusPassenger.participant_id.in_(people)
    )
    return set(session.scalars(query))


def _riding(session: Session, bus: Bus) -> int:
    riding = select(func.count()).where(BusPassenger.bus_id == bus.id)
    return session.scalars(riding).one()


def _refuse_same_name(session: Session, delegation: Delegation, name: str, besides: int) -> None:
    others = select(Bus.name).where(Bus.delegation_id == delegation.id, Bus.id != besides)
    if fold_name(name) in {fold_name(other) for other in session.scalars(others)}:
        raise Conflict(f"there is a bus {name} already")


def _note(
    session: Session,
    action: str,
    bus: Bus,
    now: datetime,
    operator_id: int | None,
    **details: int,
) -> None:
    details |= {"bus_id": bus.id, "delegation_id": bus.delegation_id}
    note(session, bus.event_id, action, now, operator_id=operator_id, name=bus.name, **details)


@dataclass(frozen=True, slots=True)
class Rider:
    """A participant with their bus and their arrival, where they have one.

    Attributes:
        led_bus: the id of the bus that they lead, or None.
    """

    participant: Participant
    bus: Bus | None
    arrived_at: datetime | None
    led_bus: int | None = None


def riders_of(
    session: Session, delegation: Delegation, *, bus_id: int | None, limit: int, offset: int = 0
) -> list[Rider]:
    """Return a bus's passengers by name; where None is given, the people without a bus."""
    where = BusPassenger.bus_id == bus_id if bus_id else BusPassenger.bus_id.is_(None)
    return _riders(session, delegation, where, limit, offset)


def bus_list(session: Session, event: Event, bus: Bus, language: str) -> BusList:
    """Return the passenger list that a bus's leader ticks off, with the names in both scripts."""
    delegation = session.get_one(Delegation, bus.delegation_id)
    riders = _riders(session, delegation, BusPassenger.bus_id == bus.id, None, 0)
    return BusList(
        event=event.name,
        event_ar=event.name_ar,
        sensitive=event.sensitive,
        starts_at=in_time_zone(event.starts_at, event.timezone),
        delegation=delegation.name,
        delegation_ar=delegation.name_ar,
        bus=bus.name,
        leader=bus.leader,
        leader_phone=bus.leader_phone or "",
        seats=bus.seats,
        language=language,
        passengers=tuple(
            Passenger(
                one.participant.name,
                one.participant.name_ar or "",
                one.participant.phone or "",
            )
            for one in riders
        ),
    )


def _riders(
    session: Session,
    delegation: Delegation,
    where: ColumnElement[bool],
    limit: int | None,
    offset: int,
) -> list[Rider]:
    rows = session.execute(
        select(Participant, Bus, Admission.admitted_at, BusLeader.bus_id)
        .outerjoin(BusLeader, BusLeader.participant_id == Participant.id)
        .outerjoin(BusPassenger, BusPassenger.participant_id == Participant.id)
        .outerjoin(Bus, Bus.id == BusPassenger.bus_id)
        .outerjoin(Admission, first_arrival())
        .where(
            Participant.delegation_id == delegation.id,
            IS_SEEN_AS_REGISTERED,
            where,
        )
        .order_by(Participant.folded_name, Participant.id)
        .limit(limit)
        .offset(offset)
    )
    return [Rider(*row) for row in rows]
