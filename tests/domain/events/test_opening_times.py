"""What a form says of an event's days and hours, and everything that is wrong with it."""

from __future__ import annotations

from datetime import datetime

import pytest

from checkin.domain.events.opening_times import (
    DayTimes,
    HourTimes,
    validate_days,
    validate_hours,
)
from checkin.protocol.time_zones import time_zone

ZONE = "Africa/Casablanca"
HOURS = {
    "starts_at": "09:00",
    "ends_at": "18:00",
    "doors_open_at": "08:00",
    "doors_close_at": "17:00",
}


def at(day, hour):
    return datetime(2025, 6, day, hour, tzinfo=time_zone(ZONE))


def a_row(number, day, **more):
    row = {f"{name}-{number}": f"2025-06-{day}T{hour}" for name, hour in HOURS.items()}
    return row | {f"{name}-{number}": value for name, value in more.items()}


def problems(raw):
    return [(one.column, one.code) for one in validate_days(raw, ZONE, 4)]


def test_each_row_in_which_something_is_written_is_a_day():
    raw = a_row(1, 14, reserve_from="2025-06-14T16:00") | a_row(3, 15)

    assert validate_days(raw, ZONE, 4) == (
        DayTimes(at(14, 9), at(14, 18), at(14, 8), at(14, 17), at(14, 16)),
        DayTimes(at(15, 9), at(15, 18), at(15, 8), at(15, 17), None),
    )


def test_an_event_of_one_day_needs_no_doors_and_one_of_several_does():
    bare = {"doors_open_at": "", "doors_close_at": ""}

    assert validate_days(a_row(1, 14, **bare), ZONE, 4) == (
        DayTimes(at(14, 9), at(14, 18), None, None, None),
    )
    assert problems(a_row(1, 14, **bare) | a_row(2, 15)) == [
        ("doors_open_at-1", "missing_text"),
        ("doors_close_at-1", "missing_text"),
    ]
    assert problems({}) == [("starts_at-1", "missing_text"), ("ends_at-1", "missing_text")]


@pytest.mark.parametrize(
    ("raw", "problem"),
    [
        (a_row(1, 14, ends_at="2025-06-14T08:00"), ("ends_at-1", "ends_too_early")),
        (
            a_row(1, 14, doors_close_at="2025-06-14T08:00"),
            ("doors_close_at-1", "doors_close_too_early"),
        ),
        (a_row(1, 14, doors_open_at=""), ("doors_close_at-1", "doors_never_open")),
        (a_row(1, 15) | a_row(2, 14), ("starts_at-2", "days_overlap")),
        (
            a_row(1, 14) | a_row(2, 15, doors_open_at="2025-06-14T20:00"),
            ("doors_open_at-2", "nearer_to_another_day"),
        ),
        (a_row(1, 14, ends_at="soon"), ("ends_at-1", "invalid_moment")),
    ],
)
def test_a_problem_is_told_at_its_field(raw, problem):
    assert problems(raw) == [problem]


def test_hours_are_those_of_a_gate_or_of_a_category():
    times = {"opens_at": "2025-06-14T08:00", "closes_at": "2025-06-14T09:00"}
    raw = {f"{name}-{row}": text for row in (1, 3) for name, text in times.items()}
    raw |= {"whose-1": "gate-3", "whose-3": "category-5"}

    assert validate_hours(raw, ZONE, 4, {"gate-3", "category-5"}) == (
        HourTimes(3, None, at(14, 8), at(14, 9)),
        HourTimes(None, 5, at(14, 8), at(14, 9)),
    )
    assert [
        (one.column, one.code)
        for one in validate_hours(raw | {"closes_at-1": times["opens_at"]}, ZONE, 4, {"gate-3"})
    ] == [("closes_at-1", "doors_close_too_early"), ("whose-3", "unknown_choice")]
