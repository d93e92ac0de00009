"""The forecast of when everybody will have arrived, and when none is made."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from checkin.domain.board import arrivals as module
from checkin.domain.board.arrivals import Forecast, Outlook, pace_window

NOW = datetime(2025, 6, 14, 15, 0, 4, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def arrivals(*counts):
    """Arrivals of the last whole minutes before NOW, the latest last."""
    end = NOW.replace(second=0)
    return {end - MINUTE * (len(counts) - at): count for at, count in enumerate(counts)}


def forecast(by_minute, missing, now):
    return module.forecast(by_minute, missing, pace_window(by_minute, now))


def pace(by_minute, now):
    return pace_window(by_minute, now).pace(by_minute)


def test_the_pace_of_the_last_five_minutes_goes_on():
    told = forecast(arrivals(90, *[10] * 4), missing=200, now=NOW)

    assert told == Forecast(
        Outlook.EXPECTED,
        per_minute=10.0,
        at=datetime(2025, 6, 14, 15, 20, tzinfo=UTC),
        earliest=datetime(2025, 6, 14, 15, 16, tzinfo=UTC),  # 200 at 52.6 in four minutes
        latest=datetime(2025, 6, 14, 15, 30, tzinfo=UTC),  # 200 at 27.4 in four minutes
    )


def test_a_slow_gate_widens_the_span():
    few = forecast(arrivals(*[5] * 10), missing=100, now=NOW)
    many = forecast(arrivals(*[50] * 10), missing=1000, now=NOW)

    assert few.at == many.at
    assert few.latest - few.earliest > many.latest - many.earliest


def test_the_running_minute_is_counted_with_the_part_of_it_that_has_passed():
    steady = arrivals(*[6] * 10) | {NOW.replace(second=0): 3}

    assert pace(steady, NOW.replace(second=30)) == 6.0


def test_what_came_before_the_last_five_minutes_counts_no_more():
    rush_is_over = arrivals(*[60] * 10, *[2] * 4)

    assert pace(rush_is_over, NOW.replace(second=59)) == 1.7
    assert pace_window(rush_is_over, NOW).begin == NOW.replace(minute=56, hour=14, second=0)


def test_a_rush_in_the_first_minute_has_a_pace_at_once():
    rush = {NOW.replace(second=0): 12}

    assert pace(rush, NOW.replace(second=20)) == 12.0
    assert pace(rush, NOW.replace(second=59)) == 12.0
    assert forecast(rush, missing=500, now=NOW) == Forecast(Outlook.TOO_FEW, 12.0)


def test_the_pace_of_a_pause_falls_every_ten_seconds():
    rush = arrivals(20, 0)

    paces = [pace(rush, NOW.replace(second=second)) for second in (0, 9, 10, 30)]

    assert paces == [10.0, 10.0, 9.2, 8.0]


def test_the_paces_of_the_gates_sum_to_that_of_the_event():
    early, late = arrivals(*[4] * 8), arrivals(3, 3)
    window = pace_window({minute: early[minute] + late.get(minute, 0) for minute in early}, NOW)

    assert window.pace(early) + window.pace(late) == 5.5
    assert window.minutes == 4.0


def test_the_pace_of_nobody_is_none():
    assert pace({}, NOW) == 0.0


def test_doors_that_have_just_opened_are_measured_by_what_there_is():
    assert forecast(arrivals(10, 10, 10, 10), missing=100, now=NOW).per_minute == 10.0
    assert forecast(arrivals(8, 6, 6, 6), missing=100, now=NOW).per_minute == 6.5
    assert forecast(arrivals(10, 10, 10), missing=1, now=NOW).outlook == Outlook.EXPECTED
    assert forecast(arrivals(30, 30), missing=100, now=NOW) == Forecast(Outlook.TOO_FEW, 30.0)


def test_no_forecast_is_made_during_a_pause():
    paused = arrivals(*[30] * 20, *[0] * 10)

    assert forecast(paused, missing=100, now=NOW) == Forecast(Outlook.TOO_FEW, 0.0)


def test_nobody_has_come_and_everybody_has_come():
    assert forecast({}, missing=100, now=NOW) == Forecast(Outlook.TOO_FEW, 0.0)
    assert forecast(arrivals(1, 1, 1, 1), missing=0, now=NOW).outlook == Outlook.ALL_IN


def test_sixteen_arrivals_within_five_minutes_are_enough_for_a_forecast():
    enough = forecast(arrivals(5, 5, 3, 3), missing=16, now=NOW)
    too_few = forecast(arrivals(90, 5, 5, 3, 2), missing=16, now=NOW)

    assert enough == Forecast(
        Outlook.EXPECTED,
        per_minute=4.0,
        at=datetime(2025, 6, 14, 15, 4, tzinfo=UTC),
        earliest=datetime(2025, 6, 14, 15, 3, tzinfo=UTC),  # 16 at 24 in four minutes
        latest=datetime(2025, 6, 14, 15, 8, tzinfo=UTC),  # 16 at 8 in four minutes
    )
    assert too_few == Forecast(Outlook.TOO_FEW, 3.8)


def test_a_forecast_more_than_six_hours_ahead_is_not_made():
    last = forecast(arrivals(*[4] * 10), missing=1440, now=NOW)
    further = forecast(arrivals(*[4] * 10), missing=1441, now=NOW)

    assert last.at == datetime(2025, 6, 14, 21, 0, tzinfo=UTC)
    assert further == Forecast(Outlook.TOO_FEW, 4.0)
