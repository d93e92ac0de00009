"""Rows of a list that name a bus, and mark who leads it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from checkin.domain.common.problems import Problem
from checkin.domain.people.importing.headings import match_headings
from checkin.domain.people.importing.importing import Action, Alone, Row
from tests.domain.people.importing.import_plans import AMINA, applied, planned, planner

HERE = {"delegation": "Khémisset"}


def of_bus(plan):
    return [(row.action, row.of_bus, list(row.why)) for row in plan]


def refused(column, code, *values):
    return Action.REFUSE, {}, [Problem(column, code, *values)]


@pytest.mark.parametrize(
    ("bus", "leader"),
    [
        ("Autocar", "Chef de bus"),
        ("Bus", "Bus leader"),
        ("الحافلة", "مسؤول الحافلة"),
    ],
)
def test_the_columns_of_the_bus_are_recognised_in_each_language(bus, leader):
    columns = match_headings(["Nom", "Délégation", bus, leader])

    assert [column for _at, column in columns.meanings][2:] == ["bus", "bus_leader"]


@pytest.mark.parametrize("yes", ["oui", "Yes", "نعم", "x", "1"])
def test_who_is_marked_rides_in_the_bus_of_the_row_and_leads_it(yes):
    plan = planned([{"name": "Bahia Idrissi", **HERE, "bus": "CAR 1", "bus_leader": yes}])

    assert of_bus(plan) == [(Action.ADD, {"bus": 21, "bus_leader": 21}, [])]


def test_several_may_lead_a_bus_and_an_unmarked_row_seats_its_person_alone():
    plan = planned(
        [
            {"name": "Bahia Idrissi", **HERE, "bus": "Car 1", "bus_leader": "oui"},
            {"name": "Chafik Tazi", **HERE, "bus": "Car 1", "bus_leader": "oui"},
            {"name": "Driss Naciri", **HERE, "bus": "Car 2", "bus_leader": "non"},
        ]
    )

    assert [row.of_bus for row in plan] == [
        {"bus": 21, "bus_leader": 21},
        {"bus": 21, "bus_leader": 21},
        {"bus": 22},
    ]


def test_what_is_wrong_with_a_bus_is_a_problem_of_its_row():
    row = {"name": "Bahia Idrissi", **HERE}
    full = [{"name": name, **HERE, "bus": "Car 2"} for name in ("Chafik Tazi", "Driss Naciri")]

    plan = planned(
        [
            row | {"bus_leader": "x"},
            row | {"bus": "Car 9"},
            row | {"delegation": "Salé", "bus": "Car 1"},
            row | {"bus": "=1+1", "bus_leader": "x"},
            row | {"bus": "Car 1", "bus_leader": "peut-être"},
            *full,
        ]
    )

    assert of_bus(plan) == [
        refused("bus", "leader_without_bus"),
        refused("bus", "unknown_bus", "Car 9", ("Car 2", "Car 1")),
        refused("bus", "unknown_bus", "Car 1", ("–",)),
        refused("bus", "formula", "=1+1"),
        refused("bus_leader", "unknown_answer", "peut-être"),
        (Action.ADD, {"bus": 22}, []),
        refused("bus", "full_bus", "Car 2"),
    ]


def test_a_person_who_is_registered_changes_bus_or_begins_to_lead_and_stays_so_if_repeated():
    rides = replace(AMINA, bus=22)
    rows = [{"name": "Amina El Fassi", **HERE, "bus": "Car 2", "bus_leader": "oui"}]

    [leads] = plan = planned(rows, [rides])
    [moves] = planned([rows[0] | {"bus": "Car 1"}], applied(plan, [rides]))

    assert (leads.action, leads.changes) == (Action.CHANGE, {"bus_leader": 22})
    assert (moves.action, moves.changes) == (Action.CHANGE, {"bus": 21, "bus_leader": 21})
    assert planned(rows, applied(plan, [rides]))[0].action == Action.SKIP


def test_a_row_without_a_mark_takes_nothing_from_a_leader_and_needs_no_seat_for_a_passenger():
    leads = replace(AMINA, bus=22, bus_leader=22)
    rows = [
        {"name": "Chafik Tazi", **HERE, "bus": "Car 2"},  # the last seat
        {"name": "Amina El Fassi", **HERE, "bus": "Car 2", "bus_leader": "non"},
        {"name": "Amina El Fassi", **HERE, "category": "Élu"},
    ]

    assert [row.action for row in planned(rows, [leads])] == [
        *(Action.ADD, Action.SKIP, Action.SKIP),
    ]


def test_one_person_in_two_buses_is_a_contradiction_of_the_list():
    row = {"name": "Bahia Idrissi", **HERE}

    plan = planned([row | {"bus": "Car 1"}, row | {"bus": "Car 2"}])

    assert [row.action for row in plan] == [Action.ADD, Action.REFUSE]
    assert plan[1].why[0].code == "same_name_in_file"


def test_a_copy_of_a_planner_takes_no_seat_of_the_original():
    original, row = planner(), Row(2, {"name": "Bahia Idrissi", **HERE, "bus": "Car 2"})

    plans = [*original.copy().plan([row]), *original.plan([row])]

    assert [row.action for row in plans] == [Action.ADD, Action.ADD]


def test_nothing_is_said_of_the_buses_of_another_delegation():
    plan = planned(
        [{"name": "Bahia Idrissi", "delegation": "Rabat", "bus": "Car 9"}],
        alone=Alone(1, "Khémisset"),
    )

    assert of_bus(plan) == [refused("delegation", "other_delegation", "Rabat", ("Khémisset",))]
