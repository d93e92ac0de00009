"""A help desk without the network finds the buses of the vectors, and opens their lists."""

from __future__ import annotations

import json
from pathlib import Path

from checkin.domain.people.desk_buses import buses_of, found_buses
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
