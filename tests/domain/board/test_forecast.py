"""The forecast of when everybody will have arrived, and when none is made."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from checkin.domain.board.arrivals import Forecast, Outlook, forecast, people_per_minute

NOW = datetime(2025, 6, 14, 15, 0, 40, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def arrivals(*counts):
    """Arrivals of the last whole minutes before NOW, the latest last."""
    end = NOW.replace(second=0)
    return {end - MINUTE * (len(counts) - at): count for at, count in enumerate(counts)}


def test_the_pace_of_the_last_ten_minutes_goes_on():
    told = forecast(arrivals(90, *[10] * 10), missing=200, now=NOW)

    assert told == Forecast(
        Outlook.EXPECTED,
        per_minute=10.0,
        at=datetime(2025, 6, 14, 15, 20, tzinfo=UTC),
        earliest=datetime(2025, 6, 14, 15, 17, tzinfo=UTC),  # 200 at 120 in ten minutes
        latest=datetime(2025, 6, 14, 15, 25, tzinfo=UTC),  # 200 at 80 in ten minutes
    )


def test_a_slow_gate_widens_the_span():
    few = forecast(arrivals(*[2] * 10), missing=40, now=NOW)
    many = forecast(arrivals(*[20] * 10), missing=400, now=NOW)

    assert few.at == many.at
    assert few.latest - few.earliest > many.latest - many.earliest


def test_arrivals_of_the_current_minute_are_not_counted_yet():
    begun = arrivals(*[4] * 10) | {NOW.replace(second=0): 3}

    assert forecast(begun, missing=80, now=NOW).per_minute == 4.0


def test_doors_that_have_just_opened_are_measured_by_what_there_is():
    assert forecast(arrivals(10, 10, 10, 10), missing=100, now=NOW).per_minute == 10.0
    assert forecast(arrivals(7, 6, 6, 6, 6, 6, 6), missing=100, now=NOW).per_minute == 6.1
    assert forecast(arrivals(10, 10, 10), missing=1, now=NOW).outlook == Outlook.EXPECTED
    assert forecast(arrivals(30, 30), missing=100, now=NOW).outlook == Outlook.TOO_FEW


def test_no_forecast_is_made_during_a_pause():
    paused = arrivals(*[30] * 20, *[0] * 10)

    assert forecast(paused, missing=100, now=NOW) == Forecast(Outlook.TOO_FEW, 0.0)


def test_nobody_has_come_and_everybody_has_come():
    assert forecast({}, missing=100, now=NOW) == Forecast(Outlook.TOO_FEW, 0.0)
    assert forecast(arrivals(1, 1, 1, 1), missing=0, now=NOW).outlook == Outlook.ALL_IN


def test_sixteen_arrivals_within_ten_minutes_are_enough_for_a_forecast():
    enough = forecast(arrivals(*[2] * 6, *[1] * 4), missing=16, now=NOW)
    too_few = forecast(arrivals(90, *[2] * 5, *[1] * 5), missing=16, now=NOW)

    assert enough == Forecast(
        Outlook.EXPECTED,
        per_minute=1.6,
        at=datetime(2025, 6, 14, 15, 10, tzinfo=UTC),
        earliest=datetime(2025, 6, 14, 15, 7, tzinfo=UTC),  # 16 at 24 in ten minutes
        latest=datetime(2025, 6, 14, 15, 20, tzinfo=UTC),  # 16 at 8 in ten minutes
    )
    assert too_few == Forecast(Outlook.TOO_FEW, 1.5)


def test_a_forecast_more_than_six_hours_ahead_is_not_made():
    last = forecast(arrivals(*[2] * 10), missing=720, now=NOW)
    further = forecast(arrivals(*[2] * 10), missing=721, now=NOW)

    assert last.at == datetime(2025, 6, 14, 21, 0, tzinfo=UTC)
    assert further == Forecast(Outlook.TOO_FEW, 2.0)


def test_a_gates_pace_is_that_of_five_minutes():
    this_minute = {NOW.replace(second=0): 9}

    assert people_per_minute(arrivals(50, 3, 3, 3, 3, 4) | this_minute, NOW) == 3.2
