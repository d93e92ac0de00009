"""Time zones, from the tables that are shipped with the program: nothing else asks for one.

Morocco moved to UTC+0 for good on 20 September 2026. A machine's own tables may be from before and
an hour off, and Python prefers these. So importing this module, which every program does before it
does anything else, turns Python to the `tzdata` package, for the libraries too.
"""

from __future__ import annotations

import importlib.util
import zoneinfo
from datetime import datetime


def _use_shipped_tables() -> None:
    if importlib.util.find_spec("tzdata") is None:
        return  # a gate without the package: its own tables are better than none
    zoneinfo.reset_tzpath(())
    zoneinfo.ZoneInfo.clear_cache()  # what was read before came from the machine's tables


_use_shipped_tables()


class UnknownTimeZone(ValueError):
    """There is no time zone of this name."""


def time_zone(name: str) -> zoneinfo.ZoneInfo:
    """Return the time zone of an IANA name, such as Africa/Casablanca.

    Raises:
        UnknownTimeZone: there is none.
    """
    try:
        return zoneinfo.ZoneInfo(name or "?")
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        raise UnknownTimeZone(name) from None


def in_time_zone(moment: datetime, name: str) -> datetime:
    """Return an aware moment by the clocks of a time zone.

    Raises:
        UnknownTimeZone: there is no such time zone.
    """
    return moment.astimezone(time_zone(name))


def time_zone_names() -> list[str]:
    """Return the names of all time zones, sorted."""
    return sorted(zoneinfo.available_timezones())
