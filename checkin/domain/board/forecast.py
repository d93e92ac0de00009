"""When the rest will be in, from how fast people came in the last minutes. Pure.

The method is as plain as it can be told at a door: the pace of the last ten minutes goes on. It
knows nothing of buses on the road, nor of who stays at home; what it says is "if everybody comes,
and they go on coming like this". Arrivals are counted as a Poisson process, so n of them in the
window could as well have been n ± 2√n: that gives the earliest and the latest moment. With few
arrivals that span is worth nothing, and no moment is told.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

#: the pace is measured over this many whole minutes
WINDOW = timedelta(minutes=10)
#: a pace needs at least so long since the first arrival, and so many arrivals within the window
SHORTEST = timedelta(minutes=3)
FEWEST = 16
#: nobody waits longer than this at a door: such a forecast is not worth telling
FURTHEST = timedelta(hours=6)


class Outlook(StrEnum):
    """What can be said."""

    ALL_IN = "all_in"
    EXPECTED = "expected"
    TOO_FEW = "too_few"


@dataclass(frozen=True, slots=True)
class Forecast:
    """When the rest will be in.

    Attributes:
        at, earliest, latest: told only where the outlook is `expected`.
        per_minute: people a minute within the window, to one place.
    """

    outlook: Outlook
    per_minute: float
    at: datetime | None = None
    earliest: datetime | None = None
    latest: datetime | None = None


def forecast(by_minute: Mapping[datetime, int], missing: int, now: datetime) -> Forecast:
    """Say when the missing will be in, if they go on coming as in the last minutes.

    Args:
        by_minute: first arrivals by the minute that they came in.
        now: only whole minutes before it are counted.
    """
    end = now.replace(second=0, microsecond=0)
    window_min = _window_min(by_minute, end)
    came = _within(by_minute, end, window_min)
    pace = came / window_min if window_min else 0.0
    if missing <= 0:
        return Forecast(Outlook.ALL_IN, round(pace, 1))
    if came < FEWEST:
        return Forecast(Outlook.TOO_FEW, round(pace, 1))
    slack = 2 * math.sqrt(came)
    soonest, at, latest = (
        timedelta(minutes=math.ceil(missing * window_min / count))
        for count in (came + slack, came, came - slack)
    )
    if at > FURTHEST:
        return Forecast(Outlook.TOO_FEW, round(pace, 1))
    return Forecast(Outlook.EXPECTED, round(pace, 1), end + at, end + soonest, end + latest)


def people_per_minute(by_minute: Mapping[datetime, int], now: datetime) -> float:
    """Return how many came a minute over the last five whole minutes, to one place."""
    return round(_within(by_minute, now.replace(second=0, microsecond=0), 5) / 5, 1)


def _window_min(by_minute: Mapping[datetime, int], end: datetime) -> int:
    """Return the window's length: shorter while the doors have not been open for so long."""
    if not by_minute:
        return 0
    since_first = end - min(by_minute)
    if since_first < SHORTEST:
        return 0
    return int(min(since_first, WINDOW) / timedelta(minutes=1))


def _within(by_minute: Mapping[datetime, int], end: datetime, minutes: int) -> int:
    begin = end - timedelta(minutes=minutes)
    return sum(count for minute, count in by_minute.items() if begin <= minute < end)
