"""The list of conflicts: what it tells of each, in which order, and how each is decided."""

from __future__ import annotations

import pytest

from checkin.db.models import Device, Role
from checkin.domain.scanning.facts import Direction, Reentry
from checkin.domain.scanning.reasons import Reason
from checkin.domain.scanning.verdict import Status
from checkin.errors import Conflict, NotFound
from checkin.services.accounts.operators import add_operator
from checkin.services.people.registering.registration import cancel
from checkin.services.scanning.annul import annul_scan
from checkin.services.scanning.conflicts import (
    ArrivalDetails,
    Decision,
    conflicts_of,
    decide_conflict,
    waiting_conflicts,
)
from checkin.services.scanning.storage import Decided
from tests.support import factories
from tests.support.factories import NOW, minutes, write

LET_IN = Decided(Status.OK, None)


@pytest.fixture
def gates(database, event):
    return [a_gate(database, event, number) for number in (1, 2)]


def a_gate(database, event, number):
    """Enrol a device with a name of its own at a gate with the same number."""
    device = factories.a_device(database, event, f"Porte {number}")
    write(database, lambda s: setattr(s.get_one(Device, device.id), "name", f"PC {number}"))
    return device


@pytest.fixture
def organisers(database):
    def add(session):
        return [
            add_operator(
                session, email=f"{name}@example.org", name=name, role=Role.ORGANISER, now=NOW
            ).operator.id
            for name in ("Salma", "Younes")
        ]

    return write(database, add)


def uploaded(database, gate, code, ago, **more):
    """Upload what a gate let in by itself some minutes ago."""
    at = NOW - minutes(ago)
    return factories.scan(database, gate, code, at=at, received_at=NOW, decided=LET_IN, **more)


def canceled(database, event, name):
    """Return the code of somebody whose registration was canceled."""
    person = factories.a_participant(database, event, name)
    write(database, lambda s: cancel(s, event, person.participant_id, now=NOW))
    return factories.code_of(event, person.badge_id)


@pytest.fixture
def conflicts(database, event, gates):
    """Three conflicts, uploaded in another order than they happened in."""
    amina = factories.a_badge(database, event, "Amina Alaoui")
    omar = factories.a_badge(database, event, "Omar Tazi")
    for code in (amina, omar):
        uploaded(database, gates[0], code, ago=20)
    uploaded(database, gates[1], amina, ago=8, skew_ms=1500)
    uploaded(database, gates[1], omar, ago=9)
    uploaded(database, gates[0], canceled(database, event, "Driss Filali"), ago=10)
    uploaded(database, gates[1], "not one of ours", ago=11)


def listed(database, event):
    with database.read() as session:
        return conflicts_of(session, event)


def decide(database, event, conflict, organiser, decision=Decision.KEEP, note=" jumelles "):
    later = NOW + minutes(5)
    write(
        database,
        lambda s: decide_conflict(s, event, conflict.id, decision, note, organiser, later),
    )


def waiting(database, *events):
    with database.read() as session:
        return list(waiting_conflicts(session, [one.id for one in events]).values())


def test_each_conflict_tells_the_reading_and_the_admission_that_it_contradicts(
    database, event, conflicts
):
    first = ArrivalDetails(NOW - minutes(20), "Porte 1", "PC 1")
    told = [
        (
            one.person and one.person.name,
            one.delegation and one.delegation.name,
            *(one.reason, one.scan, one.earlier, one.counted, one.turned_away, one.skew_ms),
        )
        for one in listed(database, event)
    ]

    twice = (Reason.ALREADY_REDEEMED, "Porte 2")
    assert told == [
        (None, None, *read(Reason.INVALID, "Porte 2", 11), None, False, False, 0),
        (
            *("Driss Filali", "Khémisset"),
            *(*read(Reason.CANCELED, "Porte 1", 10), None, True, False, 0),
        ),
        ("Omar Tazi", "Khémisset", *read(*twice, 9), first, False, False, 0),
        ("Amina Alaoui", "Khémisset", *read(*twice, 8), first, False, False, 1500),
    ]


def read(reason, gate, ago):
    return reason, ArrivalDetails(NOW - minutes(ago), gate, gate.replace("Porte", "PC"))


def test_a_decided_conflict_tells_who_decided_and_stands_behind_the_open_ones(
    database, event, conflicts, organisers
):
    [first, *others] = listed(database, event)
    before = waiting(database, event)
    for organiser in reversed(organisers):  # the same decision again changes nothing
        decide(database, event, first, organiser)

    last = listed(database, event)[-1]
    assert (before, waiting(database, event)) == ([4], [3])
    assert [one.id for one in listed(database, event)] == [*(one.id for one in others), first.id]
    assert {(one.decision, one.note, one.decided_at, one.decided_by) for one in others} == {
        (None, None, None, None)
    }
    assert (last.decision, last.note, last.decided_by) == (Decision.KEEP, "jumelles", "Younes")
    assert last.decided_at == NOW + minutes(5)


def test_a_conflict_is_not_decided_otherwise_afterwards_nor_by_another_event(
    database, event, conflicts, organisers
):
    first = listed(database, event)[0]
    other = factories.an_event(database, "other")
    with pytest.raises(NotFound):
        decide(database, other, first, organisers[0])
    decide(database, event, first, organisers[0])

    with pytest.raises(Conflict):
        decide(database, event, first, organisers[1], Decision.ANNUL)

    assert listed(database, event)[-1].decided_by == "Salma"
    assert listed(database, other) == []
    assert (waiting(database, other), waiting(database, other, event)) == ([0], [0, 3])


def test_who_is_annulled_is_counted_no_more(database, event, conflicts, organisers):
    driss = listed(database, event)[1]
    before = driss.counted

    decide(database, event, driss, organisers[0], Decision.ANNUL)

    [annulled] = [one for one in listed(database, event) if one.id == driss.id]
    assert (before, annulled.counted, annulled.decision) == (True, False, Decision.ANNUL)


def test_an_annulled_admission_is_not_contradicted(database, event, gates):
    person = factories.a_participant(database, event)
    code = factories.code_of(event, person.badge_id)
    entry = factories.scan(database, gates[0], code)
    asked = {"event_id": event.id, "scan_id": entry.scan_id, "reason": "erreur", "now": NOW}
    write(database, lambda s: annul_scan(s, **asked, device_id=gates[0].id))
    write(database, lambda s: cancel(s, event, person.participant_id, now=NOW))

    uploaded(database, gates[1], code, ago=5)

    [conflict] = listed(database, event)
    assert (conflict.reason, conflict.earlier) == (Reason.CANCELED, None)


def test_a_conflict_contradicts_the_last_admission(database):
    event = factories.an_event(database, reentry=Reentry.AFTER_EXIT)
    code = factories.a_badge(database, event)
    one, other = (a_gate(database, event, number) for number in (1, 2))
    factories.scan(database, one, code, at=NOW - minutes(40))
    factories.scan(database, one, code, at=NOW - minutes(35), direction=Direction.EXIT)
    factories.scan(database, other, code, at=NOW - minutes(30))

    uploaded(database, one, code, ago=5)

    [conflict] = listed(database, event)
    assert conflict.reason == Reason.CHECKOUT_REQUIRED
    assert conflict.earlier == ArrivalDetails(NOW - minutes(30), "Porte 2", "PC 2")
