"""Keep the days of an event: one unless the organiser lays down several."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from checkin.db.models import Event, EventDay
from checkin.domain.events.days import FIRST_DAY, Day, day_at


def set_days(session: Session, event: Event) -> None:
    """Make an event's days say the same as its dates: of several the first and the last one."""
    days = day_rows(session, event.id) or [_added(session, event)]
    first, last = days[0], days[-1]
    first.starts_at, first.doors_open_at = event.starts_at, event.doors_open_at
    first.reserve_from = event.reserve_from
    last.ends_at, last.doors_close_at = event.ends_at, event.doors_close_at
    session.flush()


def _added(session: Session, event: Event) -> EventDay:
    day = EventDay(
        event_id=event.id, day=FIRST_DAY, starts_at=event.starts_at, ends_at=event.ends_at
    )
    session.add(day)
    return day


def day_rows(session: Session, event_id: int) -> Sequence[EventDay]:
    """Return the days of an event in their order, as they are stored."""
    return session.scalars(
        select(EventDay).where(EventDay.event_id == event_id).order_by(EventDay.day)
    ).all()


def days_of(session: Session, event_id: int) -> tuple[Day, ...]:
    """Return the days of an event in their order."""
    rows = session.connection().execute(_DAYS.where(EventDay.event_id == event_id))
    return tuple(day_of_row(row, row.grace_s) for row in rows)


def day_numbered(session: Session, event_id: int, number: int) -> Day:
    """Return the day of an event that has a number, which it must have."""
    return next(day for day in days_of(session, event_id) if day.number == number)


def today(session: Session, event_id: int, now: datetime) -> int:
    """Return the number of the day of an event to which a moment belongs."""
    return day_at(days_of(session, event_id), now)


def reserve_hour(session: Session, event_id: int, now: datetime) -> datetime | None:
    """Return from when those of the reserve list are let in on the day of a moment; None: never."""
    days = days_of(session, event_id)
    number = day_at(days, now)
    return next(day.reserve_from for day in days if day.number == number)


def day_of_row(row: Any, grace_s: int) -> Day:
    """Return the day that a row tells with the columns `DAY_COLUMNS`."""
    return Day(
        number=row.day,
        starts_at=row.day_starts_at,
        ends_at=row.day_ends_at,
        opens_at=_shifted(row.day_opens_at, -grace_s),
        closes_at=_shifted(row.day_closes_at, grace_s),
        reserve_from=row.day_reserve_from,
    )


def _shifted(moment: datetime | None, by_s: int) -> datetime | None:
    return None if moment is None else moment + timedelta(seconds=by_s)


#: of a statement that joins the days of an event
DAY_COLUMNS = (
    EventDay.day,
    EventDay.starts_at.label("day_starts_at"),
    EventDay.ends_at.label("day_ends_at"),
    EventDay.doors_open_at.label("day_opens_at"),
    EventDay.doors_close_at.label("day_closes_at"),
    EventDay.reserve_from.label("day_reserve_from"),
)
_DAYS = (
    select(*DAY_COLUMNS, Event.grace_s)
    .join(Event, Event.id == EventDay.event_id)
    .order_by(EventDay.day)
)
