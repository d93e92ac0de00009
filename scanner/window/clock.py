"""Hours and minutes in the event's time zone, independent of this computer's zone and tables."""

from __future__ import annotations

from datetime import datetime, tzinfo

from checkin.protocol.time_zones import UnknownTimeZone, time_zone


def clock_time(at: str, timezone: str) -> str:
    """Return hours and minutes of an RFC 3339 time in the event's time zone."""
    try:
        return datetime.fromisoformat(at).astimezone(zone_named(timezone)).strftime("%H:%M")
    except ValueError:
        return at


def zone_named(name: str) -> tzinfo | None:
    """Return a time zone, or None (the computer's own zone) when `name` is none that is known."""
    try:
        return time_zone(name)
    except UnknownTimeZone:
        return None
