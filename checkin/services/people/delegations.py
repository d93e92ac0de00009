"""A delegation as its coordinator sees it: who may, its reserve list, and who has come in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from checkin.db.models import Admission, Delegation, Event, Operator, Participant
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


def reserve_list(
    session: Session,
    delegation: Delegation,
    *,
    by_coordinator: bool = False,
    most: int | None = None,
) -> Sequence[Participant]:
    """Return the people on a delegation's reserve list, the next one first.

    Args:
        by_coordinator: with those who seem to be on it, for whoever does not know of them.
        most: so many of them; None for all.
    """
    listed = Participant.standing == RegistrationStatus.RESERVE
    if by_coordinator:
        seems = Participant.unchecked_as == RegistrationStatus.RESERVE
        listed = or_(listed, and_(seems, Participant.merged_into.is_(None)))
    return session.scalars(
        select(Participant)
        .where(Participant.delegation_id == delegation.id, listed)
        .order_by(func.coalesce(Participant.reserve_no, Participant.unchecked_no))
        .limit(most)
    ).all()


def came_in(admission: Any = Admission, person: Any = Participant) -> ColumnElement[bool]:
    """Return the condition that joins a participant to their first admission of each day.

    Args:
        admission, person: the tables, or their aliases in a query.
    """
    return and_(
        admission.participant_id == person.id,
        admission.entry_no == 1,
        admission.annulled_at.is_(None),
    )


def has_come() -> ColumnElement[bool]:
    """Return the condition that a participant has come in, on whatever day."""
    return exists().where(came_in()).correlate(Participant)


def first_entry(
    admission: Any = Admission, person: Any = Participant, *, day: Any
) -> ColumnElement[bool]:
    """Return the condition that joins a participant to their first admission of a day.

    Args:
        day: the day's number, or a parameter for it.
    """
    return and_(came_in(admission, person), admission.day == day)


def first_arrival(admission: Any = Admission, person: Any = Participant) -> ColumnElement[bool]:
    """Return the condition that joins a participant to their first admission of all days."""
    earlier = aliased(Admission)
    before = exists().where(
        earlier.participant_id == admission.participant_id,
        earlier.day < admission.day,
        earlier.entry_no == 1,
        earlier.annulled_at.is_(None),
    )
    return and_(came_in(admission, person), ~before.correlate(admission))
