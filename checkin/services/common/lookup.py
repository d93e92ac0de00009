"""What belongs to an event, by its number."""

from __future__ import annotations

from typing import TypeVar

from sqlalchemy.orm import Session

from checkin.db.models import Category, Delegation, Device, Event, Gate, Participant
from checkin.errors import NotFound

EventRow = TypeVar("EventRow", Category, Delegation, Device, Gate, Participant)


def by_id(
    session: Session, event: Event, kind: type[EventRow], number: int, *, fresh: bool = False
) -> EventRow:
    """Return the row of an event with this number.

    Args:
        fresh: read it again, though the session knows it.

    Raises:
        NotFound: the event has none; another event's is none either.
    """
    row = session.get(kind, number, populate_existing=fresh)
    if row is None or row.event_id != event.id:
        raise NotFound(f"no {kind.__tablename__} has the number {number}")
    return row
