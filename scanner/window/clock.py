"""Hours and minutes at the event, whatever this computer's own zone and zone tables say."""

from __future__ import annotations

import importlib.resources
import re
from datetime import datetime, tzinfo
from zoneinfo import ZoneInfo

_ZONE_NAME = re.compile(r"[A-Za-z_]+(/[A-Za-z0-9_+-]+){0,2}")


def clock_time(at: str, timezone: str) -> str:
    """Return hours and minutes of an RFC 3339 time in the event's time zone."""
    try:
        return datetime.fromisoformat(at).astimezone(zone_named(timezone)).strftime("%H:%M")
    except ValueError:
        return at


def zone_named(name: str) -> tzinfo | None:
    """Return a time zone, or None (the computer's own zone) when `name` is none that is known.

    The `tzdata` package goes first: it is as new as this program, while a laptop's own tables may
    be from before Morocco's change to UTC+0 of September 2026.
    """
    if not _ZONE_NAME.fullmatch(name):
        return None
    try:
        tables = importlib.resources.files("tzdata.zoneinfo")
        with tables.joinpath(*name.split("/")).open("rb") as file:
            return ZoneInfo.from_file(file, key=name)
    except (ImportError, OSError, ValueError):
        return _zone_of_the_system(name)


def _zone_of_the_system(name: str) -> tzinfo | None:
    try:
        return ZoneInfo(name)
    except (LookupError, OSError, ValueError):
        return None
