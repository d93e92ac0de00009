"""Keep the days of an event: one so far, from the event's beginning to its end."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from checkin.db.models import Event, EventDay
from checkin.domain.events.days import FIRST_DAY, Day


def set_days(session: Session, event: Event) -> None:
    """Make an event's days say the same as its dates."""
    of = session.get(EventDay, (event.id, FIRST_DAY)) or EventDay(event_id=event.id, day=FIRST_DAY)
    of.starts_at, of.ends_at = event.starts_at, event.ends_at
    session.add(of)
    session.flush()


def days_of(session: Session, event_id: int) -> tuple[Day, ...]:
    """Return the days of an event in their order."""
    rows = session.scalars(
        select(EventDay).where(EventDay.event_id == event_id).order_by(EventDay.day)
    )
    return tuple(Day(row.day, row.starts_at, row.ends_at) for row in rows)


def day_of(row: Any) -> Day:
    """Return the day that a row tells with the columns `DAY_COLUMNS`."""
    return Day(row.day, row.day_starts_at, row.day_ends_at)


#: of a statement that joins the days of an event
DAY_COLUMNS = (
    EventDay.day,
    EventDay.starts_at.label("day_starts_at"),
    EventDay.ends_at.label("day_ends_at"),
)
