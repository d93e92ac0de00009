"""Concurrent registrations for the last place, and controls without the guards."""

from __future__ import annotations

import time
from collections import Counter

from sqlalchemy import select, update

from checkin.db.models import Delegation, Event, Participant
from checkin.domain.scanning.facts import RegistrationStatus
from checkin.errors import PossibleDuplicate
from checkin.services.people import reserve_list
from checkin.services.people.registering import registration
from checkin.services.people.registering.registration import Registered
from tests.support import factories, guards
from tests.support.racing import race_outcomes

CLERKS = 16


def contest_last_place(database):
    """Let 16 clerks register at once where one place is left; return what each was told."""
    event = factories.an_event(database)
    delegation = factories.a_delegation(database, event, quota=5)
    category = factories.a_category(database, event)
    factories.badges(database, event, 4)
    return race_outcomes(
        CLERKS,
        lambda at: factories.a_participant(
            database, event, f"Clerk {at}", delegation=delegation, category=category
        ),
    )


def standings(told):
    return sorted(
        (person.standing, person.reserve_no or 0) if isinstance(person, Registered) else person
        for person in told
    )


def confirmed(database):
    with database.read() as session:
        statement = select(Participant.id).where(
            Participant.standing == RegistrationStatus.CONFIRMED
        )
        return len(session.scalars(statement).all())


def unlocked_version(session, event_id):
    """Read the event's version instead of taking its row."""
    return session.scalar(select(Event.list_version).where(Event.id == event_id))


def take_places_without_a_guard(session, delegation_id, wanted, now):
    """Look, then count: what the conditional update does in one statement."""
    delegation = session.get_one(Delegation, delegation_id)
    if delegation.places_taken + wanted > delegation.quota:
        return 0
    time.sleep(0.02)  # whatever another clerk does meanwhile
    session.execute(
        update(Delegation)
        .where(Delegation.id == delegation_id)
        .values(places_taken=Delegation.places_taken + wanted)
    )
    return wanted


def test_the_last_place_goes_to_one_of_sixteen_and_the_others_queue_in_order(database):
    told = contest_last_place(database)

    reserve = [(RegistrationStatus.RESERVE, number) for number in range(1, CLERKS)]
    assert standings(told) == [(RegistrationStatus.CONFIRMED, 0), *reserve]
    assert confirmed(database) == 5


def test_without_the_events_lock_the_conditional_update_still_holds(database, monkeypatch):
    monkeypatch.setattr(registration, "next_list_version", unlocked_version)

    told = contest_last_place(database)

    assert Counter(person.standing for person in told)[RegistrationStatus.CONFIRMED] == 1
    assert confirmed(database) == 5


def test_control_without_lock_and_conditional_update_the_database_refuses_the_clerks(
    postgres_database, monkeypatch
):
    # The last guard, the check constraint, keeps the quota, but clerks see failures.
    monkeypatch.setattr(registration, "next_list_version", unlocked_version)
    runs = []
    monkeypatch.setattr(
        reserve_list,
        "_take_free_places",
        lambda *arguments: runs.append(1) or take_places_without_a_guard(*arguments),
    )
    contest_last_place(postgres_database)

    assert confirmed(postgres_database) == 5
    assert len(runs) > CLERKS + 1  # some ran again after the constraint refused them


def test_control_without_any_guard_the_quota_is_oversold(postgres_database, monkeypatch):
    monkeypatch.setattr(registration, "next_list_version", unlocked_version)
    monkeypatch.setattr(reserve_list, "_take_free_places", take_places_without_a_guard)
    guards.run(
        postgres_database, "ALTER TABLE delegation DROP CONSTRAINT ck_delegation_places_taken"
    )

    contest_last_place(postgres_database)

    assert confirmed(postgres_database) > 5


def test_control_with_a_plain_begin_sqlite_fails_the_clerks(sqlite_database, monkeypatch):
    # Taking the event's row first is a write too, and enough; a read before it is not.
    monkeypatch.setattr(registration, "next_list_version", unlocked_version)
    guards.with_plain_begin(sqlite_database)

    told = contest_last_place(sqlite_database)

    faults = [str(outcome) for outcome in told if isinstance(outcome, Exception)]
    assert "database is locked" in " ".join(faults)


def test_one_person_registered_by_two_clerks_at_once_is_registered_once(database, event):
    factories.a_delegation(database, event)
    factories.a_category(database, event)

    told = race_outcomes(8, lambda _: factories.a_participant(database, event, "Amina Alaoui"))

    assert Counter(type(outcome) for outcome in told) == {Registered: 1, PossibleDuplicate: 7}


def test_control_without_the_events_lock_two_clerks_register_one_person_twice(
    postgres_database, monkeypatch
):
    monkeypatch.setattr(registration, "next_list_version", unlocked_version)
    look = registration.refuse_duplicate

    def look_slowly(*given, **named):
        look(*given, **named)
        time.sleep(0.05)

    monkeypatch.setattr(registration, "refuse_duplicate", look_slowly)
    event = factories.an_event(postgres_database)
    factories.a_delegation(postgres_database, event)
    factories.a_category(postgres_database, event)

    race_outcomes(8, lambda _: factories.a_participant(postgres_database, event, "Amina Alaoui"))

    assert confirmed(postgres_database) > 1
