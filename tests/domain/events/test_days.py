"""To which of an event's days a moment belongs."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from checkin.domain.events.days import Day, day_at


def on(day, hour):
    return datetime(2025, 6, day, hour, tzinfo=UTC)


SATURDAY = Day(1, on(14, 15), on(14, 19))
SUNDAY = Day(2, on(15, 9), on(15, 12))


@pytest.mark.parametrize("at", [on(1, 0), on(14, 16), on(30, 0)])
def test_every_moment_belongs_to_the_only_day(at):
    assert day_at([SATURDAY], at) == 1


@pytest.mark.parametrize(
    ("at", "day"),
    [
        (on(14, 13), 1),  # they come early
        (on(14, 16), 1),
        (on(15, 1), 1),  # they stay long: six hours after, eight before
        (on(15, 2), 2),  # as far from both
        (on(15, 8), 2),
        (on(15, 10), 2),
        (on(20, 0), 2),
    ],
)
def test_a_moment_belongs_to_the_nearest_day(at, day):
    assert day_at([SATURDAY, SUNDAY], at) == day
