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
        line, area, expected, registered: SVG paths; `expected` is empty without a forecast.
        rows: the rows of the table, each `rows_of` long.
    """

    start: datetime
    part: timedelta
    top: int
    line: str
    area: str
    expected: str
    registered: str
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
    by_minute: Mapping[datetime, int], registered: int, now: datetime, until: datetime | None
) -> ArrivalCurve | None:
    """Draw the arrivals so far and, if `until` is known, the expected ones until then.

    If the forecast is longer than the time since the first arrival, its line is cut at the edge.

    Returns:
        None while nobody has come.
    """
    if not by_minute:
        return None
    minutes = sorted(by_minute)
    first, now = minutes[0], max(now.replace(second=0, microsecond=0), minutes[-1] + _MINUTE)
    end = min(until, now + max(now - first, 30 * _MINUTE)) if until else now
    arrived = sum(by_minute.values())
    axes = _Axes(*_time_axis(first, end), _round_above(max(registered, arrived, PARTS)))
    points = [axes.point(first, 0)]
    points += (axes.point(at, total) for at, total in _totals(by_minute, minutes))
    points.append(axes.point(now, arrived))
    expected = ""
    if until and until > now:
        came = arrived + (registered - arrived) * ((end - now) / (until - now))
        expected = _path([points[-1], axes.point(end, came)])
    height = axes.point(first, registered)[1]
    return ArrivalCurve(
        start=axes.start,
        part=axes.part,
        top=axes.top,
        line=_path(points),
        area=f"{_path(points)}L{points[-1][0]} {HEIGHT}L{points[0][0]} {HEIGHT}Z",
        expected=expected,
        registered=_path([(0, height), (WIDTH, height)]),
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


#: the pace is measured over this many whole minutes
WINDOW = timedelta(minutes=10)
#: a pace needs at least so long since the first arrival, and so many arrivals within the window
SHORTEST = timedelta(minutes=3)
FEWEST = 16
#: nobody waits longer than this at a gate: such a forecast is not worth telling
FURTHEST = timedelta(hours=6)


class Outlook(StrEnum):
    """What a forecast can say: all have arrived, a time is expected, or too few data."""

    ALL_IN = "all_in"
    EXPECTED = "expected"
    TOO_FEW = "too_few"


@dataclass(frozen=True, slots=True)
class Forecast:
    """The forecast of when all registered people have arrived.

    Attributes:
        at, earliest, latest: set only if the outlook is `expected`.
        per_minute: arrivals a minute within the window, to one decimal.
    """

    outlook: Outlook
    per_minute: float
    at: datetime | None = None
    earliest: datetime | None = None
    latest: datetime | None = None


def forecast(by_minute: Mapping[datetime, int], missing: int, now: datetime) -> Forecast:
    """Forecast when the missing people will have arrived, if the pace of the last minutes holds.

    Args:
        by_minute: first arrivals by minute.
        now: only whole minutes before it are counted.
    """
    end = now.replace(second=0, microsecond=0)
    window_min = _window_min(by_minute, end)
    came = _within(by_minute, end, window_min)
    pace = round(came / window_min, 1) if window_min else 0.0
    if missing <= 0:
        return Forecast(Outlook.ALL_IN, pace)
    if came < FEWEST:
        return Forecast(Outlook.TOO_FEW, pace)
    slack = 2 * math.sqrt(came)
    soonest, at, latest = (
        timedelta(minutes=math.ceil(missing * window_min / count))
        for count in (came + slack, came, came - slack)
    )
    if at > FURTHEST:
        return Forecast(Outlook.TOO_FEW, pace)
    return Forecast(Outlook.EXPECTED, pace, end + at, end + soonest, end + latest)


def people_per_minute(by_minute: Mapping[datetime, int], now: datetime) -> float:
    """Return the arrivals a minute over the last five whole minutes, to one decimal."""
    return _within(by_minute, now.replace(second=0, microsecond=0), 5) / 5


def _window_min(by_minute: Mapping[datetime, int], end: datetime) -> int:
    """Return the window's length, which is shorter until the doors have been open for as long."""
    if not by_minute:
        return 0
    since_first = end - min(by_minute)
    if since_first < SHORTEST:
        return 0
    return int(min(since_first, WINDOW) / timedelta(minutes=1))


def _within(by_minute: Mapping[datetime, int], end: datetime, minutes: int) -> int:
    begin = end - timedelta(minutes=minutes)
    return sum(count for minute, count in by_minute.items() if begin <= minute < end)
