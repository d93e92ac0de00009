"""Move a participant to another delegation, with their arrival if they have come already."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from checkin.db.models import Delegation, Event, Participant
from checkin.domain.common.problems import FieldProblem
from checkin.domain.people.place_decisions import Needs, PlaceDecision, moving
from checkin.domain.scanning.facts import RegistrationStatus
from checkin.services.common.activity import note
from checkin.services.people.buses import leave_buses
from checkin.services.people.moved_arrivals import arrival_of, move_arrival
from checkin.services.people.reserve_list import (
    free_place,
    move_up,
    reserve_numbers,
    take_places,
)


def move_to_delegation(
    session: Session,
    event: Event,
    person: Participant,
    delegation_id: int,
    version: int,
    now: datetime,
    *,
    operator_id: int | None = None,
) -> None:
    """Move a person to another delegation, where nobody is overtaken who waits, and log it.

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
    leave_buses(session, [person.id], version)
    if was_confirmed:
        free_place(session, old)
    move_up(session, event, old, version, now)
    note(
        session,
        event.id,
        "participant.move",
        now,
        operator_id=operator_id,
        participant_id=person.id,
        delegation_id=delegation_id,
        before=session.get_one(Delegation, old).name,
        after=session.get_one(Delegation, delegation_id).name,
    )


def settled(
    session: Session,
    event: Event,
    decision: PlaceDecision,
    delegation_id: int,
    version: int,
    now: datetime,
) -> RegistrationStatus | None:
    """Take the place that a decision needs, and return what the person is then.

    Whoever waits for a free place of the delegation gets it first.

    Returns:
        None where the decision refuses the correction; then no place was taken.
    """
    if not _has_taken(session, event, decision.needs, delegation_id, version, now):
        return decision.otherwise
    is_confirmed = decision.standing == RegistrationStatus.CONFIRMED
    if decision.needs is not Needs.NOTHING and not is_confirmed:
        free_place(session, delegation_id)  # it is the arrival that uses it
    return decision.standing


def _has_taken(
    session: Session, event: Event, needs: Needs, delegation_id: int, version: int, now: datetime
) -> bool:
    if needs is Needs.NOTHING:
        return True
    if needs is Needs.FREE_PLACE:
        return bool(take_places(session, event, delegation_id, 1, version, now))
    taken = session.execute(
        update(Delegation)
        .where(Delegation.id == delegation_id, Delegation.places_taken < Delegation.quota)
        .values(places_taken=Delegation.places_taken + 1)
        .returning(Delegation.id)
    )
    return taken.first() is not None


def write_standing(
    session: Session, person: Participant, delegation_id: int, standing: RegistrationStatus
) -> None:
    """Give a person a delegation and a standing there, with a number where they wait."""
    is_waiting = standing == RegistrationStatus.RESERVE
    reserve_no = next(reserve_numbers(session, delegation_id, 1)) if is_waiting else None
    # All at once: standing and number belong together, and a number to its delegation.
    person.delegation_id, person.standing, person.reserve_no = delegation_id, standing, reserve_no
    if standing != RegistrationStatus.CANCELED:
        person.canceled_at = None
    session.flush()


def no_place(session: Session, delegation_id: int) -> FieldProblem:
    """Return the problem of a person who has arrived, where no place is left for them."""
    there = session.get_one(Delegation, delegation_id)
    return FieldProblem("delegation", "no_place_for_arrival", there.name, str(there.quota))
