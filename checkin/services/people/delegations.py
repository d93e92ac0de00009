"""A delegation as its coordinator sees it: who may, its reserve list, and who has come in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from checkin.db.models import Admission, Delegation, Event, Operator, Participant
from checkin.domain.events.days import FIRST_DAY
from checkin.domain.scanning.facts import RegistrationStatus
from checkin.errors import NotFound
from checkin.services.accounts.own_delegation import own_delegation


def visible_delegation(
    session: Session, operator: Operator, event: Event, delegation_id: int
) -> Delegation:
    """Return a delegation of an event.

    Raises:
        NotFound: no delegation has this id, or the coordinator belongs to another one.
    """
    delegation = session.get(Delegation, delegation_id)
    if (
        delegation is None
        or delegation.event_id != event.id
        or own_delegation(operator) not in (None, delegation.id)
    ):
        raise NotFound("there is no such delegation, or it is not yours")
    return delegation


def reserve_list(session: Session, delegation: Delegation) -> Sequence[Participant]:
    """Return the people on a delegation's reserve list, the next one first."""
    return session.scalars(
        select(Participant)
        .where(
            Participant.delegation_id == delegation.id,
            Participant.standing == RegistrationStatus.RESERVE,
        )
        .order_by(Participant.reserve_no)
    ).all()


def first_entry(
    admission: Any = Admission, person: Any = Participant, *, day: Any = FIRST_DAY
) -> ColumnElement[bool]:
    """Return the condition that joins a participant to their first admission of a day.

    Args:
        admission, person: the tables, or their aliases in a query.
        day: the day's number, or a parameter for it.
    """
    return and_(
        admission.participant_id == person.id,
        admission.day == day,
        admission.entry_no == 1,
        admission.annulled_at.is_(None),
    )
