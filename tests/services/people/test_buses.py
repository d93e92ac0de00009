"""Buses: never over their seats; canceled and moved people leave; arrivals are counted."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from checkin.db.models import BusPassenger, Participant
from checkin.domain.common.problems import Problem
from checkin.domain.people.buses import BusDetails, validate_bus
from checkin.errors import BusFull, Conflict, NotFound
from checkin.services.badges.issue import working_badge
from checkin.services.common.list_version import next_list_version
from checkin.services.people import buses
from checkin.services.people.buses import (
    add_bus,
    assign_people,
    bus_counts,
    bus_of,
    change_bus,
    remove_bus,
)
from checkin.services.people.moving import move_to_delegation
from checkin.services.people.registering.registration import cancel
from tests.support import factories
from tests.support.factories import NOW, write
from tests.support.racing import race


@pytest.fixture
def delegation(database, event):
    return factories.a_delegation(database, event)


@pytest.fixture
def bus(database, delegation):
    return factories.a_bus(database, delegation, seats=2)


@pytest.fixture
def people(database, event, delegation):
    return [
        factories.a_participant(
            database, event, f"Militant {x}", delegation=delegation
        ).participant_id
        for x in "abc"
    ]


def seat(database, bus, ids):
    return write(database, lambda s: assign_people(s, s.merge(bus), ids, now=NOW))


def counts(database, event):
    with database.read() as session:
        found = bus_counts(session, event.id, day=1)
    return {one.bus.name: (one.passengers, one.arrived, one.seats_left) for one in found}


def test_several_people_are_seated_in_a_bus_together_and_counted_on_arrival(
    database, event, bus, people
):
    device = factories.a_device(database, event)
    assert seat(database, bus, people[:2]) == 2

    factories.scan(database, device, badge_code(database, event, people[0]))

    assert counts(database, event) == {"Car 1": (2, 1, 0)}


def badge_code(database, event, participant_id):
    with database.read() as session:
        badge = working_badge(session, participant_id)
    return factories.code_of(event, badge.id)


def test_seating_more_people_than_seats_moves_nobody(database, event, delegation, bus, people):
    other = factories.a_bus(database, delegation, "Car 2", seats=3)
    seat(database, other, people)

    with pytest.raises(BusFull) as full:
        seat(database, bus, people)

    assert full.value.seats_left == 2
    assert counts(database, event) == {"Car 1": (0, 0, 2), "Car 2": (3, 0, 0)}


def test_seating_again_in_the_same_bus_changes_nothing(database, event, bus, people):
    seat(database, bus, people[:2])
    seat(database, bus, people[:2])

    assert counts(database, event) == {"Car 1": (2, 0, 0)}


def test_the_last_seat_of_a_bus_is_given_once(database, event, bus, people):
    seat(database, bus, people[:1])

    def last_seat(at):
        try:
            return seat(database, bus, [people[1 + at]])
        except BusFull:
            return 0

    assert sorted(race(2, last_seat)) == [0, 1]
    assert counts(database, event) == {"Car 1": (2, 0, 0)}


def test_control_without_the_lock_the_last_seat_of_a_bus_is_given_twice(
    postgres_database, monkeypatch
):
    database = postgres_database
    event = factories.an_event(database)
    delegation = factories.a_delegation(database, event)
    bus = factories.a_bus(database, delegation, seats=1)
    ids = [
        factories.a_participant(
            database, event, f"Militant {x}", delegation=delegation
        ).participant_id
        for x in "ab"
    ]
    monkeypatch.setattr(buses, "next_list_version", lambda _session, _event: 1)

    with database.write() as one, database.write() as other:
        for session, person in ((one, ids[0]), (other, ids[1])):
            assign_people(session, session.merge(bus), [person], now=NOW)

    assert counts(database, event) == {"Car 1": (2, 0, -1)}


def test_a_canceled_person_leaves_the_bus(database, event, bus, people):
    seat(database, bus, people[:2])

    write(database, lambda s: cancel(s, event, people[0], now=NOW))

    assert counts(database, event) == {"Car 1": (1, 0, 1)}
    assert seat(database, bus, [people[0]]) == 0  # canceled: no seat


def test_a_person_who_moves_to_another_delegation_leaves_the_bus(database, event, bus, people):
    seat(database, bus, people[:1])
    other = factories.a_delegation(database, event, "Salé")

    def move(session):
        version = next_list_version(session, event.id)
        person = session.get_one(Participant, people[0])
        move_to_delegation(session, event, person, other.id, version, NOW)

    write(database, move)

    assert counts(database, event) == {"Car 1": (0, 0, 2)}


def test_people_of_another_delegation_are_not_seated_in_a_bus(database, event, bus):
    other = factories.a_delegation(database, event, "Salé")
    stranger = factories.a_participant(database, event, "Zineb Tazi", delegation=other)

    assert seat(database, bus, [stranger.participant_id]) == 0


def test_seats_cannot_be_fewer_than_people(database, bus, people):
    seat(database, bus, people[:2])

    with pytest.raises(BusFull):
        write(
            database,
            lambda s: change_bus(s, s.merge(bus), BusDetails("Car 1", "", None, 1), now=NOW),
        )


def test_two_buses_of_one_name_are_refused(database, delegation, bus):
    with pytest.raises(Conflict):
        write(
            database,
            lambda s: add_bus(s, delegation, BusDetails("CAR  1", "", None, 9), now=NOW),
        )


def test_a_bus_that_is_removed_leaves_its_people_registered(database, bus, people):
    seat(database, bus, people[:2])

    write(database, lambda s: remove_bus(s, s.merge(bus), now=NOW))

    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(BusPassenger)) == 0
        assert session.scalar(select(func.count()).select_from(Participant)) == 3


def test_a_bus_of_another_delegation_is_not_found(database, event, bus):
    other = factories.a_delegation(database, event, "Salé")

    with database.read() as session, pytest.raises(NotFound):
        bus_of(session, other, bus.id)


@pytest.mark.parametrize("seats", ["", "0", "-1", "201", "9" * 20, "٥", "x"])
def test_an_invalid_number_of_seats_is_refused(seats):
    raw = {"bus": "Car 1", "seats": seats, "leader_phone": "12"}

    assert validate_bus(raw) == [
        Problem("leader_phone", "invalid_phone", "12"),
        Problem("seats", "invalid_seats", seats, ("200",)),
    ]
