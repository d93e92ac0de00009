"""A help desk without the network finds the buses of the vectors, and opens their lists."""

from __future__ import annotations

import json
from pathlib import Path

from checkin.domain.people.desk_buses import DeskBus, buses_of, found_buses
from checkin.domain.people.desk_search import DeskPeople

VECTORS = json.loads((Path(__file__).parents[2] / "vectors" / "desk_buses.json").read_text("utf-8"))


def test_a_bus_is_found_by_its_name_its_delegation_and_its_leader_who_counts_as_shown():
    buses = buses_of(VECTORS["people"]).values()

    found = {one["typed"]: found_buses(buses, one["typed"]) for one in VECTORS["cases"]}

    assert {
        typed: ([bus.id for bus in one.buses], list(one.leaders)) for typed, one in found.items()
    } == {one["typed"]: (one["buses"], one["leaders"]) for one in VECTORS["cases"]}


def test_the_list_tells_what_the_leaders_badge_opens_and_nothing_by_which_people_are_found():
    buses = buses_of(VECTORS["people"])

    assert {str(number): buses[number].opened() for number in (31,)} == VECTORS["opened"]


def test_whoever_changes_their_bus_or_leaves_is_on_its_list_no_more():
    people = DeskPeople()
    for one in VECTORS["people"]:
        people.put(one)
    assert people.bus(33) is not None

    people.put(VECTORS["people"][4] | {"bus": "Car 1", "bus_id": 32})
    people.keep_only({2, 5, 9})

    assert (people.bus(33), people.find_buses("elodie").buses) == (None, [])
    assert [one["participant"]["id"] for one in people.bus(32).people] == [5]


def a_bus(number, delegation, name):
    return DeskBus(number, name, {"name": delegation, "name_ar": None}, [], {})


def test_the_first_five_buses_are_shown_by_delegation_then_by_name_then_by_number():
    in_order = [
        *(a_bus(9, "Rabat", "Car 1"), a_bus(8, "Rabat", "Car 2")),
        *(a_bus(2, "Salé", "Car 1"), a_bus(7, "Salé", "Car 1")),
        *(a_bus(1, "Salé", "Car 3"), a_bus(3, "Taza", "Car 1")),
    ]

    assert found_buses(reversed(in_order), "car").buses == in_order[:5]


def test_who_rides_in_a_bus_is_listed_by_name_then_by_number():
    rider = VECTORS["people"][0]
    riders = [
        rider | {"participant": {"id": number, "name": name, "name_ar": None}}
        for number, name in ((1, "Salma Tazi"), (4, "Amina Alaoui"), (3, "amina alaoui"))
    ]

    [bus] = buses_of(riders).values()

    assert [one["participant"]["id"] for one in bus.people] == [3, 4, 1]
