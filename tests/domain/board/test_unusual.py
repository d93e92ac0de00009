"""When a device names badges without their codes faster than a gate ever would."""

from __future__ import annotations

import pytest

from checkin.domain.board.unusual import refs_are_unusual


@pytest.mark.parametrize(
    ("live", "most_a_minute", "is_unusual"), [(20, 60, False), (21, 0, True), (0, 61, True)]
)
def test_more_than_twenty_live_scans_or_one_reading_a_second_are_unusual(
    live, most_a_minute, is_unusual
):
    assert refs_are_unusual(live=live, most_a_minute=most_a_minute) is is_unusual
