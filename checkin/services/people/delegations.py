"""A delegation as its coordinator sees it: its places, reserve list and arrivals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from checkin.db.models import Admission, Delegation, Event, Operator, Participant
from checkin.domain.scanning.facts import RegistrationStatus
from checkin.errors import NotFound
from checkin.services.accounts.own_delegation import own_delegation
from checkin.services.people.places import free_places, kept_places


@dataclass(frozen=True, slots=True)
class Places:
    """How full a delegation is.

    Attributes:
        left: free places of the quota.
        kept: what is left of the places kept for gates without the network; None: no number was
            set, so that these gates may give away a few once the doors are open.
        reserve: how many people wait on the reserve list.
        arrived: confirmed people who have arrived, each counted once.
    """

    quota: int
    confirmed: int
    left: int
    kept: int | None
    reserve: int
    arrived: int


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


def places_of(session: Session, delegation: Delegation, now: datetime) -> Places:
    """Return how full a delegation is."""
    left, kept = session.execute(
        select(free_places(now), kept_places()).where(Delegation.id == delegation.id)
    ).one()
    people = select(func.count()).where(Participant.delegation_id == delegation.id)
    reserve = people.where(Participant.standing == RegistrationStatus.RESERVE)
    confirmed = people.where(Participant.standing == RegistrationStatus.CONFIRMED)
    arrived = confirmed.join_from(Participant, Admission, first_entry())
    return Places(
        quota=delegation.quota,
        confirmed=delegation.places_taken,
        left=max(0, left),
        kept=kept,
        reserve=session.scalars(reserve).one(),
        arrived=session.scalars(arrived).one(),
    )


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


@dataclass(frozen=True, slots=True)
class Arrivals:
    """The confirmed people of a delegation by name, arrived or not.

    Attributes:
        arrived: each person with the moment of their first entry.
    """

    missing: tuple[Participant, ...]
    arrived: tuple[tuple[Participant, datetime], ...]


def first_entry(admission: Any = Admission, person: Any = Participant) -> ColumnElement[bool]:
    """Return the condition that joins a participant to their first admission.

    Args:
        admission, person: the tables, or their aliases in a query.
    """
    return and_(
        admission.participant_id == person.id,
        admission.entry_no == 1,
        admission.annulled_at.is_(None),
    )


def arrivals_of(session: Session, delegation: Delegation) -> Arrivals:
    """Return which confirmed people of a delegation have arrived, and which have not."""
    rows = session.execute(
        select(Participant, Admission.admitted_at)
        .outerjoin(Admission, first_entry())
        .where(
            Participant.delegation_id == delegation.id,
            Participant.standing == RegistrationStatus.CONFIRMED,
        )
        .order_by(Participant.folded_name, Participant.id)
    ).all()
    return Arrivals(
        missing=tuple(person for person, at in rows if at is None),
        arrived=tuple((person, at) for person, at in rows if at is not None),
    )
