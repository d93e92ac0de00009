"""The curve's shape, its round axes, and the rows behind it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from checkin.domain.board.arrivals import MOST_ROWS, CurveRow, arrival_curve
from checkin.domain.scanning.hall import Hall, hall_of

START = datetime(2025, 6, 14, 14, 3, tzinfo=UTC)


def minutes(**counts):
    return {START + timedelta(minutes=int(at[1:])): count for at, count in counts.items()}


def points(path):
    return [tuple(map(int, point.split())) for point in path.strip("MZ").split("L")]


def test_the_line_rises_with_each_minute_and_keeps_its_level_in_a_pause():
    curve = arrival_curve(minutes(m0=10, m10=30), 100, START + timedelta(minutes=17), None)

    assert curve.times == tuple(START.replace(minute=m) for m in (0, 5, 10, 15, 20))
    assert curve.counts == (0, 25, 50, 75, 100)
    assert points(curve.line) == [(150, 300), (200, 270), (650, 270), (700, 180), (1000, 180)]
    assert points(curve.registered) == [(0, 0), (1000, 0)]
    assert curve.expected == ""


def test_the_forecast_goes_from_now_to_all_who_registered():
    until = START + timedelta(minutes=30)
    curve = arrival_curve(minutes(m0=10), 100, START + timedelta(minutes=7), until)

    (_, now_at), (x, y) = points(curve.expected)
    assert points(curve.line)[-1][1] == now_at
    assert curve.times[0] + x / 1000 * (curve.times[-1] - curve.times[0]) == until
    assert y == 0


def test_a_far_forecast_leaves_the_picture_before_it_is_reached():
    until = START + timedelta(hours=5)
    curve = arrival_curve(minutes(m0=10), 100, START + timedelta(minutes=30), until)

    assert curve.times[-1] < until
    assert 0 < points(curve.expected)[1][1] < 270


@pytest.mark.parametrize("people", [1, 7, 99, 574, 1000, 5001, 99_999])
def test_the_axis_of_people_has_whole_parts_above_everybody(people):
    counts = arrival_curve(minutes(m0=1), people, START, None).counts

    assert counts[-1] >= people
    assert {counts[at + 1] - counts[at] for at in range(4)} == {counts[1]}
    assert counts[-1] <= max(2.5 * people, 8)


@pytest.mark.parametrize("hours", [0.1, 1, 3, 9, 30])
def test_the_rows_add_up_and_are_never_many(hours):
    counts = {START + timedelta(minutes=at): at % 7 for at in range(int(60 * hours))}
    rows = arrival_curve(counts, 10, max(counts) + timedelta(minutes=1), None).rows

    assert sum(row.arrived for row in rows) == rows[-1].total == sum(counts.values())
    assert len(rows) <= MOST_ROWS + 1


def test_the_first_minutes_have_a_row_each():
    rows = arrival_curve(minutes(m0=3, m2=4), 10, START + timedelta(minutes=3), None).rows

    assert [(row.arrived, row.total) for row in rows] == [(3, 3), (0, 3), (4, 7)]
    assert rows[0] == CurveRow(START, 3, 3)


def test_without_arrivals_nothing_is_drawn():
    assert arrival_curve({}, 100, START, None) is None


@pytest.mark.parametrize(
    ("inside", "percent", "level"),
    [
        (-1, 0, 0),
        (0, 0, 0),
        (799, 79, 0),
        (800, 80, 80),
        (899, 89, 80),
        (900, 90, 90),
        (999, 99, 90),
        (1000, 100, 100),
        (1001, 100, 100),
    ],
)
def test_the_hall_warns_at_80_90_and_100_percent(inside, percent, level):
    assert hall_of(inside, 1000) == Hall(inside, 1000, percent, level)
