"""Places kept for gates without the network: devices take none of anybody's registration."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from checkin.db.models import Admission, Message, Participant
from checkin.domain.people.quotas import KeptPlaces
from checkin.domain.people.registration import Registration
from checkin.domain.scanning.facts import RegistrationStatus
from checkin.domain.scanning.leases import LIFETIME
from checkin.domain.scanning.verdict import Status
from checkin.services.common.list_version import next_list_version
from checkin.services.gates.authentication import mark_seen
from checkin.services.gates.leases import grant_lease, lent_to
from checkin.services.people.figures import kept_for_gates, places_left
from checkin.services.people.quotas import keep_places, set_quota
from checkin.services.people.registering.enrolment import Enrolment, enrol
from checkin.services.people.registering.registration import (
    RegistrationSource,
    cancel,
    move_to_delegation,
    register,
    reinstate,
)
from checkin.services.scanning.annul import annul_scan
from checkin.services.scanning.storage import Decided
from tests.support import factories
from tests.support.factories import KEYS, NOW, minutes, write

CONFIRMED, RESERVE = RegistrationStatus.CONFIRMED, RegistrationStatus.RESERVE
#: the event begins at 14:00 by its settings, and has no doors
BEFORE = NOW - minutes(60)
LET_IN = Decided(Status.OK, None)


def lend(database, device, now=NOW):
    lease = write(database, lambda s: grant_lease(s, device, now=now))
    return {lent.name: lent.places for lent in lease.delegations}


def enrolled(database, event, delegation, count, now=NOW, first=0):
    """Register people as a list does, and return how many of them were confirmed."""
    category = factories.a_category(database, event)
    people = [
        Enrolment(
            Registration(name=f"Omar {first + n}", delegation=delegation.name),
            delegation.id,
            category.id,
        )
        for n in range(count)
    ]

    def work(session):
        version = next_list_version(session, event.id)
        return enrol(session, event, people, source="import", keys=KEYS, version=version, now=now)

    rows = write(database, work)
    return sum(row["standing"] == CONFIRMED for row, _ in rows)


def keep(database, event, delegation, kept, now=NOW):
    return write(database, lambda s: keep_places(s, event, delegation.id, kept, now=now))


def free(database, delegation, now=NOW):
    with database.read() as session:
        return places_left(session, delegation.event_id, now)[delegation.id]


@pytest.mark.parametrize("devices", [1, 3])
def test_paired_gates_take_no_place_of_a_list_before_the_doors_open(database, event, devices):
    delegation = factories.a_delegation(database, event, quota=10)
    gates = [factories.a_device(database, event, f"Porte {n}") for n in range(devices)]

    lent = [lend(database, gate, BEFORE) for gate in gates]

    assert lent == [{"Khémisset": 0}] * devices
    assert enrolled(database, event, delegation, 10, BEFORE) == 10


def test_once_the_doors_are_open_a_tenth_of_what_is_free_is_lent_and_nothing_of_what_is_waited_for(
    database, event, device
):
    delegation = factories.a_delegation(database, event, quota=30)
    enrolled(database, event, delegation, 5)

    assert lend(database, device) == {"Khémisset": 2}

    enrolled(database, event, delegation, 25, first=5)  # two of them wait
    assert lend(database, device) == {"Khémisset": 0}


def test_from_the_moment_on_that_reserve_lists_are_admitted_places_are_lent_although_people_wait(
    database,
):
    event = factories.an_event(database, reserve_from=NOW)
    device = factories.a_device(database, event)
    delegation = factories.a_delegation(database, event, quota=10)
    keep(database, event, delegation, KeptPlaces(places=2))
    enrolled(database, event, delegation, 10, BEFORE)

    assert lend(database, device, NOW - minutes(1)) == {"Khémisset": 0}
    assert lend(database, device, NOW) == {"Khémisset": 2}


@pytest.mark.parametrize(
    ("kept", "confirmed"),
    [
        (KeptPlaces(places=3), 7),
        (KeptPlaces(percent=25), 8),
        (KeptPlaces(percent=20), 8),
        (KeptPlaces(percent=0), 10),
    ],
)
def test_nobody_is_registered_on_places_that_are_kept(database, event, kept, confirmed):
    delegation = factories.a_delegation(database, event, quota=10)
    keep(database, event, delegation, kept)

    assert enrolled(database, event, delegation, 10) == confirmed


def test_who_waited_gets_the_places_that_are_kept_no_longer(database, event):
    delegation = factories.a_delegation(database, event, quota=10)
    keep(database, event, delegation, KeptPlaces(places=4))
    enrolled(database, event, delegation, 9)

    moved = keep(database, event, delegation, KeptPlaces(places=2))

    assert (len(moved), free(database, delegation)) == (2, 0)


def test_a_place_that_a_gate_gave_away_is_kept_no_longer_and_is_again_when_it_is_annulled(
    database, event, device
):
    delegation = factories.a_delegation(database, event, quota=4)
    keep(database, event, delegation, KeptPlaces(places=2))
    lease = write(database, lambda s: grant_lease(s, device, now=NOW))
    codes = factories.badges(database, event, 3, delegation=delegation)  # the third one waits
    other = factories.a_delegation(database, event, "Salé", quota=4)
    keep(database, event, other, KeptPlaces(places=2))
    factories.scan(database, device, codes[0])
    scan = factories.scan(database, device, codes[2], decided=LET_IN, lease_id=lease.lease_id)

    def kept(of=delegation):
        with database.read() as session:
            return kept_for_gates(session, of)

    used, elsewhere = kept(), kept(other)
    write(
        database,
        lambda s: annul_scan(
            s,
            event_id=event.id,
            scan_id=scan.scan_id,
            reason="erreur",
            now=NOW,
            device_id=device.id,
        ),
    )

    assert (used, kept(), elsewhere) == (1, 2, 2)
    with database.read() as session:
        assert session.scalars(select(Admission.on_loan).order_by(Admission.id)).all() == [
            *(False, True),
        ]


def test_a_place_that_comes_free_is_for_who_waits_and_not_for_the_gates(database, event, device):
    delegation = factories.a_delegation(database, event, quota=4)
    keep(database, event, delegation, KeptPlaces(places=1))
    lease = write(database, lambda s: grant_lease(s, device, now=NOW))
    people = [
        factories.a_participant(database, event, f"Omar {n}", delegation=delegation)
        for n in range(5)
    ]
    last = factories.code_of(event, people[4].badge_id)
    factories.scan(database, device, last, decided=LET_IN, lease_id=lease.lease_id)

    moved = write(database, lambda s: cancel(s, event, people[0].participant_id, now=NOW))

    assert list(moved) == [people[3].participant_id]


def test_a_quota_may_be_lowered_to_places_that_are_kept(database, event):
    delegation = factories.a_delegation(database, event, quota=10)
    keep(database, event, delegation, KeptPlaces(places=4))
    enrolled(database, event, delegation, 6)

    write(database, lambda s: set_quota(s, event, delegation.id, 6, now=NOW))

    assert free(database, delegation) == 0


def test_what_is_lent_is_told_by_gate_until_it_is_nobodys_again(database, event):
    for name, kept in (("Salé", 3), ("Tiflet", 0)):
        delegation = factories.a_delegation(database, event, name, quota=10)
        keep(database, event, delegation, KeptPlaces(places=kept))
    gates = [factories.a_device(database, event, f"Porte {n}") for n in (2, 1)]
    for gate in gates:
        write(database, lambda s, of=gate: mark_seen(s, of.id, NOW))
    for gate in gates:
        lend(database, gate)

    with database.read() as session:
        now, later = (lent_to(session, event.id, at) for at in (NOW, NOW + LIFETIME))

    told = [(one.gate, one.until, [(p.name, p.places) for p in one.places]) for one in now]
    until = NOW + LIFETIME
    assert told == [("Porte 1", until, [("Salé", 1)]), ("Porte 2", until, [("Salé", 2)])]
    assert list(later) == []


def registered(session, event, delegation, name, now):
    return register(
        session,
        event,
        Registration(name=name, delegation=delegation.name),
        delegation_id=delegation.id,
        category_id=session.scalars(select(Participant.category_id)).first(),
        source=RegistrationSource.FORM,
        keys=KEYS,
        now=now,
    ).standing


def moved(session, event, person_id, delegation, now):
    person = session.get_one(Participant, person_id)
    version = next_list_version(session, event.id)
    move_to_delegation(session, event, person, delegation.id, version, now)
    return person.standing


def reinstated(session, event, person_id, _delegation, now):
    return reinstate(session, event, person_id, now=now)


def newcomer(session, event, person_id, delegation, now):
    return registered(session, event, delegation, f"Newcomer {person_id}", now)


@pytest.mark.parametrize("arrives", [newcomer, moved, reinstated])
def test_nobody_overtakes_who_waits_when_a_lease_has_expired_unnoticed(
    database, event, device, arrives
):
    tiflet = factories.a_delegation(database, event, "Tiflet", quota=11)
    of = tiflet if arrives is reinstated else factories.a_delegation(database, event, "Salé")
    person = factories.a_participant(database, event, "Salma", delegation=of)
    if arrives is reinstated:
        write(database, lambda s: cancel(s, event, person.participant_id, now=NOW))
    assert lend(database, device)["Tiflet"] == 1
    waits = factories.a_participant  # ten are confirmed, and the last of these waits
    people = [waits(database, event, f"Omar {n}", delegation=tiflet) for n in range(11)]
    later = NOW + LIFETIME

    standing = write(database, lambda s: arrives(s, event, person.participant_id, tiflet, later))

    with database.read() as session:
        waited = session.get_one(Participant, people[-1].participant_id)
        assert (people[-1].standing, waited.standing, standing) == (RESERVE, CONFIRMED, RESERVE)


@pytest.mark.parametrize("until", [None, NOW + minutes(30)])
def test_nobody_is_confirmed_or_written_to_once_the_reserve_list_has_ended(database, until):
    event = factories.an_event(database, reserve_until=until)
    end = until or event.ends_at
    delegation = factories.a_delegation(database, event, quota=1)
    people = [
        factories.a_participant(
            database, event, name, delegation=delegation, email=f"{name.lower()}@example.org"
        )
        for name in ("Oum", "Dina", "Salma")
    ]

    def cancel_at(person, now):
        return list(write(database, lambda s: cancel(s, event, person.participant_id, now=now)))

    before = cancel_at(people[0], end - minutes(1))
    at_the_end = cancel_at(people[1], end)
    with database.read() as session:
        written_to = session.scalars(select(Message.participant_id)).all()

    assert (before, at_the_end) == ([people[1].participant_id], [])
    assert list(written_to) == [people[0].participant_id, people[1].participant_id]


def test_a_newcomer_after_the_end_does_not_overtake_who_waits_either(database, event):
    delegation = factories.a_delegation(database, event, quota=1)
    people = [
        factories.a_participant(database, event, name, delegation=delegation)
        for name in ("Oum", "Dina")
    ]
    end = event.reserve_until
    write(database, lambda s: cancel(s, event, people[0].participant_id, now=end))

    assert enrolled(database, event, delegation, 1, end) == 0
