"""The people whom an organiser has to check, with those of other delegations whom they may be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from checkin.db.models import Delegation, Event, Participant
from checkin.services.people.registering.duplicates import elsewhere, told_of
from checkin.services.people.registering.unchecked import IS_TO_BE_CHECKED

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class ToCheck:
    """Somebody who is to be checked.

    Attributes:
        alike: who they may be: people of other delegations with the same e-mail or phone. It may
            be nobody, where these have changed since.
    """

    person: Participant
    delegation: Delegation
    alike: Sequence[tuple[Participant, Delegation]]


def people_to_check(session: Session, event: Event, *, page: int) -> Sequence[ToCheck]:
    """Return a page of those who are to be checked, the earliest first, and one more if there is.

    Args:
        page: from 1.
    """
    rows = session.execute(
        select(Participant, Delegation)
        .join(Delegation, Delegation.id == Participant.delegation_id)
        .where(Participant.event_id == event.id, IS_TO_BE_CHECKED)
        .order_by(Participant.id)
        .limit(PAGE_SIZE + 1)
        .offset((page - 1) * PAGE_SIZE)
    )
    return [ToCheck(person, of, _alike(session, person)) for person, of in rows]


def _alike(session: Session, person: Participant) -> Sequence[tuple[Participant, Delegation]]:
    found = elsewhere(session, person.event_id, person.delegation_id, told_of(person))
    people = {one.id: one for one in found}
    return [(one, session.get_one(Delegation, one.delegation_id)) for one in people.values()]
