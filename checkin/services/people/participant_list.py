"""The list of participants that people read: searched, one page at a time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from checkin.db.models import Admission, Category, Delegation, Event, Participant
from checkin.domain.common.names import fold_name
from checkin.errors import NotFound
from checkin.services.people.arrivals import first_entry

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class Listed:
    """One participant with what the list shows."""

    participant: Participant
    delegation: Delegation
    category: Category
    arrived_at: datetime | None


@dataclass(frozen=True, slots=True)
class ParticipantPage:
    """One page of the list.

    Attributes:
        total: how many the whole list holds.
        number: which page this is, from 1.
    """

    people: tuple[Listed, ...]
    total: int
    number: int

    @property
    def last(self) -> int:
        """The number of the last page, 1 for an empty list."""
        return max(1, -(-self.total // PAGE_SIZE))


def participant_page(
    session: Session, event_id: int, *, text: str = "", delegation_id: int | None = None, page: int
) -> ParticipantPage:
    """Return one page of an event's participants, by name.

    Args:
        text: letters of a name in either script, spelt as people do; "" for everybody.
        delegation_id: only this delegation's people; None for all.
        page: from 1; beyond the last page the last one is returned.
    """
    wanted = _wanted(event_id, text, delegation_id)
    total = session.scalar(select(func.count()).select_from(Participant).where(*wanted)) or 0
    number = min(max(page, 1), max(1, -(-total // PAGE_SIZE)))
    rows = session.execute(_rows(wanted).limit(PAGE_SIZE).offset((number - 1) * PAGE_SIZE))
    people = tuple(Listed(person, of, kind, at) for person, of, kind, at in rows)
    return ParticipantPage(people, total, number)


def participant_in(
    session: Session, event_id: int, participant_id: int, delegation_id: int | None
) -> Participant | None:
    """Return a participant of an event, and of that delegation where one is given."""
    person = session.get(Participant, participant_id)
    if person is None or person.event_id != event_id:
        return None
    return person if delegation_id in (None, person.delegation_id) else None


def participant_numbered(
    session: Session, event: Event, participant_id: int, delegation_id: int | None
) -> Participant:
    """Return a participant of an event, and of that delegation where one is given.

    Raises:
        NotFound: there is none with this number, or it is another delegation's.
    """
    person = participant_in(session, event.id, participant_id, delegation_id)
    if person is None:
        raise NotFound(f"no participant has the number {participant_id}")
    return person


def _wanted(event_id: int, text: str, delegation_id: int | None) -> list[ColumnElement[bool]]:
    wanted = [Participant.event_id == event_id]
    wanted += [
        Participant.folded.contains(word, autoescape=True) for word in fold_name(text).split()
    ]
    if delegation_id is not None:
        wanted.append(Participant.delegation_id == delegation_id)
    return wanted


def _rows(
    wanted: list[ColumnElement[bool]],
) -> Select[Participant, Delegation, Category, datetime | None]:
    return (
        select(Participant, Delegation, Category, Admission.admitted_at)
        .join(Delegation, Delegation.id == Participant.delegation_id)
        .join(Category, Category.id == Participant.category_id)
        .outerjoin(Admission, first_entry())
        .where(*wanted)
        .order_by(Participant.folded_name, Participant.id)
    )
