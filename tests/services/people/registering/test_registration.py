"""Registering, canceling, moving up: places are given once and in order, on both databases."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from checkin.db.models import Badge, Delegation, Event, Message, Participant
from checkin.domain.scanning.facts import RegistrationStatus
from checkin.errors import NotFound, PossibleDuplicate, QuotaBelowPlacesTaken
from checkin.services.common.list_version import next_list_version
from checkin.services.people.moving import move_to_delegation
from checkin.services.people.quotas import set_quota
from checkin.services.people.registering.registration import cancel
from tests.support import factories
from tests.support.factories import NOW

CONFIRMED, RESERVE, CANCELED = (
    RegistrationStatus.CONFIRMED,
    RegistrationStatus.RESERVE,
    RegistrationStatus.CANCELED,
)


@pytest.fixture
def delegation(database, event):
    return factories.a_delegation(database, event, quota=2)


@pytest.fixture
def five(database, event, delegation):
    """Five people for two places; returns their ids in the order of registration."""
    names = ["Amina", "Brahim", "Chadia", "Driss", "Emna"]
    return [
        factories.a_participant(
            database, event, name, delegation=delegation, email=f"{name.lower()}@example.org"
        ).participant_id
        for name in names
    ]


def standings(database):
    with database.read() as session:
        people = session.scalars(select(Participant).order_by(Participant.id))
        return [(person.standing, person.reserve_no) for person in people]


def places_taken(database, delegation):
    with database.read() as session:
        return session.get_one(Delegation, delegation.id).places_taken


def canceling(database, event, participant_id):
    return factories.write(database, lambda s: list(cancel(s, event, participant_id, now=NOW)))


def raising_quota(database, event, delegation, quota):
    return factories.write(
        database, lambda s: list(set_quota(s, event, delegation.id, quota, now=NOW))
    )


def test_over_the_quota_people_are_put_on_the_reserve_list_in_order(database, delegation, five):
    assert standings(database) == [
        (CONFIRMED, None),
        (CONFIRMED, None),
        (RESERVE, 1),
        (RESERVE, 2),
        (RESERVE, 3),
    ]
    assert places_taken(database, delegation) == 2


def test_a_freed_place_goes_to_the_first_on_the_reserve_list(database, event, delegation, five):
    moved_up = canceling(database, event, five[0])

    assert moved_up == [five[2]]
    assert standings(database) == [
        (CANCELED, None),
        (CONFIRMED, None),
        (CONFIRMED, None),
        (RESERVE, 2),
        (RESERVE, 3),
    ]
    assert places_taken(database, delegation) == 2


def test_canceling_twice_frees_one_place(database, event, delegation, five):
    first, again = (canceling(database, event, five[0]) for _ in range(2))

    assert (first, again) == ([five[2]], [])
    assert places_taken(database, delegation) == 2


def test_canceling_a_person_on_the_reserve_list_frees_no_place(database, event, delegation, five):
    assert canceling(database, event, five[2]) == []
    assert canceling(database, event, five[0]) == [five[3]]
    assert places_taken(database, delegation) == 2


def test_a_larger_quota_lets_as_many_move_up(database, event, delegation, five):
    assert raising_quota(database, event, delegation, 4) == [five[2], five[3]]
    assert standings(database)[4] == (RESERVE, 3)
    assert places_taken(database, delegation) == 4


def test_a_quota_is_not_lowered_under_the_places_taken(database, event, delegation, five):
    with pytest.raises(QuotaBelowPlacesTaken, match="2 places are taken"):
        raising_quota(database, event, delegation, 1)

    assert raising_quota(database, event, delegation, 2) == []


def test_a_later_registration_stays_behind_the_reserve_list_after_one_left_it(
    database, event, delegation, five
):
    canceling(database, event, five[4])
    late = factories.a_participant(database, event, "Fatiha", delegation=delegation)

    assert (late.standing, late.reserve_no) == (RESERVE, 4)


def moving(database, event, participant_id, delegation):
    def work(session):
        version = next_list_version(session, event.id)
        person = session.get_one(Participant, participant_id)
        move_to_delegation(session, event, person, delegation.id, version, NOW)

    factories.write(database, work)


def test_moving_to_another_delegation_frees_a_place_there_and_takes_one_here(
    database, event, delegation, five
):
    other = factories.a_delegation(database, event, "Rabat", quota=1)

    moving(database, event, five[0], other)
    moving(database, event, five[1], other)

    assert standings(database) == [
        (CONFIRMED, None),  # took Rabat's only place
        (RESERVE, 1),  # waits in Rabat
        (CONFIRMED, None),
        (CONFIRMED, None),
        (RESERVE, 3),
    ]
    assert (places_taken(database, delegation), places_taken(database, other)) == (2, 1)


def test_moving_from_one_reserve_list_to_another_takes_a_number_there(database, event, five):
    other = factories.a_delegation(database, event, "Rabat", quota=0)
    factories.a_participant(database, event, "Ghita", delegation=other)

    moving(database, event, five[2], other)

    assert standings(database)[2:] == [(RESERVE, 2), (RESERVE, 2), (RESERVE, 3), (RESERVE, 1)]


def test_a_confirmed_participant_is_sent_a_badge_and_one_in_reserve_is_not(database, event, five):
    canceling(database, event, five[0])

    with database.read() as session:
        addressed = session.scalars(select(Message.participant_id).order_by(Message.id)).all()
        badges = session.scalar(select(func.count()).select_from(Badge))
    assert (addressed, badges) == ([five[0], five[1], five[2]], 5)


def test_every_change_of_participants_increases_the_gate_list_version(database, event, five):
    def version():
        with database.read() as session:
            return session.get_one(Event, event.id).list_version

    before = version()
    canceling(database, event, five[0])

    assert (before, version()) == (5, 6)


@pytest.mark.parametrize(
    ("known", "newcomer", "what"),
    [
        ({"email": "a@example.org"}, {"email": "a@example.org"}, "email"),
        ({"phone": "+212612345678"}, {"phone": "+212612345678"}, "phone"),
    ],
)
def test_the_same_address_is_a_possible_duplicate(known, newcomer, what, database, event):
    factories.a_participant(database, event, "Amina Alaoui", **known)
    elsewhere = factories.a_delegation(database, event, "Rabat")

    with pytest.raises(PossibleDuplicate, match=rf"no\. 1 is registered with the same {what}"):
        factories.a_participant(database, event, "Someone Else", delegation=elsewhere, **newcomer)


@pytest.mark.parametrize(
    ("known", "newcomer"),
    [
        ("Hélène El-Fassi", "helene el fassi"),
        ("أحمد الفاسى", "احمد الفاسي"),
    ],
)
def test_the_same_folded_name_in_the_delegation_is_a_possible_duplicate(
    known, newcomer, database, event
):
    factories.a_participant(database, event, known)

    with pytest.raises(PossibleDuplicate, match="is registered with the same name"):
        factories.a_participant(database, event, newcomer)


def test_a_namesake_elsewhere_or_vouched_for_or_canceled_is_no_duplicate(database, event):
    first = factories.a_participant(database, event, "Amina Alaoui")
    elsewhere = factories.a_delegation(database, event, "Rabat")
    factories.a_participant(database, event, "Amina Alaoui", delegation=elsewhere)
    factories.a_participant(database, event, "Amina Alaoui", allow_duplicate=True)
    other = factories.an_event(database, "other")
    factories.a_participant(database, other, "Amina Alaoui")
    canceling(database, event, first.participant_id)

    assert len(standings(database)) == 4


def test_another_event_s_participant_is_not_found(database, event, five):
    other = factories.an_event(database, "other")

    with pytest.raises(NotFound, match=f"no participant has the number {five[0]}"):
        canceling(database, other, five[0])


def test_another_spelling_in_the_delegation_is_a_possible_duplicate_unless_the_phone_is_another(
    database, event
):
    factories.a_participant(database, event, "Mohammed Ben Ali", phone="+212612345678")
    elsewhere = factories.a_delegation(database, event, "Rabat")

    for name in ("BENALI Mohamed", "محمد بنعلي"):
        with pytest.raises(PossibleDuplicate, match=r"no\. 1 is registered with the same name"):
            factories.a_participant(database, event, name)
    factories.a_participant(database, event, "Mohamed Benali", phone="+212699999999")
    factories.a_participant(database, event, "Mohamed Benali", delegation=elsewhere)
    factories.a_participant(database, event, "Mohamed Benalia")

    assert len(standings(database)) == 4
