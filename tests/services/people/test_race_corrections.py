"""Corrections of people who are coming in at that moment, and controls without the locks."""

from __future__ import annotations

from threading import Thread

import pytest
from sqlalchemy import select

from checkin.db.models import Delegation, Participant
from checkin.domain.common.problems import FieldProblem
from checkin.domain.scanning.facts import Direction, Reentry
from checkin.services.common import list_version
from checkin.services.common.list_version import hold_participant
from checkin.services.people.moving import move_to_delegation
from checkin.services.people.quotas import set_quota
from checkin.services.people.registering.registration import cancel
from checkin.services.scanning import record, writing
from checkin.services.scanning.annul import annul_scan
from checkin.services.scanning.storage import INSERT_SCAN
from tests.services.people.test_corrections import Scene, check_the_rules, counted, tallied
from tests.support import factories
from tests.support.factories import KEYS, NOW, write
from tests.support.racing import race, race_outcomes

#: one is confirmed and has not come, another one waits, and another delegation has a free place
CASE = {
    "Correction": "move",
    "Registration": "confirmed",
    "Arrival": "none",
    "Place": "free",
}
AT_ONCE = 16


def move(database, event, person, delegation):
    def work(session):
        found, version = hold_participant(session, event, person)
        move_to_delegation(session, event, found, delegation, version, NOW)

    write(database, work)


def corrected_while_the_gate_decides(database, monkeypatch, correction):
    """Correct a person between reading the facts of their badge and writing their admission."""
    scene = Scene.of(database, CASE)
    code = factories.code_of(scene.event, scene.badge)
    really, corrections = record.write_scan, [correction]

    def write_later(*arguments):
        while corrections:
            corrections.pop()(scene)
        return really(*arguments)

    monkeypatch.setattr(record, "write_scan", write_later)
    return scene, factories.scan(database, scene.device, code)


# On SQLite nothing is written between the two: the scan's transaction is the only writer.
@pytest.mark.parametrize("correction", [Scene.cancel, Scene.move])
def test_a_person_who_is_corrected_while_the_gate_decides_is_read_again(
    postgres_database, monkeypatch, correction
):
    scene, answer = corrected_while_the_gate_decides(postgres_database, monkeypatch, correction)

    canceled = correction is Scene.cancel
    assert answer.reason == ("canceled" if canceled else None)
    assert scene.standing() == ("canceled" if canceled else "confirmed")
    assert scene.standing(scene.next) == "confirmed"
    check_the_rules(scene)


@pytest.mark.parametrize("correction", [Scene.cancel, Scene.move])
def test_control_without_reading_again_the_place_is_used_twice(
    postgres_database, monkeypatch, correction
):
    parameters = writing._parameters("arrival", writing.ArrivalTally)
    monkeypatch.setattr(writing, "AS_READ", parameters["delegation_id"])
    monkeypatch.setattr(writing, "as_read_values", lambda _holder: {})
    unguarded = writing._insert_with_admission(INSERT_SCAN["postgresql"])
    monkeypatch.setattr(writing, "_AT_ONCE", unguarded)

    scene, answer = corrected_while_the_gate_decides(postgres_database, monkeypatch, correction)

    assert answer.reason is None
    assert scene.standing(scene.next) == "confirmed"
    with pytest.raises(AssertionError):
        check_the_rules(scene)


def canceled_before_the_admission_is_committed(database):
    """Cancel a person whose admission is written and not committed yet."""
    scene = Scene.of(database, CASE)
    reading = factories.a_reading(factories.code_of(scene.event, scene.badge))
    canceling = Thread(target=scene.cancel)
    with database.writing() as connection:
        assert record.record_scan(connection, scene.device, reading, KEYS).reason is None
        canceling.start()
        canceling.join(0.5)
    canceling.join(60)
    return scene


def test_a_person_who_is_canceled_as_they_come_in_keeps_their_place(database):
    scene = canceled_before_the_admission_is_committed(database)

    assert (scene.standing(), scene.standing(scene.next)) == ("canceled", "waiting")
    check_the_rules(scene)


def test_control_without_a_lock_on_the_person_their_place_is_given_away(
    postgres_database, monkeypatch
):
    def unlocked(session, event, kind, number, *, fresh=False):
        return session.get(kind, number, populate_existing=fresh)

    monkeypatch.setattr(list_version, "by_id", unlocked)
    monkeypatch.setattr(writing, "AS_READ", writing.AS_READ)
    parameters = writing._parameters("arrival", writing.ArrivalTally)
    monkeypatch.setattr(writing, "AS_READ", parameters["delegation_id"])
    monkeypatch.setattr(writing, "as_read_values", lambda _holder: {})
    unguarded = writing._insert_with_admission(INSERT_SCAN["postgresql"])
    monkeypatch.setattr(writing, "_AT_ONCE", unguarded)

    scene = canceled_before_the_admission_is_committed(postgres_database)

    assert (scene.standing(), scene.standing(scene.next)) == ("canceled", "confirmed")


def test_counts_are_right_when_many_are_corrected_as_they_come_in(database):
    event = factories.an_event(database, reentry=Reentry.AFTER_EXIT)
    here = factories.a_delegation(database, event, "Ici", quota=AT_ONCE)
    there = factories.a_delegation(database, event, "Ailleurs", quota=AT_ONCE // 4)
    people = [
        factories.a_participant(database, event, f"Militant {at}", delegation=here)
        for at in range(AT_ONCE + 4)
    ]
    gates = [factories.a_device(database, event, f"Porte {at % 4}") for at in range(AT_ONCE)]

    def scan(who, **more):
        code = factories.code_of(event, people[who].badge_id)
        return factories.scan(database, gates[who], code, **more)

    def correct(at):
        number = people[at].participant_id
        if at % 2:
            move(database, event, number, there.id)
        else:
            write(database, lambda s: cancel(s, event, number, now=NOW))

    def work(at):
        if at < AT_ONCE:
            return scan(at), scan(at, direction=Direction.EXIT, at=NOW + factories.minutes(1))
        return correct(at - AT_ONCE)

    told = race_outcomes(2 * AT_ONCE, work)

    assert {type(one) for one in told if isinstance(one, Exception)} <= {FieldProblem}
    with database.read() as session:
        assert tallied(session) == counted(session)
        for one in session.scalars(select(Delegation)):
            confirmed = select(Participant.id).where(
                Participant.delegation_id == one.id, Participant.standing == "confirmed"
            )
            assert len(session.scalars(confirmed).all()) == one.places_taken <= one.quota


def test_an_arrival_that_is_annulled_as_it_is_moved_is_counted_nowhere(database):
    event = factories.an_event(database)
    here = factories.a_delegation(database, event, "Ici", quota=AT_ONCE)
    there = factories.a_delegation(database, event, "Ailleurs", quota=AT_ONCE)
    device = factories.a_device(database, event)
    people = [
        factories.a_participant(database, event, f"Militant {at}", delegation=here)
        for at in range(AT_ONCE)
    ]
    codes = [factories.code_of(event, person.badge_id) for person in people]
    scans = [factories.scan(database, device, code).scan_id for code in codes]

    def annul(session, at):
        return annul_scan(
            session,
            event_id=event.id,
            scan_id=scans[at],
            reason="Test",
            now=NOW,
            device_id=device.id,
        )

    def work(at):
        if at < AT_ONCE:
            move(database, event, people[at].participant_id, there.id)
        else:
            write(database, lambda s: annul(s, at - AT_ONCE))

    race(2 * AT_ONCE, work)

    with database.read() as session:
        assert (tallied(session), counted(session)) == ({}, {})


def test_the_last_place_of_a_delegation_goes_to_one_of_those_who_are_moved_there(database):
    event = factories.an_event(database)
    here = factories.a_delegation(database, event, "Ici", quota=AT_ONCE)
    there = factories.a_delegation(database, event, "Ailleurs", quota=1)
    device = factories.a_device(database, event)
    people = [
        factories.a_participant(database, event, f"Militant {at}", delegation=here)
        for at in range(AT_ONCE)
    ]
    for person in people:
        factories.scan(database, device, factories.code_of(event, person.badge_id))

    told = race_outcomes(
        AT_ONCE, lambda at: move(database, event, people[at].participant_id, there.id)
    )

    refused = [one for one in told if isinstance(one, FieldProblem)]
    assert (told.count(None), len(refused)) == (1, AT_ONCE - 1)
    write(database, lambda s: set_quota(s, event, here.id, AT_ONCE - 1, now=NOW))
    with database.read() as session:
        assert tallied(session) == {here.id: (AT_ONCE - 1, AT_ONCE - 1, 0), there.id: (1, 1, 0)}
