"""Who rides where: the passengers of a bus, who has no seat yet, and the list for the leader."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from badges.bus_list import BusList, Passenger
from badges.spec import Language
from checkin.db.models import Admission, Bus, BusPassenger, Delegation, Event, Participant
from checkin.domain.scanning.verdict import Standing
from checkin.protocol.time_zones import in_time_zone
from checkin.services.people.arrivals import first_entry


@dataclass(frozen=True, slots=True)
class Rider:
    """One person with their bus and their arrival, where they have one."""

    participant: Participant
    bus: Bus | None
    arrived_at: datetime | None


def riders_of(
    session: Session, delegation: Delegation, *, bus_id: int | None, limit: int, offset: int = 0
) -> list[Rider]:
    """Return the people of a bus by name; of no bus where None is given."""
    where = BusPassenger.bus_id == bus_id if bus_id else BusPassenger.bus_id.is_(None)
    return _riders(session, delegation, where, limit, offset)


def bus_list(session: Session, event: Event, bus: Bus, language: str) -> BusList:
    """Return the list that a bus's leader ticks, with the names in both scripts."""
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
        language=cast(Language, language),
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
        select(Participant, Bus, Admission.admitted_at)
        .outerjoin(BusPassenger, BusPassenger.participant_id == Participant.id)
        .outerjoin(Bus, Bus.id == BusPassenger.bus_id)
        .outerjoin(Admission, first_entry())
        .where(
            Participant.delegation_id == delegation.id,
            Participant.standing != Standing.CANCELED,
            where,
        )
        .order_by(Participant.folded_name, Participant.id)
        .limit(limit)
        .offset(offset)
    )
    return [Rider(*row) for row in rows]
