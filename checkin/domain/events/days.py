"""The days of an event, and to which of them a moment belongs. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

#: the number of an event's first day: the only one that an event has so far
FIRST_DAY = 1


@dataclass(frozen=True, slots=True)
class Day:
    """A day of an event: its number from 1, and when its meeting begins and ends."""

    number: int
    starts_at: datetime
    ends_at: datetime

    def distance_to(self, at: datetime) -> timedelta:
        """Return how far a moment is from this day: none while the meeting is on."""
        return max(self.starts_at - at, at - self.ends_at, timedelta())


def day_at(days: Sequence[Day], at: datetime) -> int:
    """Return the number of the day to which a moment belongs: the nearest, of two the later one.

    People come before a day begins and may be scanned after it has ended.
    """
    if len(days) == 1:
        return days[0].number
    return min(days, key=lambda day: (day.distance_to(at), -day.number)).number
