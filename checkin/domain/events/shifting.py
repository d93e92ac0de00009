"""Move an event's moments to another day: the clocks of the venue show the same time on it."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from checkin.protocol.time_zones import in_time_zone, time_zone


def days_between(first: datetime, day: date, timezone: str) -> timedelta:
    """Return how many days there are from the day of a moment to another one."""
    return day - in_time_zone(first, timezone).date()


def shifted(moment: datetime | None, by: timedelta, timezone: str) -> datetime | None:
    """Return the moment so many days later at which the venue's clocks show the same time.

    Where clocks are changed in between, that is an hour more or less than so many times 24 hours.
    """
    if moment is None:
        return None
    local = in_time_zone(moment, timezone).replace(tzinfo=None)
    return (local + by).replace(tzinfo=time_zone(timezone))
