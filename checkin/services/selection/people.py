"""Pages of a list of people: whom a selection chooses, how many they are, and what is shown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, func, literal, select
from sqlalchemy.orm import Session

from checkin.db.models import (
    Admission,
    Bus,
    BusPassenger,
    Category,
    Delegation,
    Event,
    Participant,
)
from checkin.domain.people.selection import Column, Selection, Sort
from checkin.services.common.keyset import Key, Turn, turned_page
from checkin.services.mail.delivery_report import Delivery, deliveries_of
from checkin.services.people.delegations import first_arrival
from checkin.services.selection.conditions import conditions

PAGE_SIZE = 50
#: before and after all moments, for whoever has not come in: the last of either order
_NEVER = {False: datetime(9000, 1, 1, tzinfo=UTC), True: datetime(1900, 1, 1, tzinfo=UTC)}
#: orders in which a page is read from an index, as far as it goes
_IN_INDEXES = {Sort.NAME, Sort.NUMBER}


@dataclass(frozen=True, slots=True)
class Listed:
    """A participant as the list shows them.

    Attributes:
        bus: the name of their bus, where that column is shown.
        delivery: what became of the e-mail with their badge, where that column is shown.
    """

    participant: Participant
    delegation: Delegation
    category: Category
    arrived_at: datetime | None
    bus: str | None = None
    delivery: Delivery | None = None


@dataclass(frozen=True, slots=True)
class PeoplePage:
    """One page of a list of people.

    Attributes:
        total: how many people the whole list has.
    """

    people: Sequence[Listed]
    total: int
    has_previous: bool = False
    has_next: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A list as it is asked for.

    Attributes:
        seen_at: when a coordinator asks, who does not know who is to be checked; None: an organiser
            does.
        columns: what is shown of each besides the name.
    """

    selection: Selection = field(default_factory=Selection)
    turn: Turn = field(default_factory=Turn)
    columns: Iterable[Column] = ()
    seen_at: datetime | None = None


def people_page(session: Session, event: Event, asked: Asked) -> PeoplePage:
    """Return one page of the people of an event whom a selection chooses, in its order."""
    chosen = asked.selection
    wanted = conditions(session, event, chosen, seen_at=asked.seen_at)
    people, keys = _ordered(event, chosen)
    if chosen.delivered and chosen.sort not in _IN_INDEXES:
        wanted = [_chosen_first(wanted)]
    page = turned_page(session, people, wanted, keys, asked.turn, PAGE_SIZE, down=chosen.down)
    return PeoplePage(
        _listed(session, event, page.ids, set(asked.columns), asked.seen_at),
        _count(session, wanted),
        page.has_previous,
        page.has_next,
    )


def count_of_people(
    session: Session, event: Event, chosen: Selection, *, seen_at: datetime | None
) -> int:
    """Return how many people of an event a selection chooses."""
    return _count(session, conditions(session, event, chosen, seen_at=seen_at))


def people_chosen(
    session: Session, event: Event, chosen: Selection, *, seen_at: datetime | None
) -> Sequence[int]:
    """Return the ids of all whom a selection chooses, the smallest first."""
    wanted = conditions(session, event, chosen, seen_at=seen_at)
    return session.scalars(select(Participant.id).where(*wanted).order_by(Participant.id)).all()


def _count(session: Session, wanted: Sequence[ColumnElement[bool]]) -> int:
    return session.scalars(select(func.count()).select_from(Participant).where(*wanted)).one()


def _chosen_first(wanted: Sequence[ColumnElement[bool]]) -> ColumnElement[bool]:
    """Return the condition that somebody is one of a set, for an order that has to see all of it.

    SQLite then chooses people by their messages in one index, and reads the names of those alone.
    """
    return Participant.id.in_(select(Participant.id).where(*wanted).correlate(None))


def _ordered(event: Event, chosen: Selection) -> tuple[Select[Any], Sequence[Key]]:
    """Return the query for ids with what an order needs, and the keys of the order."""
    people: Select[Any] = select(Participant.id)
    by_name = (Participant.folded_name, Participant.id)
    if chosen.sort is Sort.NUMBER:
        return people, (Participant.id,)
    if chosen.sort is Sort.DELEGATION:
        joined = people.join(Delegation, Delegation.id == Participant.delegation_id)
        return joined, (Delegation.folded, *by_name)
    if chosen.sort is Sort.CATEGORY:
        joined = people.join(Category, Category.id == Participant.category_id)
        return joined, (Category.position, *by_name)
    if chosen.sort is Sort.ARRIVED:
        never = literal(_NEVER[chosen.down], Admission.admitted_at.type)
        first = _first_arrivals(event)
        came_at = func.coalesce(first.c.at, never, type_=Admission.admitted_at.type)
        joined = people.outerjoin(first, first.c.participant_id == Participant.id)
        return joined, (came_at, Participant.id)
    return people, by_name


def _first_arrivals(event: Event) -> Subquery:
    """Return when each person of an event first came in; it is read once, and not for each."""
    return (
        select(Admission.participant_id, func.min(Admission.admitted_at).label("at"))
        .where(
            Admission.event_id == event.id,
            Admission.entry_no == 1,
            Admission.annulled_at.is_(None),
        )
        .group_by(Admission.participant_id)
        .subquery()
    )


def _listed(
    session: Session,
    event: Event,
    ids: Sequence[int],
    columns: set[Column],
    seen_at: datetime | None,
) -> Sequence[Listed]:
    buses = _buses(session, ids) if Column.BUS in columns else {}
    shows_mail = Column.DELIVERY in columns
    deliveries = deliveries_of(session, event, ids, seen_at) if shows_mail else {}
    rows = session.execute(
        select(Participant, Delegation, Category, Admission.admitted_at)
        .join(Delegation, Delegation.id == Participant.delegation_id)
        .join(Category, Category.id == Participant.category_id)
        .outerjoin(Admission, first_arrival())
        .where(Participant.id.in_(ids))
    )
    found = {person.id: (person, of, kind, at) for person, of, kind, at in rows}
    return [Listed(*found[one], buses.get(one), deliveries.get(one)) for one in ids]


def _buses(session: Session, ids: Sequence[int]) -> dict[int, str]:
    statement = (
        select(BusPassenger.participant_id, Bus.name)
        .join(Bus, Bus.id == BusPassenger.bus_id)
        .where(BusPassenger.participant_id.in_(ids))
    )
    found = session.execute(statement).all()
    return dict(found)
