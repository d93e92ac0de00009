"""Look up a row of an event by its id."""

from __future__ import annotations

from typing import TypeVar

from sqlalchemy.orm import Session

from checkin.db.models import (
    Category,
    Delegation,
    Device,
    Event,
    Flag,
    Gate,
    HelpCall,
    Hub,
    Pairing,
    Participant,
    ReadToken,
    Webhook,
)
from checkin.errors import NotFound

EventRow = TypeVar(
    "EventRow",
    Category,
    Delegation,
    Device,
    Flag,
    Gate,
    HelpCall,
    Hub,
    Pairing,
    Participant,
    ReadToken,
    Webhook,
)


def by_id(
    session: Session, event: Event, kind: type[EventRow], number: int, *, fresh: bool = False
) -> EventRow:
    """Return the row of a table that belongs to an event and has this id.

    Args:
        fresh: lock the row and read it again, even if the session has it already.

    Raises:
        NotFound: the event has no such row.
    """
    # Rows that refer to it may still be written.
    lock = {"key_share": True} if fresh else None
    row = session.get(kind, number, populate_existing=fresh, with_for_update=lock)
    if row is None or row.event_id != event.id:
        raise NotFound(f"no {kind.__tablename__} has the number {number}")
    return row
