"""A bus as people write it: taken whole, or refused with everything wrong."""

from __future__ import annotations

import pytest

from checkin.domain.common.problems import Problem
from checkin.domain.people.buses import BusDetails, validate_bus

BUS = {"bus": "Car 1", "leader": "Hassan Tazi", "leader_phone": "0611111111", "seats": "50"}


def changed(**more):
    return validate_bus({**BUS, **more})


def test_a_bus_has_a_name_seats_and_perhaps_a_leader():
    assert validate_bus(BUS) == BusDetails("Car 1", "Hassan Tazi", "+212611111111", 50)
    assert validate_bus({"bus": "Car 1", "seats": "1"}) == BusDetails("Car 1", "", None, 1)


def test_everything_wrong_with_a_bus_is_said_at_once():
    assert validate_bus({"leader": "12", "leader_phone": "12"}) == [
        Problem("bus", "missing_bus"),
        Problem("leader", "no_letters", "12"),
        Problem("leader_phone", "invalid_phone", "12"),
        Problem("seats", "invalid_seats", "", ("200",)),
    ]


@pytest.mark.parametrize("seats", ["1", "200", "0200"])
def test_a_bus_has_1_to_200_seats(seats):
    assert changed(seats=seats) == BusDetails("Car 1", "Hassan Tazi", "+212611111111", int(seats))


@pytest.mark.parametrize("seats", ["0", "201", "-1", "٥٠", "5.0", "x", "00050"])
def test_another_number_of_seats_is_refused(seats):
    assert changed(seats=seats) == [Problem("seats", "invalid_seats", seats, ("200",))]


def test_the_name_of_a_bus_has_at_most_60_characters():
    assert changed(bus="x" * 60) == BusDetails("x" * 60, "Hassan Tazi", "+212611111111", 50)
    assert changed(bus="x" * 61) == [Problem("bus", "too_long", "x" * 61, ("60",))]
