"""The days of an event, and to which of them a moment belongs. Pure.

An event of several days admits each person once a day, and between two days the hall is empty.
`checkin/static/js/offline/days.js` goes by the same rules; both are tested by
`tests/vectors/days.json`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

#: the number of an event's first day, which every event has
FIRST_DAY = 1
#: so many days may an event have
MOST_DAYS = 14


@dataclass(frozen=True, slots=True)
class Day:
    """A day of an event.

    Attributes:
        number: from 1.
        starts_at, ends_at: when its meeting begins and ends.
        opens_at: the first instant at which its doors are open, grace included; None: no doors.
        closes_at: the first instant at which they no longer are; None: they stay open.
        reserve_from: from this instant on its reserve list is admitted; None: never.
    """

    number: int
    starts_at: datetime
    ends_at: datetime
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    reserve_from: datetime | None = None

    def distance_to(self, at: datetime) -> timedelta:
        """Return how far a moment is from this day: none while the meeting is on."""
        return max(self.starts_at - at, at - self.ends_at, timedelta())


def day_of(days: Sequence[Day], at: datetime) -> Day:
    """Return the day to which a moment belongs: the nearest, of two the later one.

    People come before a day begins and may be scanned after it has ended.
    """
    if len(days) == 1:
        return days[0]
    return min(days, key=lambda day: (day.distance_to(at), -day.number))


def bounds_of(days: Sequence[Day], number: int) -> tuple[datetime | None, datetime | None]:
    """Return the first moment that belongs to a day, and the first that no longer does.

    None: there is no earlier, or no later day.
    """
    at = next(index for index, day in enumerate(days) if day.number == number)
    return (
        _between(days[at - 1], days[at]) if at else None,
        _between(days[at], days[at + 1]) if at + 1 < len(days) else None,
    )


def _between(day: Day, following: Day) -> datetime:
    # `day_of` gives the moment in the middle to the later day.
    return day.ends_at + (following.starts_at - day.ends_at) / 2


def day_at(days: Sequence[Day], at: datetime) -> int:
    """Return the number of the day to which a moment belongs."""
    return day_of(days, at).number
