"""A help desk replaces a badge once, however often and by how many it is asked."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from checkin.db.models import Activity, Badge, BadgePrint, Message, Participant
from checkin.domain.scanning.reasons import Reason
from checkin.errors import Conflict, NotFound
from checkin.services.badges.replacing import FRESH_FOR, replace_badge
from checkin.services.people.registering.registration import cancel
from tests.support import factories
from tests.support.factories import KEYS, NOW, write
from tests.support.racing import race


@pytest.fixture
def person(database, event):
    return factories.a_participant(database, event, "Amina Alaoui", email="amina@example.org")


def replace(database, event, device, person, now=NOW, *, is_told=True):
    return replace_badge(
        database,
        event.id,
        person.participant_id,
        device_id=device.id,
        keys=KEYS,
        design="card",
        now=now,
        is_told=is_told,
    )


def queued(database):
    """Return the kind and the state of the badge of each message."""
    with database.read() as session:
        found = session.execute(
            select(Message.kind, Badge.issue).join(Badge, Badge.id == Message.badge_id)
        )
        return sorted((str(kind), issue) for kind, issue in found)


def test_the_badge_before_is_refused_and_the_new_one_is_drawn(database, event, device, person):
    old = factories.code_of(event, person.badge_id)

    new = replace(database, event, device, person)

    assert (new.issue, new.pdf[:5], new.png[1:4], new.size_mm) == (2, b"%PDF-", b"PNG", (86, 54))
    assert factories.scan(database, device, old).reason == Reason.REVOKED
    with database.read() as session:
        assert session.scalars(select(BadgePrint.design)).all() == ["card"]
        [logged] = session.scalars(select(Activity).where(Activity.action == "badge.reissue"))
    assert (logged.device_id, logged.details["issue"]) == (device.id, 2)


def test_asked_again_soon_it_draws_the_same_badge_and_later_a_newer_one(
    database, event, device, person
):
    first, again = (replace(database, event, device, person, NOW) for _ in range(2))
    later = replace(database, event, device, person, NOW + FRESH_FOR)

    assert (first.issue, again.issue, later.issue) == (2, 2, 3)
    assert first.pdf == again.pdf != later.pdf


def test_two_who_press_at_once_get_one_new_badge(database, event, device, person):
    got = race(2, lambda _at: replace(database, event, device, person).issue)

    with database.read() as session:
        issues = session.scalars(select(Badge.issue).order_by(Badge.issue)).all()
    assert (got, issues) == ([2, 2], [1, 2])


def test_a_message_brings_it_too_once_or_not_as_is_asked(database, event, device, person):
    before = queued(database)

    handed_over = replace(database, event, device, person, is_told=False)
    kept = queued(database)
    sent, again = (replace(database, event, device, person) for _ in range(2))

    assert (handed_over.told, kept) == (False, before)
    assert [(one.issue, one.told) for one in (sent, again)] == [(2, True)] * 2
    assert queued(database) == sorted([*before, ("replaced", 2)])


def test_a_new_badge_for_who_has_no_address_or_wants_no_messages_is_told_to_nobody(
    database, event, device, person
):
    def silence(session):
        session.get_one(Participant, person.participant_id).no_mail = True

    write(database, silence)

    assert replace(database, event, device, person).told is False
    assert ("replaced", 2) not in queued(database)


def test_who_is_canceled_gets_no_new_badge(database, event, device, person):
    write(database, lambda s: cancel(s, event, person.participant_id, now=NOW))

    with pytest.raises(Conflict):
        replace(database, event, device, person)


def test_of_who_is_to_be_checked_first_a_help_desk_learns_not_even_that_they_are(
    database, event, device, person
):
    def uncheck(session):
        cancel(session, event, person.participant_id, now=NOW)
        session.get_one(Participant, person.participant_id).unchecked_as = "confirmed"

    write(database, uncheck)

    with pytest.raises(NotFound):
        replace(database, event, device, person)
