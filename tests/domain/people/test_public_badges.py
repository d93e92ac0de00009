"""When the badge of somebody is given out who has registered by a link."""

from __future__ import annotations

from datetime import UTC, datetime

from checkin.domain.people.public_badges import BADGE_DELAY_S, NOT_YET


def test_a_badge_is_given_out_ten_minutes_later_unless_the_event_says_otherwise():
    assert BADGE_DELAY_S == 600


def test_the_moment_that_stands_for_not_yet_is_what_databases_have_stored():
    assert datetime(9000, 1, 1, tzinfo=UTC) == NOT_YET
