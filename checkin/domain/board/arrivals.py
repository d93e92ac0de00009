"""The curve of arrivals with its axes and table, and the forecast of when all have arrived. Pure.

Everything is in the curve's own units (`WIDTH` × `HEIGHT`, the origin at the top, time from left to
right), so that a page draws the same shape before and after its script runs, and mirrors it where
time runs from right to left.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import accumulate, chain, count
from typing import TypedDict

WIDTH, HEIGHT = 1000, 300
#: each axis has so many parts of the same length
PARTS = 4
_MINUTE = timedelta(minutes=1)
#: lengths of a part that people read easily, in minutes; longer ones are whole days
_ROUND_MIN = (5, 10, 15, 30, 60, 120, 180, 360, 720)
_DAY_MIN = 1440
_ROUND = (1, 2, 2.5, 5, 10)
#: the table has at most so many rows: several minutes share one where there are more
MOST_ROWS = 48


@dataclass(frozen=True, slots=True)
class CurveRow:
    """A row of the curve's table: arrivals within a span of time, and the total at its end."""

    at: datetime
    arrived: int
    total: int


class _Rows(TypedDict):
    rows: tuple[CurveRow, ...]
    rows_of: timedelta


@dataclass(frozen=True, slots=True)
class ArrivalCurve:
    """The data to draw the curve of arrivals.

    Attributes:
        start: the left end of the time axis, whose divisions are `part` long.
        top: the upper end of the axis of counts, which begins at 0.
        line, area, expected, everybody: SVG paths; `expected` is empty without a forecast, and
            `everybody` is the height that is reached when nobody is missing any more.
        rows: the rows of the table, each `rows_of` long.
    """

    start: datetime
    part: timedelta
    top: int
    line: str
    area: str
    expected: str
    everybody: str
    rows: tuple[CurveRow, ...]
    rows_of: timedelta

    @property
    def times(self) -> tuple[datetime, ...]:
        """The moments of the time axis's divisions, both ends included."""
        return tuple(self.start + at * self.part for at in range(PARTS + 1))

    @property
    def counts(self) -> tuple[int, ...]:
        """The counts of the other axis's divisions, from 0 up."""
        return tuple(at * self.top // PARTS for at in range(PARTS + 1))


@dataclass(frozen=True, slots=True)
class _Axes:
    start: datetime
    part: timedelta
    top: int

    def point(self, at: datetime, count: float) -> tuple[int, int]:
        """Return the point of the drawing for a count at a moment."""
        along = (at - self.start) / (PARTS * self.part)
        return round(WIDTH * along), round(HEIGHT * (1 - count / self.top))


def arrival_curve(
    by_minute: Mapping[datetime, int], missing: int, now: datetime, until: datetime | None
) -> ArrivalCurve | None:
    """Draw the arrivals so far and, if `until` is known, the expected ones until then.

    If the forecast is longer than the time since the first arrival, its line is cut at the edge.

    Args:
        by_minute: arrivals by minute.
        missing: how many people are still expected.
        until: when they will have come, by the forecast.

    Returns:
        None while nobody has come.
    """
    if not by_minute:
        return None
    minutes = sorted(by_minute)
    first, now = minutes[0], max(now.replace(second=0, microsecond=0), minutes[-1] + _MINUTE)
    end = min(until, now + max(now - first, 30 * _MINUTE)) if until else now
    arrived = sum(by_minute.values())
    everybody = arrived + missing
    axes = _Axes(*_time_axis(first, end), _round_above(max(everybody, PARTS)))
    points = [axes.point(first, 0)]
    points += (axes.point(at, total) for at, total in _totals(by_minute, minutes))
    points.append(axes.point(now, arrived))
    expected = ""
    if until and until > now:
        came = arrived + missing * ((end - now) / (until - now))
        expected = _path([points[-1], axes.point(end, came)])
    height = axes.point(first, everybody)[1]
    return ArrivalCurve(
        start=axes.start,
        part=axes.part,
        top=axes.top,
        line=_path(points),
        area=f"{_path(points)}L{points[-1][0]} {HEIGHT}L{points[0][0]} {HEIGHT}Z",
        expected=expected,
        everybody=_path([(0, height), (WIDTH, height)]),
        **_rows(by_minute, first, now),
    )


def _totals(
    by_minute: Mapping[datetime, int], minutes: list[datetime]
) -> Iterator[tuple[datetime, int]]:
    """Yield the total at the end of each minute, so that pauses are drawn as level lines."""
    total = 0
    for minute, after in zip(minutes, [*minutes[1:], None], strict=True):
        total += by_minute[minute]
        yield minute + _MINUTE, total
        if after is not None and after > minute + _MINUTE:
            yield after, total


def _path(points: list[tuple[int, int]]) -> str:
    return "M" + "L".join(f"{x} {y}" for x, y in points)


def _time_axis(first: datetime, end: datetime) -> tuple[datetime, timedelta]:
    """Return the beginning of the time axis and the length of a division, both round."""
    midnight = first.replace(hour=0, minute=0)
    lengths = (minutes * _MINUTE for minutes in chain(_ROUND_MIN, count(_DAY_MIN, _DAY_MIN)))
    axes = ((midnight + (first - midnight) // part * part, part) for part in lengths)
    return next((start, part) for start, part in axes if start + PARTS * part >= end)


def _round_above(count: int) -> int:
    """Return the smallest round number not below `count` that divides into whole divisions."""
    part = count / PARTS
    magnitude = 10 ** math.floor(math.log10(part))
    return next(
        int(PARTS * step * magnitude)
        for step in _ROUND
        if step * magnitude >= part and float(step * magnitude).is_integer()
    )


def _rows(by_minute: Mapping[datetime, int], first: datetime, now: datetime) -> _Rows:
    of = _row_length(first, now)
    midnight = first.replace(hour=0, minute=0)
    start = midnight + (first - midnight) // of * of
    counts = [0] * math.ceil((now - start) / of)
    for minute, arrived in by_minute.items():
        counts[(minute - start) // of] += arrived
    rows = (
        CurveRow(start + at * of, arrived, total)
        for at, (arrived, total) in enumerate(zip(counts, accumulate(counts), strict=True))
    )
    return {"rows": tuple(rows), "rows_of": of}


def _row_length(first: datetime, now: datetime) -> timedelta:
    span_min = (now - first) / _MINUTE
    return _MINUTE * next((m for m in (1, 2, *_ROUND_MIN) if span_min / m < MOST_ROWS), _DAY_MIN)


#: the pace is measured over the last minutes, of which the running one is the last
WINDOW = timedelta(minutes=5)
#: so much of the running minute is counted at a time: a board does not change with every second
_STEP_S = 10
#: a forecast needs at least so long since the first arrival, and so many arrivals in the window
SHORTEST = timedelta(minutes=3)
FEWEST = 16
#: nobody waits longer than this at a gate: such a forecast is not worth telling
FURTHEST = timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class PaceWindow:
    """The time over which the pace of arrivals is measured, the same for an event and its gates.

    It begins with the first arrival of the event, or four minutes before the running one, and is
    never taken for shorter than a minute.
    """

    begin: datetime
    end: datetime

    @property
    def minutes(self) -> float:
        """How long it is, in minutes."""
        return max((self.end - self.begin) / _MINUTE, 1.0)

    def count(self, by_minute: Mapping[datetime, int]) -> int:
        """Return how many arrived within the window."""
        return sum(count for minute, count in by_minute.items() if minute >= self.begin)

    def pace(self, by_minute: Mapping[datetime, int]) -> float:
        """Return the arrivals a minute, to one decimal."""
        return round(self.count(by_minute) / self.minutes, 1)


def pace_window(by_minute: Mapping[datetime, int], now: datetime) -> PaceWindow:
    """Return the window of a moment.

    Args:
        by_minute: the arrivals of the whole event.
    """
    running = now.replace(second=0, microsecond=0)
    end = running + timedelta(seconds=now.second // _STEP_S * _STEP_S)
    return PaceWindow(max(running + _MINUTE - WINDOW, min(by_minute, default=running)), end)


class Outlook(StrEnum):
    """What a forecast can say: all have arrived, a time is expected, or too few data."""

    ALL_IN = "all_in"
    EXPECTED = "expected"
    TOO_FEW = "too_few"


@dataclass(frozen=True, slots=True)
class Forecast:
    """The forecast of when nobody will be missing any more.

    Attributes:
        at, earliest, latest: set only if the outlook is `expected`.
        per_minute: arrivals a minute within the window, to one decimal.
    """

    outlook: Outlook
    per_minute: float
    at: datetime | None = None
    earliest: datetime | None = None
    latest: datetime | None = None


def forecast(by_minute: Mapping[datetime, int], missing: int, window: PaceWindow) -> Forecast:
    """Forecast when the missing people will have arrived, if the pace of the window holds.

    Args:
        by_minute: arrivals by minute.
    """
    came, pace = window.count(by_minute), window.pace(by_minute)
    if missing <= 0:
        return Forecast(Outlook.ALL_IN, pace)
    if came < FEWEST or window.end - window.begin < SHORTEST:
        return Forecast(Outlook.TOO_FEW, pace)
    slack = 2 * math.sqrt(came)
    soonest, at, latest = (
        timedelta(minutes=math.ceil(missing * window.minutes / count))
        for count in (came + slack, came, came - slack)
    )
    if at > FURTHEST:
        return Forecast(Outlook.TOO_FEW, pace)
    begin = window.end.replace(second=0)
    return Forecast(Outlook.EXPECTED, pace, begin + at, begin + soonest, begin + latest)
