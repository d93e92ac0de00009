"""A purged event is over for good: it takes nobody, no list and no device any more."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from checkin.db.models import Event
from checkin.errors import EventPurged


def refuse_purged(session: Session, event_id: int) -> None:
    """Check that an event's personal data were not erased.

    Whoever changes participants learns so from `next_list_version`, which holds the event, too.

    Raises:
        EventPurged: they were.
    """
    if session.scalar(select(Event.purged_at).where(Event.id == event_id)) is not None:
        raise purged()


def purged() -> EventPurged:
    """Return the fault that says so."""
    return EventPurged("the personal data of this event were erased: it takes nobody any more")
