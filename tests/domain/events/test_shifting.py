"""An event's moments on another day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from checkin.domain.events.shifting import days_between, shifted

PARIS = "Europe/Paris"


def test_the_days_are_those_of_the_venues_clocks():
    late = datetime(2025, 6, 14, 22, 30, tzinfo=UTC)  # after midnight in Paris

    assert days_between(late, date(2025, 6, 20), PARIS) == timedelta(days=5)


def test_the_clocks_show_the_same_time_also_where_they_were_changed_in_between():
    summer = datetime(2025, 6, 14, 13, 0, tzinfo=UTC)

    winter = shifted(summer, timedelta(days=180), PARIS)

    assert winter == datetime(2025, 12, 11, 14, 0, tzinfo=UTC)
    assert shifted(None, timedelta(days=1), PARIS) is None
