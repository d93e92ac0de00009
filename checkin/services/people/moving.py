"""Move participants from one delegation to another, with their places."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from checkin.db.models import Event, Participant
from checkin.domain.scanning.verdict import Standing
from checkin.services.people.buses import leave_buses
from checkin.services.people.enrolment import reserve_numbers, take_places
from checkin.services.people.registration import free_place, move_up


def move_to_delegation(
    session: Session,
    event: Event,
    person: Participant,
    delegation_id: int,
    version: int,
    now: datetime,
) -> None:
    """Move someone to another delegation: they take a place there, or join its reserve list.

    The caller holds the event's row (`next_list_version`).
    """
    if person.delegation_id == delegation_id or person.standing == Standing.CANCELED:
        person.delegation_id = delegation_id
        return
    old, had_place = person.delegation_id, person.standing == Standing.CONFIRMED
    if take_places(session, delegation_id, 1, now):
        standing, reserve_no = Standing.CONFIRMED, None
    else:
        standing, reserve_no = Standing.RESERVE, next(reserve_numbers(session, delegation_id, 1))
    # All at once: standing and number belong together, and a number to its delegation.
    person.delegation_id, person.standing, person.reserve_no = delegation_id, standing, reserve_no
    session.flush()
    leave_buses(session, [person.id])
    if had_place:
        free_place(session, old)
        move_up(session, event, old, version, now)
