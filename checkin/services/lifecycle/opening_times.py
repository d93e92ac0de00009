"""Change the days of an event, and the hours of its gates and categories.

Devices get them with the head of the next gate list.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session

from checkin.db.models import Admission, ArrivalTally, Event, EventDay, OpeningHours, RefusalTally
from checkin.domain.common.problems import InvalidValue
from checkin.domain.events.opening_times import DayTimes, HourTimes
from checkin.services.common.activity import note
from checkin.services.common.list_version import next_list_version
from checkin.services.common.locks import stop_admissions
from checkin.services.events.days import day_rows


def change_days(
    session: Session,
    event: Event,
    days: Sequence[DayTimes],
    *,
    operator_id: int,
    now: datetime,
) -> None:
    """Lay down the days of an event, and make its dates those of the first and the last one.

    Waits for admissions under way, so that none is counted on a day that is gone.

    Args:
        days: in their order, at least one.

    Raises:
        InvalidValue: `day_has_scans`: scans are counted on a day that would be gone.
    """
    stop_admissions(session.connection(), event.id)
    session.refresh(event)
    next_list_version(session, event.id)
    rows = day_rows(session, event.id)
    for row in rows[len(days) :]:
        _remove(session, row)
    for number, day in enumerate(days, 1):
        row = rows[number - 1] if number <= len(rows) else EventDay(event_id=event.id, day=number)
        for name, value in asdict(day).items():
            setattr(row, name, value)
        session.add(row)
    _span(event, days)
    told = [{name: at and at.isoformat() for name, at in asdict(day).items()} for day in days]
    note(session, event.id, "event.days", now, operator_id=operator_id, days=told)
    session.flush()


def _remove(session: Session, day: EventDay) -> None:
    for counted in (Admission, ArrivalTally, RefusalTally):
        of_day = exists().where(counted.event_id == day.event_id, counted.day == day.day)
        if session.scalar(select(of_day)):
            raise InvalidValue("day_has_scans", str(day.day))
    session.delete(day)


def _span(event: Event, days: Sequence[DayTimes]) -> None:
    first, last = days[0], days[-1]
    event.starts_at, event.doors_open_at = first.starts_at, first.doors_open_at
    event.reserve_from = first.reserve_from
    event.ends_at, event.doors_close_at = last.ends_at, last.doors_close_at


def change_hours(
    session: Session,
    event: Event,
    hours: Sequence[HourTimes],
    *,
    operator_id: int,
    now: datetime,
) -> None:
    """Lay down the hours that gates and categories have in place of the event's."""
    next_list_version(session, event.id)
    session.execute(delete(OpeningHours).where(OpeningHours.event_id == event.id))
    session.add_all(OpeningHours(event_id=event.id, **asdict(one)) for one in hours)
    told = [
        asdict(one) | {"opens_at": one.opens_at.isoformat(), "closes_at": one.closes_at.isoformat()}
        for one in hours
    ]
    note(session, event.id, "event.hours", now, operator_id=operator_id, hours=told)
    session.flush()
