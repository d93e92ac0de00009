"""The reserve list has precedence over leases and over later registrations."""

from __future__ import annotations

import pytest
from sqlalchemy import event as sqlalchemy_event
from sqlalchemy import select
from sqlalchemy.dialects import sqlite

from checkin.db.models import Delegation, Event, Participant
from checkin.domain.people.registration import Registration
from checkin.domain.scanning.facts import RegistrationStatus
from checkin.domain.scanning.leases import LIFETIME
from checkin.services.gates.leases import grant_lease, return_lease
from checkin.services.people import reserve_list
from checkin.services.scanning.walk_ins import Newcomer, register_walk_in
from tests.support import factories
from tests.support.factories import NOW, minutes, write

LATER = NOW + LIFETIME + minutes(1)


@pytest.fixture
def tiflet(database, event):
    """Eleven free places, of which one will be lent."""
    factories.a_category(database, event)
    return factories.a_delegation(database, event, "Tiflet", quota=11)


def a_lease(database, device, now=NOW):
    return write(database, lambda s: grant_lease(s, device, now=now))


def lend_one_of_two(database, event, device, delegation):
    """Lend a place, and confirm others until it and one more are left."""
    lease = a_lease(database, device)
    factories.badges(database, event, 9, delegation=delegation)
    assert [lent.places for lent in lease.delegations] == [1]


def walks_in(database, device, delegation, name, now=NOW):
    newcomer = Newcomer(Registration(name=name, delegation=delegation.name), delegation.id)
    return write(
        database, lambda s: register_walk_in(s, device, newcomer, keys=factories.KEYS, now=now)
    )


def standings(database):
    walked_in = select(Participant).where(Participant.registered_by == "walk_in")
    with database.read() as session:
        return {one.name: one.standing for one in session.scalars(walked_in)}


CONFIRMED, RESERVE = RegistrationStatus.CONFIRMED, RegistrationStatus.RESERVE


def test_a_person_who_registered_while_a_place_was_lent_gets_it_when_it_is_returned(
    database, event, device, tiflet
):
    lend_one_of_two(database, event, device, tiflet)
    for name in ("Amina", "Omar", "Salma"):
        walks_in(database, device, tiflet, name)
    before = standings(database)

    write(database, lambda s: return_lease(s, device, now=NOW))

    assert before == {"Amina": CONFIRMED, "Omar": RESERVE, "Salma": RESERVE}
    assert standings(database) == {"Amina": CONFIRMED, "Omar": CONFIRMED, "Salma": RESERVE}


def test_a_person_in_reserve_gets_the_place_when_a_device_renews_after_the_lease_expired(
    database, event, device, tiflet
):
    lend_one_of_two(database, event, factories.a_device(database, event, "Porte 9"), tiflet)
    walks_in(database, device, tiflet, "Amina")
    walks_in(database, device, tiflet, "Omar")

    lease = a_lease(database, device, LATER)

    assert [lent.places for lent in lease.delegations] == [0]
    assert standings(database) == {"Amina": CONFIRMED, "Omar": CONFIRMED}


def test_a_person_in_reserve_gets_a_free_place_before_a_later_registration(
    database, event, device, tiflet
):
    lend_one_of_two(database, event, device, tiflet)
    walks_in(database, device, tiflet, "Amina")
    walks_in(database, device, tiflet, "Omar")

    walks_in(database, device, tiflet, "Salma", now=LATER)

    assert standings(database) == {"Amina": CONFIRMED, "Omar": CONFIRMED, "Salma": RESERVE}


def test_a_person_who_moved_up_is_in_the_next_gate_list(database, event, device, tiflet):
    lend_one_of_two(database, event, device, tiflet)
    walks_in(database, device, tiflet, "Amina")
    walks_in(database, device, tiflet, "Omar")
    before = list_version(database, event)

    for _ in range(2):
        write(database, lambda s: return_lease(s, device, now=NOW))

    with database.read() as session:
        left = session.get_one(Delegation, tiflet.id)
    assert (list_version(database, event), left.places_taken) == (before + 1, 11)


def list_version(database, event):
    with database.read() as session:
        return session.get_one(Event, event.id).list_version


def test_who_waits_is_looked_up_in_the_index_of_those_who_are_not_confirmed(sqlite_database):
    """Devices ask twice a minute, and most people of a delegation are confirmed."""
    asked = reserve_list._WAITED_FOR.compile(dialect=sqlite.dialect())
    with sqlite_database.reading() as connection:
        plan = connection.exec_driver_sql(
            f"EXPLAIN QUERY PLAN {asked}", tuple(range(str(asked).count("?")))
        ).all()

    searched = [row[3] for row in plan if "participant USING" in row[3]]
    assert searched
    ways = ("ix_participant_unconfirmed", "INTEGER PRIMARY KEY")  # one of the latter by a walk-in
    assert {any(way in step for way in ways) for step in searched} == {True}


def test_those_who_wait_are_not_read_while_no_place_is_free(database, event, device, tiflet):
    factories.badges(database, event, 11, delegation=tiflet)
    for number in range(5):
        walks_in(database, device, tiflet, f"Waits {number}")
    read = []

    def note(person, _context):
        read.append(person.id)

    def moves_up(version=99):
        return write(
            database,
            lambda s: reserve_list.move_up(s, s.get_one(Event, event.id), tiflet.id, version, NOW),
        )

    sqlalchemy_event.listen(Participant, "load", note)
    try:
        assert moves_up() == []
        read_while_full = list(read)
        write(database, lambda s: reserve_list.free_place(s, tiflet.id))
        moved = moves_up()
    finally:
        sqlalchemy_event.remove(Participant, "load", note)

    assert (read_while_full, read, len(moved)) == ([], list(moved), 1)
