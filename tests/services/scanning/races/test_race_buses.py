"""A bus at two gates at once, on both databases: each of its people is admitted once, in places."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import select

from checkin.db.models import Delegation
from checkin.domain.scanning.verdict import Source
from tests.support import factories, guards
from tests.support.factories import NOW
from tests.support.racing import race

PEOPLE = 12


def let_in(database, device, people):
    """Let the people of a bus in, as a gate does: one scan after the other."""
    readings = (factories.a_reading("", participant_id=one, source=Source.BUS) for one in people)
    return [factories.record(database, device, reading).reason for reading in readings]


@pytest.fixture
def devices(database, event):
    return [factories.a_device(database, event, gate) for gate in ("Porte 1", "Porte 2")]


def test_a_bus_that_two_gates_let_in_at_once_is_admitted_once(database, event, devices):
    factories.badges(database, event, PEOPLE)
    people = list(range(1, PEOPLE + 1))

    told = race(2, lambda at: let_in(database, devices[at], people))

    by_person = [sorted(map(str, both)) for both in zip(*told, strict=True)]
    assert by_person == [["None", "already_redeemed"]] * PEOPLE


def test_places_that_run_out_in_the_middle_of_a_bus_are_not_given_twice(database):
    event = factories.an_event(database, reserve_from=NOW - timedelta(hours=1))
    delegation = factories.a_delegation(database, event, quota=0)
    for number in range(8):
        factories.a_participant(database, event, f"Militant {number}", delegation=delegation)
    guards.run(database, "UPDATE delegation SET quota = 5")
    devices = [factories.a_device(database, event, gate) for gate in ("Porte 1", "Porte 2")]
    halves = (range(1, 5), range(5, 9))

    told = race(2, lambda at: let_in(database, devices[at], halves[at]))

    assert Counter(map(str, told[0] + told[1])) == {"None": 5, "quota_exceeded": 3}
    with database.read() as session:
        assert session.scalar(select(Delegation.quota)) == 5
