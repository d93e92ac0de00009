"""Times in the event's time zone, independent of this computer's zone and tables, and spans."""

from __future__ import annotations

from datetime import datetime, tzinfo

from checkin.protocol.time_zones import UnknownTimeZone, time_zone
from scanner.words import say


def clock_time(at: str, timezone: str) -> str:
    """Return hours and minutes of an RFC 3339 time in the event's time zone."""
    try:
        return datetime.fromisoformat(at).astimezone(zone_named(timezone)).strftime("%H:%M")
    except ValueError:
        return at


def clock_moment(at: str, now: str, timezone: str) -> str:
    """Return the same, with the day in numbers before it if it is not the day of `now`."""
    try:
        moment, present = (
            datetime.fromisoformat(one).astimezone(zone_named(timezone)) for one in (at, now)
        )
    except ValueError:
        return at
    return moment.strftime("%H:%M" if moment.date() == present.date() else "%d/%m %H:%M")


def zone_named(name: str) -> tzinfo | None:
    """Return a time zone, or None (the computer's own zone) when `name` is none that is known."""
    try:
        return time_zone(name)
    except UnknownTimeZone:
        return None


def minutes_text(language: str, minutes: int) -> str:
    """Return a span in minutes, hours or days, the largest unit that is exact enough."""
    if minutes < 100:
        return say(language, "minutes", count=minutes)
    if minutes < 48 * 60:
        return say(language, "hours", hours=minutes // 60, minutes=f"{minutes % 60:02}")
    return say(language, "days", count=minutes // (24 * 60))
