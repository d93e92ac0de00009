"""A walk-in who may be registered already: noted, shown with both people, decided once."""

from __future__ import annotations

from uuid import uuid4

import pytest
from sqlalchemy import select

from checkin.db.models import Activity, Admission, Participant, Role
from checkin.domain.people.registration import Likeness, Registration
from checkin.errors import Conflict, InvalidRequest, NotFound
from checkin.services.accounts.operators import add_operator
from checkin.services.board.live_counts import live_counts
from checkin.services.scanning.conflicts import Decision, waiting_conflicts
from checkin.services.scanning.possible_duplicates import decide_duplicate, duplicates_of
from checkin.services.scanning.walk_ins import Named, Newcomer, register_walk_in
from tests.services.scanning.merged import merge
from tests.support import factories
from tests.support.factories import KEYS, NOW, minutes, write
from tests.support.racing import race

NAME = "Amina Alaoui"
PHONE = "+212661234567"


@pytest.fixture
def delegation(database, event):
    return factories.a_delegation(database, event, "Tiflet", quota=5)


@pytest.fixture
def device(database, event):
    factories.a_category(database, event)
    return factories.a_device(database, event, "Porte 1")


@pytest.fixture
def known(database, event, delegation):
    return factories.a_participant(database, event, NAME, delegation=delegation, phone=PHONE)


@pytest.fixture
def organiser(database):
    opened = write(
        database,
        lambda s: add_operator(
            s, email="salma@example.org", name="Salma", role=Role.ORGANISER, now=NOW
        ),
    )
    return opened.operator.id


def come(database, device, delegation, name=NAME, *, admitted_offline=True, named=None, **more):
    """Register somebody whom a gate let in already."""
    registration = Registration(name=name, delegation=delegation.name, **more)
    newcomer = Newcomer(registration, delegation.id, named, admitted_offline)
    return write(
        database, lambda s: register_walk_in(s, device, newcomer, keys=KEYS, now=NOW)
    ).registered


def listed(database, event):
    with database.read() as session:
        return duplicates_of(session, event)


def waiting(database, event):
    with database.read() as session:
        return waiting_conflicts(session, [event.id])[event.id]


def decide(database, event, number, decision, organiser, note="vu ensemble"):
    write(
        database,
        lambda s: decide_duplicate(s, event, number, decision, note, organiser, minutes_later()),
    )


def minutes_later():
    return NOW + minutes(5)


def enter(database, device, event, registered):
    code = factories.code_of(event, registered.badge_id)
    assert factories.scan(database, device, code).reason is None


def standings(database, *people):
    with database.read() as session:
        found = session.execute(select(Participant.id, Participant.standing)).all()
    known = {number: str(standing) for number, standing in found}
    return [known[one.participant_id] for one in people]


def arrived(database, event):
    with database.read() as session:
        counts = live_counts(session, event.id, day=1).totals
        rows = select(Admission).where(Admission.entry_no == 1, Admission.annulled_at.is_(None))
        assert len(session.scalars(rows).all()) == counts["arrived"]
    return counts["arrived"], counts["inside"]


@pytest.mark.parametrize(
    ("more", "same"),
    [
        ({}, Likeness.NAME),
        ({"name": "Somebody Else", "phone": PHONE}, Likeness.PHONE),
        ({"name": "  AMINA   alaoui "}, Likeness.NAME),
        ({"name": "El Alaoui Aminah"}, Likeness.NAME),
    ],
)
def test_a_walk_in_admitted_offline_is_listed_with_similar_participants(
    database, event, device, delegation, known, more, same
):
    walk_in = come(database, device, delegation, **more)
    enter(database, device, event, walk_in)

    [one] = listed(database, event)

    assert (one.id, one.same, one.decision) == (walk_in.participant_id, same, None)
    assert (one.twin.person.id, one.twin.came) == (known.participant_id, None)
    assert one.walk_in.person.id == walk_in.participant_id
    assert (one.walk_in.came.gate, one.walk_in.came.device) == ("Porte 1", "Laptop")
    assert waiting(database, event) == 1


def test_a_walk_in_whose_name_is_that_of_another_delegation_waits_for_an_organiser(
    database, event, device, known
):
    elsewhere = factories.a_delegation(database, event, "Salé")

    walk_in = come(database, device, elsewhere, "Alawi Amina")

    [one] = listed(database, event)
    assert (one.id, one.twin.person.id, one.same) == (
        *(walk_in.participant_id, known.participant_id),
        Likeness.NAME,
    )


def test_a_walk_in_without_similar_participants_or_confirmed_by_a_volunteer_is_not_listed(
    database, event, device, delegation, known
):
    come(database, device, delegation, "Omar Tazi")
    come(database, device, delegation, admitted_offline=False, allow_duplicate=True)

    assert (listed(database, event), waiting(database, event)) == ([], 0)


def test_the_same_walk_in_sent_again_is_listed_once(database, event, device, delegation, known):
    named = Named(uuid4(), b"hash")
    for _ in range(2):
        come(database, device, delegation, named=named)

    assert len(listed(database, event)) == 1


def test_two_different_people_keep_both_registrations(
    database, event, device, delegation, known, organiser
):
    walk_in = come(database, device, delegation)
    for one in (walk_in, known):
        enter(database, device, event, one)

    decide(database, event, walk_in.participant_id, Decision.KEEP, organiser)

    [one] = listed(database, event)
    assert (one.decision, one.note, one.decided_at) == ("keep", "vu ensemble", minutes_later())
    assert standings(database, walk_in, known) == ["confirmed", "confirmed"]
    assert (arrived(database, event), waiting(database, event)) == ((2, 2), 0)


def test_a_duplicate_who_entered_as_walk_in_keeps_that_registration(
    database, event, device, delegation, known, organiser
):
    walk_in = come(database, device, delegation)
    enter(database, device, event, walk_in)

    decide(database, event, walk_in.participant_id, Decision.ANNUL, organiser)

    assert standings(database, walk_in, known) == ["confirmed", "canceled"]
    assert arrived(database, event) == (1, 1)


def test_a_duplicate_who_entered_with_both_registrations_is_counted_once(
    database, event, device, delegation, known, organiser
):
    walk_in = come(database, device, delegation)
    for one in (walk_in, known):
        enter(database, device, event, one)

    decide(database, event, walk_in.participant_id, Decision.ANNUL, organiser)

    assert standings(database, walk_in, known) == ["canceled", "confirmed"]
    assert arrived(database, event) == (1, 1)
    with database.read() as session:
        logged = session.scalars(select(Activity).where(Activity.action == "conflict.duplicate"))
        [row] = logged.all()
    assert (row.operator_id, row.participant_id) == (organiser, walk_in.participant_id)
    assert row.details == {
        "decision": "annul",
        "note": "vu ensemble",
    }


def test_a_duplicate_of_a_record_that_was_merged_since_is_decided_for_the_kept_one(
    database, event, device, delegation, known, organiser
):
    walk_in = come(database, device, delegation)
    elsewhere = factories.a_participant(database, event, "Mina Alaoui", delegation=delegation)
    enter(database, device, event, elsewhere)
    merge(database, event, known.participant_id, elsewhere.participant_id)

    decide(database, event, walk_in.participant_id, Decision.ANNUL, organiser)

    assert standings(database, walk_in, known, elsewhere) == ["canceled", "canceled", "confirmed"]
    assert arrived(database, event) == (1, 1)


def test_a_duplicate_whose_records_were_merged_by_another_way_needs_no_cancellation(
    database, event, device, delegation, known, organiser
):
    walk_in = come(database, device, delegation)
    third = factories.a_participant(database, event, "Mina Alaoui", delegation=delegation)
    enter(database, device, event, third)
    for one in (known, walk_in):
        merge(database, event, one.participant_id, third.participant_id)

    decide(database, event, walk_in.participant_id, Decision.ANNUL, organiser)

    assert standings(database, third) == ["confirmed"]
    assert waiting(database, event) == 0


def test_a_decision_about_a_duplicate_is_made_once_and_needs_a_reason(
    database, event, device, delegation, known, organiser
):
    number = come(database, device, delegation).participant_id
    with pytest.raises(InvalidRequest):
        decide(database, event, number, Decision.KEEP, organiser, note=" ")
    with pytest.raises(NotFound):
        decide(database, event, known.participant_id, Decision.KEEP, organiser)
    for _ in range(2):
        decide(database, event, number, Decision.KEEP, organiser)
    with pytest.raises(Conflict):
        decide(database, event, number, Decision.ANNUL, organiser)

    assert standings(database, known) == ["confirmed"]


def test_the_duplicate_of_another_event_is_not_found(
    database, event, device, delegation, known, organiser
):
    number = come(database, device, delegation).participant_id
    other = factories.an_event(database, "other")

    with pytest.raises(NotFound):
        decide(database, other, number, Decision.KEEP, organiser)


def test_two_concurrent_decisions_cancel_one_registration(
    database, event, device, delegation, known, organiser
):
    walk_in = come(database, device, delegation)
    for one in (walk_in, known):
        enter(database, device, event, one)

    race(
        4,
        lambda _: decide(database, event, walk_in.participant_id, Decision.ANNUL, organiser),
    )

    assert standings(database, walk_in, known) == ["canceled", "confirmed"]
    assert arrived(database, event) == (1, 1)
    with database.read() as session:
        logged = session.scalars(select(Activity).where(Activity.action == "conflict.duplicate"))
        assert len(logged.all()) == 1
