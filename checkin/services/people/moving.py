"""Move a participant to another delegation, with their arrival if they have come already."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from checkin.db.models import Delegation, Event, Participant
from checkin.domain.common.problems import FieldProblem
from checkin.domain.people.place_decisions import Needs, PlaceDecision, moving
from checkin.domain.scanning.facts import RegistrationStatus
from checkin.services.people.buses import leave_buses
from checkin.services.people.moved_arrivals import arrival_of, move_arrival
from checkin.services.people.places import free_places
from checkin.services.people.reserve_list import (
    free_place,
    move_up,
    reserve_numbers,
    still_waited_for,
)


def move_to_delegation(
    session: Session,
    event: Event,
    person: Participant,
    delegation_id: int,
    version: int,
    now: datetime,
) -> None:
    """Move a person to another delegation, where nobody is overtaken who waits.

    `moving` decides what they are there. The caller holds the lock on the event's row and on the
    participant's (`hold_participant`).

    Raises:
        FieldProblem: they have arrived, and the delegation has no free place; nothing was changed.
    """
    if person.delegation_id == delegation_id:
        return
    old, was_confirmed = person.delegation_id, person.standing == RegistrationStatus.CONFIRMED
    decision = moving(RegistrationStatus(person.standing), arrival_of(session, person.id))
    standing = settled(session, event, decision, delegation_id, version, now)
    if standing is None:
        raise no_place(session, delegation_id)
    write_standing(session, person, delegation_id, standing)
    move_arrival(session, person.id, old, delegation_id)
    leave_buses(session, [person.id])
    if was_confirmed:
        free_place(session, old)
    move_up(session, event, old, version, now)


def settled(
    session: Session,
    event: Event,
    decision: PlaceDecision,
    delegation_id: int,
    version: int,
    now: datetime,
) -> RegistrationStatus | None:
    """Return what a person becomes by a decision; None where it refuses the correction.

    Whoever waits for a free place of the delegation gets it first.
    """
    if decision.needs is Needs.NOTHING:
        return decision.standing
    left: ColumnElement[int] = Delegation.quota - Delegation.places_taken
    if decision.needs is Needs.FREE_PLACE:
        if still_waited_for(session, event, delegation_id, version, now):
            return decision.otherwise
        left = free_places(now)
    is_left = session.scalars(select(left > 0).where(Delegation.id == delegation_id)).one()
    return decision.standing if is_left else decision.otherwise


def write_standing(
    session: Session, person: Participant, delegation_id: int, standing: RegistrationStatus
) -> None:
    """Give a person a delegation and a standing there, with the place or the number of it."""
    reserve_no = None
    if standing == RegistrationStatus.CONFIRMED:
        session.execute(
            update(Delegation)
            .where(Delegation.id == delegation_id)
            .values(places_taken=Delegation.places_taken + 1)
        )
    elif standing == RegistrationStatus.RESERVE:
        reserve_no = next(reserve_numbers(session, delegation_id, 1))
    # All at once: standing and number belong together, and a number to its delegation.
    person.delegation_id, person.standing, person.reserve_no = delegation_id, standing, reserve_no
    if standing != RegistrationStatus.CANCELED:
        person.canceled_at = None
    session.flush()


def no_place(session: Session, delegation_id: int) -> FieldProblem:
    """Return the problem of a person who has arrived, where no place is left for them."""
    there = session.get_one(Delegation, delegation_id)
    return FieldProblem("delegation", "no_place_for_arrival", there.name, str(there.quota))
