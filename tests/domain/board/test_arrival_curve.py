"""The curve's shape, its round axes, and the rows behind it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from checkin.domain.board import arrivals
from checkin.domain.board.arrivals import MOST_ROWS, CurveRow

START = datetime(2025, 6, 14, 14, 3, tzinfo=UTC)


def arrival_curve(by_minute, everybody, now, until):
    """The curve of an event to which so many people come or have come."""
    missing = max(everybody - sum(by_minute.values()), 0)
    return arrivals.arrival_curve(by_minute, missing, now, until)


def minutes(**counts):
    return {START + timedelta(minutes=int(at[1:])): count for at, count in counts.items()}


def points(path):
    return [tuple(map(int, point.split())) for point in path.strip("MZ").split("L")]


def test_the_line_rises_with_each_minute_and_keeps_its_level_in_a_pause():
    curve = arrival_curve(minutes(m0=10, m10=30), 100, START + timedelta(minutes=17), None)

    assert curve.times == tuple(START.replace(minute=m) for m in (0, 5, 10, 15, 20))
    assert curve.counts == (0, 25, 50, 75, 100)
    assert points(curve.line) == [(150, 300), (200, 270), (650, 270), (700, 180), (1000, 180)]
    assert points(curve.everybody) == [(0, 0), (1000, 0)]
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


@pytest.mark.parametrize(
    ("until_min", "end", "expected"),
    [
        (7, None, ""),  # it is now
        (20, (14, 20), "M350 270L1000 0"),  # all of it is drawn
        (37, (14, 40), "M175 270L925 0"),
        (67, (14, 40), "M175 270L925 135"),  # half of the way to all 100
    ],
)
def test_the_forecast_is_drawn_for_half_an_hour_from_now_on(until_min, end, expected):
    start = START.replace(minute=0)
    curve = arrival_curve(
        {start: 10}, 100, start + timedelta(minutes=7), start + timedelta(minutes=until_min)
    )

    assert curve.expected == expected
    assert end is None or (curve.times[-1].hour, curve.times[-1].minute) == end


def test_after_an_hour_the_forecast_is_drawn_for_another_hour():
    start = START.replace(minute=0)
    now, until = start + timedelta(minutes=60), start + timedelta(minutes=180)

    curve = arrival_curve({start: 20}, 100, now, until)

    assert curve.times[-1] == start + timedelta(minutes=120)
    assert curve.expected == "M500 240L1000 120"


def test_minutes_that_follow_one_another_are_one_point_each_and_the_area_ends_on_the_axis():
    start = START.replace(minute=0)
    counts = {start: 25, start + timedelta(minutes=1): 50}

    curve = arrival_curve(counts, 90, start + timedelta(minutes=2), None)

    assert curve.line == "M0 300L50 225L100 75L100 75"
    assert curve.area == "M0 300L50 225L100 75L100 75L100 300L0 300Z"
    assert curve.everybody == "M0 30L1000 30"


def test_the_area_goes_on_until_now():
    start = START.replace(minute=0)

    curve = arrival_curve({start: 50}, 100, start + timedelta(minutes=10), None)

    assert curve.area == "M0 300L50 150L500 150L500 300L0 300Z"


def test_an_axis_of_nobody_has_four_parts():
    assert arrival_curve({START: 0}, 0, START, None).counts == (0, 1, 2, 3, 4)


@pytest.mark.parametrize(
    ("people", "top"),
    [
        *((1, 4), (4, 4), (5, 8), (8, 8), (9, 20), (20, 20), (21, 40), (40, 40), (41, 80)),
        *((80, 80), (81, 100), (100, 100), (101, 200), (201, 400), (574, 800), (99_999, 100_000)),
    ],
)
def test_the_axis_of_people_ends_at_the_smallest_round_number_above_everybody(people, top):
    registered = arrival_curve(minutes(m0=1), people, START, None)
    arrived = arrival_curve(minutes(m0=people), 1, START, None)

    assert (registered.top, arrived.top) == (top, top)


@pytest.mark.parametrize(
    ("span_min", "start", "part_min"),
    [
        *((20, "14 15:00", 5), (21, "14 15:00", 10), (41, "14 15:00", 15), (61, "14 15:00", 30)),
        *((121, "14 15:00", 60), (180, "14 15:00", 60), (240, "14 15:00", 60)),
        *((241, "14 14:00", 120), (420, "14 14:00", 120), (421, "14 15:00", 180)),
        *((721, "14 12:00", 360), (1260, "14 12:00", 360), (1261, "14 12:00", 720)),
        *((2701, "14 00:00", 1440), (4860, "14 00:00", 1440), (4861, "14 00:00", 2880)),
        *((600 * 1440, "14 00:00", 151 * 1440), (1700 * 1440, "14 00:00", 426 * 1440)),
    ],
)
def test_the_axis_of_time_has_the_shortest_round_divisions_from_a_round_time(
    span_min, start, part_min
):
    first = START.replace(hour=15, minute=0)

    curve = arrival_curve({first: 1}, 10, first + timedelta(minutes=span_min), None)

    assert f"{curve.start:%d %H:%M}" == start
    assert curve.part == timedelta(minutes=part_min)


@pytest.mark.parametrize(
    ("span_min", "row_min"),
    [
        *((47, 1), (48, 2), (95, 2), (96, 5), (239, 5), (240, 10), (479, 10), (480, 15)),
        *((719, 15), (720, 30), (1439, 30), (1440, 60), (2879, 60), (2880, 120), (5759, 120)),
        *((5760, 180), (8639, 180), (8640, 360), (17_279, 360), (17_280, 720)),
        *((34_559, 720), (34_560, 1440)),
    ],
)
def test_the_table_has_the_shortest_round_rows_of_which_there_are_48(span_min, row_min):
    curve = arrival_curve(minutes(m0=1), 10, START + timedelta(minutes=span_min), None)

    assert curve.rows_of == timedelta(minutes=row_min)


def test_the_rows_of_several_minutes_begin_at_round_times():
    first, later = START.replace(hour=15), START.replace(hour=19, minute=59)

    curve = arrival_curve({first: 3, later: 4}, 10, first + timedelta(hours=48), None)

    assert curve.rows[:4] == (
        CurveRow(START.replace(hour=14, minute=0), 3, 3),
        CurveRow(START.replace(hour=16, minute=0), 0, 3),
        CurveRow(START.replace(hour=18, minute=0), 4, 7),
        CurveRow(START.replace(hour=20, minute=0), 0, 7),
    )
    assert len(curve.rows) == 25  # from 14:00 to 15:03 two days later


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
