"""Register the people of an event with a copy of it, some hundred at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from checkin.db.models import Category, Delegation, Event, Participant
from checkin.domain.people.fields import OwnDetails
from checkin.domain.people.registration import Registration
from checkin.domain.scanning.facts import RegistrationStatus
from checkin.services.common.keys import Keys
from checkin.services.common.list_version import next_list_version
from checkin.services.people.registering.enrolment import Enrolment, enrol
from checkin.services.people.registering.registration import RegistrationSource

_REGISTERED = (RegistrationStatus.CONFIRMED, RegistrationStatus.RESERVE)
_OWN = tuple(field.name for field in fields(OwnDetails))


def count_to_copy(session: Session, source: Event) -> int:
    """Return how many records of an event are gone through when its people are copied."""
    counted = select(func.count(Participant.id)).where(Participant.event_id == source.id)
    return session.scalars(counted).one()


def copy_people(
    session: Session,
    source: Event,
    event: Event,
    keys: Keys,
    *,
    after: int,
    most: int,
    operator_id: int | None,
    now: datetime,
) -> int:
    """Register the people of the next records of an event with another one.

    They get new badges, and places in their order, while there are some; the others go on the
    reserve list. Whoever is canceled is left out, and so is whoever has no delegation or category
    of the same name there. Blocks and consents stay where they are.

    Args:
        after: how many records are done already, in the order of their numbers.
        most: how many to go through.

    Returns:
        How many people were registered.
    """
    version = next_list_version(session, event.id)
    records = session.scalars(
        select(Participant)
        .where(Participant.event_id == source.id)
        .order_by(Participant.id)
        .offset(after)
        .limit(most)
    ).all()
    delegations = _same(session, Delegation, source, event)
    categories = _same(session, Category, source, event)
    people = [
        Enrolment(
            Registration(delegation="", **{name: getattr(one, name) for name in _OWN}),
            delegations[one.delegation_id],
            categories[one.category_id],
        )
        for one in records
        if one.standing in _REGISTERED
        and one.delegation_id in delegations
        and one.category_id in categories
    ]
    if people:
        enrol(
            session,
            event,
            people,
            source=RegistrationSource.IMPORT,
            keys=keys,
            version=version,
            now=now,
            operator_id=operator_id,
        )
    return len(people)


def _same(session: Session, table: Any, source: Event, event: Event) -> Mapping[int, int]:
    """Return the row of the same name in another event, by the id of each row of one event."""
    there = {row.folded: row.id for row in _rows(session, table, event)}
    rows = _rows(session, table, source)
    return {row.id: there[row.folded] for row in rows if row.folded in there}


def _rows(session: Session, table: Any, event: Event) -> Sequence[Any]:
    return session.scalars(select(table).where(table.event_id == event.id)).all()
