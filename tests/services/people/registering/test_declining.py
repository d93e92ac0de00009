"""Declining an invitation by its link, and undoing it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from checkin.db.models import Message, Participant
from checkin.errors import NotFound
from checkin.services.common.keys import Keys
from checkin.services.people.registering.declining import Declining, decline, decline_address
from checkin.services.people.registering.registration import reinstate
from tests.support import factories
from tests.support.factories import KEYS, NOW


@pytest.fixture
def delegation(database, event):
    return factories.a_delegation(database, event, quota=1)


@pytest.fixture
def first(database, event, delegation):
    return factories.a_participant(database, event, email="amina@example.org")


@pytest.fixture
def second(database, event, first):
    return factories.a_participant(database, event, "Bahia Idrissi", email="bahia@example.org")


def secret_of(event, person, keys=KEYS):
    address = decline_address(event, keys, person.badge_id, base_url="https://m", language="fr")
    return address.removeprefix("https://m/n/").removesuffix("?lang=fr")


def declining(database, event, person, at=NOW, keys=KEYS):
    secret = secret_of(event, person, keys)
    return factories.write(database, lambda s: decline(s, KEYS, secret, at)).declining


def standings(database):
    with database.read() as session:
        people = session.scalars(select(Participant).order_by(Participant.id))
        return [(person.standing, person.reserve_no) for person in people]


def test_declining_gives_the_place_to_the_next_of_the_reserve_list(database, event, first, second):
    assert standings(database) == [("confirmed", None), ("reserve", 1)]

    assert declining(database, event, first) is Declining.DECLINED

    assert standings(database) == [("canceled", None), ("confirmed", None)]
    with database.read() as session:
        addresses = list(session.scalars(select(Message.address).order_by(Message.id)))
    assert addresses == ["amina@example.org", "bahia@example.org"]


def test_declining_twice_is_the_same_as_once(database, event, first, second):
    answers = [declining(database, event, first) for _ in range(2)]

    assert answers == [Declining.DECLINED] * 2
    assert standings(database) == [("canceled", None), ("confirmed", None)]


def test_declining_is_refused_after_the_arrival_or_the_event(database, event, first, device):
    after = event.ends_at + timedelta(minutes=1)
    late = declining(database, event, first, at=after)
    factories.scan(database, device, factories.code_of(event, first.badge_id))

    assert (late, declining(database, event, first)) == (Declining.TOO_LATE, Declining.TOO_LATE)
    assert standings(database) == [("confirmed", None)]


@pytest.mark.parametrize("change", [lambda s: s[:-3] + "AAA", lambda s: s[1:], lambda s: "é" * 43])
def test_a_forged_declining_link_belongs_to_nobody(database, event, first, change):
    secret = change(secret_of(event, first))

    with pytest.raises(NotFound):
        factories.write(database, lambda session: decline(session, KEYS, secret, NOW))
    assert standings(database) == [("confirmed", None)]


def test_a_declining_link_made_with_another_key_belongs_to_nobody(database, event, first):
    with pytest.raises(NotFound):
        declining(database, event, first, keys=Keys(b"x" * 32))


def test_undoing_a_decline_takes_a_free_place_or_the_end_of_the_reserve_list(
    database, event, first, second
):
    declining(database, event, first)

    over = factories.write(database, lambda s: reinstate(s, event, first.participant_id, now=NOW))
    assert (over, standings(database)) == ("reserve", [("reserve", 2), ("confirmed", None)])

    declining(database, event, second)
    assert standings(database) == [("confirmed", None), ("canceled", None)]
    again = factories.write(database, lambda s: reinstate(s, event, first.participant_id, now=NOW))
    assert again == "confirmed"


def test_a_person_reinstated_before_the_message_was_sent_still_gets_one(database, event, first):
    declining(database, event, first)
    factories.write(database, lambda s: s.execute(update(Message).values(state="failed")))

    factories.write(database, lambda s: reinstate(s, event, first.participant_id, now=NOW))

    with database.read() as session:
        found = session.scalars(select(Message.state).order_by(Message.id)).all()
    assert found == ["failed", "queued"]
