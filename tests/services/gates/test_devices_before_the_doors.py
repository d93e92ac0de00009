"""Before the doors open, registrations stand the same whether devices are paired or not."""

from __future__ import annotations

from contextlib import suppress
from random import Random

import pytest
from sqlalchemy import select

from checkin.db.models import Delegation, Participant
from checkin.domain.people.registration import Registration
from checkin.errors import QuotaBelowPlacesTaken
from checkin.services.common.list_version import next_list_version
from checkin.services.gates import leases
from checkin.services.gates.leases import grant_lease
from checkin.services.people.quotas import set_quota
from checkin.services.people.registering.enrolment import Enrolment, enrol
from checkin.services.people.registering.registration import cancel, move_to_delegation, reinstate
from tests.support import factories
from tests.support.factories import KEYS, NOW, minutes, write

#: the event begins half an hour before NOW, and has no doors
BEGUN = NOW - minutes(120)


class Office:
    """An event in which people are registered, canceled, moved and reinstated at random."""

    def __init__(self, database, slug, *, devices):
        self.database = database
        self.event = factories.an_event(database, slug)
        self.delegations = [
            factories.a_delegation(database, self.event, name, quota)
            for name, quota in (("Khémisset", 9), ("Tiflet", 4))
        ]
        self.gates = [
            factories.a_device(database, self.event, f"Porte {n}") for n in range(devices)
        ]
        self.names = 0

    def play(self, random):
        """Do forty random things; the devices renew their leases between them."""
        for step in range(40):
            now = BEGUN + minutes(step)
            delegation = random.choice(self.delegations)
            work = random.choice(
                (self._register, self._list, self._cancel, self._move, self._quota)
            )
            work(random, delegation, now)
            for gate in self.gates:
                write(self.database, lambda s, of=gate, at=now: grant_lease(s, of, now=at))

    def standings(self):
        """Return everybody's name, delegation, status and number on the reserve list."""
        query = (
            select(Participant.name, Delegation.name, Participant.standing, Participant.reserve_no)
            .join(Delegation, Delegation.id == Participant.delegation_id)
            .where(Participant.event_id == self.event.id)
            .order_by(Participant.id)
        )
        with self.database.read() as session:
            return session.execute(query).all()

    def _register(self, _random, delegation, now):
        self._enrol(delegation, 1, now)

    def _list(self, random, delegation, now):
        self._enrol(delegation, random.randint(2, 5), now)

    def _cancel(self, random, _delegation, now):
        if person := self._anybody(random):
            again = random.random() < 0.4
            work = reinstate if again else cancel
            write(self.database, lambda s: work(s, self.event, person, now=now))

    def _move(self, random, delegation, now):
        if person := self._anybody(random):
            write(self.database, lambda s: self._to(s, person, delegation, now))

    def _quota(self, random, delegation, now):
        quota = random.randint(9, 12)
        with suppress(QuotaBelowPlacesTaken):
            write(self.database, lambda s: set_quota(s, self.event, delegation.id, quota, now=now))

    def _enrol(self, delegation, count, now):
        of, category = delegation.name, factories.a_category(self.database, self.event)
        names = [f"Omar {self.names + n}" for n in range(count)]
        self.names += count
        people = [
            Enrolment(Registration(name=name, delegation=of), delegation.id, category.id)
            for name in names
        ]

        def work(session):
            version = next_list_version(session, self.event.id)
            enrol(session, self.event, people, source="import", keys=KEYS, version=version, now=now)

        write(self.database, work)

    def _to(self, session, person_id, delegation, now):
        person = session.get_one(Participant, person_id)
        version = next_list_version(session, self.event.id)
        move_to_delegation(session, self.event, person, delegation.id, version, now)

    def _anybody(self, random):
        query = select(Participant.id).where(Participant.event_id == self.event.id)
        with self.database.read() as session:
            people = session.scalars(query.order_by(Participant.id)).all()
        return people[random.randrange(len(people))] if people else None


def without_and_with_devices(database, seed):
    """Return how everybody stands after the same registrations, without devices and with three."""
    found = []
    for devices in (0, 3):
        office = Office(database, f"seed-{seed}-{devices}", devices=devices)
        office.play(Random(seed))
        found.append(office.standings())
    return found


@pytest.mark.parametrize("seed", range(3))
def test_the_same_registrations_stand_the_same_with_and_without_devices(database, seed):
    without, with_devices = without_and_with_devices(database, seed)

    assert without == with_devices
    assert {standing for _, _, standing, _ in without} == {"confirmed", "reserve", "canceled"}


def test_control_gates_that_are_lent_places_before_the_doors_open_change_registrations(
    database, monkeypatch
):
    monkeypatch.setattr(leases, "pool", lambda free, **_: max(0, free) // 2)

    without, with_devices = without_and_with_devices(database, 0)

    assert without != with_devices
