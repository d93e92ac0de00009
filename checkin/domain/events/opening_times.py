"""Validate the days of an event, and the hours of its gates and categories: texts of a form in.

A form has rows from 1; the field `starts_at` of the second row is called `starts_at-2`. A row of
which nothing is written counts for nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from checkin.domain.common.forms import Form
from checkin.domain.common.problems import InvalidValue, Problem
from checkin.domain.events.days import Day, day_at
from checkin.domain.events.details import moment_reader

DAY_FIELDS = ("starts_at", "ends_at", "doors_open_at", "doors_close_at", "reserve_from")
HOUR_FIELDS = ("whose", "opens_at", "closes_at")
_SHOWN = "%Y-%m-%d %H:%M"
_INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class DayTimes:
    """The times of one day of an event, all of them aware.

    Attributes:
        doors_open_at, doors_close_at: None only where an event has one day: then the doors are
            always open, or stay so.
        reserve_from: from then on the reserve list is admitted; None: never.
    """

    starts_at: datetime
    ends_at: datetime
    doors_open_at: datetime | None
    doors_close_at: datetime | None
    reserve_from: datetime | None


@dataclass(frozen=True, slots=True)
class HourTimes:
    """Hours of one gate or of one category, in place of the event's; the other id is None."""

    gate_id: int | None
    category_id: int | None
    opens_at: datetime
    closes_at: datetime


def validate_days(
    raw: Mapping[str, str], zone: str, rows: int
) -> tuple[DayTimes, ...] | list[Problem]:
    """Return the days that a form's rows describe, or everything that is wrong with them.

    Of several days each has doors, so that these are closed overnight; each day is over before the
    next one begins, and its doors are nearer to it than to any other.
    """
    form = Form(raw)
    numbers = list(_written_rows(raw, DAY_FIELDS, rows))
    several = len(numbers) > 1
    days = [_day(form, number, zone, several=several) for number in numbers or [1]]
    if form.problems:
        return form.problems
    found = tuple(DayTimes(**day) for day in days)
    _check_times(form, numbers, found)
    if not form.problems:
        _check_days(form, numbers, found)
    return form.problems or found


def _written_rows(raw: Mapping[str, str], fields: Sequence[str], rows: int) -> Iterator[int]:
    for number in range(1, rows + 1):
        if any(raw.get(f"{name}-{number}", "").strip() for name in fields):
            yield number


def _day(form: Form, number: int, zone: str, *, several: bool) -> dict[str, Any]:
    required = DAY_FIELDS[:4] if several else DAY_FIELDS[:2]
    return {
        name: form.read(f"{name}-{number}", moment_reader(zone, required=name in required))
        for name in DAY_FIELDS
    }


def _check_times(form: Form, numbers: Sequence[int], days: Sequence[DayTimes]) -> None:
    for number, day in zip(numbers, days, strict=True):
        opens, closes = day.doors_open_at, day.doors_close_at
        if day.ends_at <= day.starts_at:
            form.object(f"ends_at-{number}", "ends_too_early", f"{day.starts_at:{_SHOWN}}")
        if closes and not opens:
            form.object(f"doors_close_at-{number}", "doors_never_open")
        if opens and closes and closes <= opens:
            form.object(f"doors_close_at-{number}", "doors_close_too_early", f"{opens:{_SHOWN}}")


def _check_days(form: Form, numbers: Sequence[int], days: Sequence[DayTimes]) -> None:
    for number, day, following in zip(numbers[1:], days, days[1:], strict=False):
        if following.starts_at <= day.ends_at:
            form.object(f"starts_at-{number}", "days_overlap", f"{day.ends_at:{_SHOWN}}")
    if form.problems:
        return
    spans = [Day(index, day.starts_at, day.ends_at) for index, day in enumerate(days)]
    for index, (number, day) in enumerate(zip(numbers, days, strict=True)):
        for name, moment in _door_moments(day):
            if day_at(spans, moment) != index:
                form.object(f"{name}-{number}", "nearer_to_another_day")


def _door_moments(day: DayTimes) -> Iterator[tuple[str, datetime]]:
    if day.doors_open_at is not None:
        yield "doors_open_at", day.doors_open_at
    if day.doors_close_at is not None:
        yield "doors_close_at", day.doors_close_at - _INSTANT


def validate_hours(
    raw: Mapping[str, str], zone: str, rows: int, known: Collection[str]
) -> tuple[HourTimes, ...] | list[Problem]:
    """Return the hours that a form's rows describe, or everything that is wrong with them.

    Args:
        known: whose hours may be written: `gate-3`, `category-5`, with the ids of the event.
    """
    form = Form(raw)
    found = [_hours(form, number, zone, known) for number in _written_rows(raw, HOUR_FIELDS, rows)]
    return form.problems or tuple(one for one in found if one is not None)


def _hours(form: Form, number: int, zone: str, known: Collection[str]) -> HourTimes | None:
    whose = form.read(f"whose-{number}", _one_of(known))
    moment = moment_reader(zone, required=True)
    opens = form.read(f"opens_at-{number}", moment)
    closes = form.read(f"closes_at-{number}", moment)
    if opens and closes and closes <= opens:
        form.object(f"closes_at-{number}", "doors_close_too_early", f"{opens:{_SHOWN}}")
    if form.problems:
        return None
    kind, _, number_of = whose.partition("-")
    ids = {"gate_id": None, "category_id": None} | {f"{kind}_id": int(number_of)}
    return HourTimes(**ids, opens_at=opens, closes_at=closes)


def _one_of(known: Collection[str]) -> Callable[[str], str]:
    def read(text: str) -> str:
        if not text:
            raise InvalidValue("missing_text", text)
        if text not in known:
            raise InvalidValue("unknown_choice", text)
        return text

    return read
