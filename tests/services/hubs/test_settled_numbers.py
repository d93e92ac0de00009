"""A scan whose transaction ends after that of a later number is not passed over."""

from __future__ import annotations

from checkin.services.hubs.arrivals import SettledNumbers


def test_a_number_is_settled_once_it_has_been_there_for_a_while():
    numbers = SettledNumbers(settled_after_s=10)

    assert numbers.of_highest(1, 7, now=100.0) == 0
    assert numbers.of_highest(1, 9, now=105.0) == 0
    assert numbers.of_highest(1, 9, now=110.0) == 7
    assert numbers.of_highest(1, 12, now=114.9) == 7
    assert numbers.of_highest(1, 12, now=116.0) == 9


def test_each_event_has_its_own():
    numbers = SettledNumbers(settled_after_s=10)
    numbers.of_highest(1, 7, now=100.0)

    assert numbers.of_highest(2, 3, now=120.0) == 0
    assert numbers.of_highest(1, 7, now=120.0) == 7
