"""Asking for a badge: nothing is looked up at once, and it leaves only for a known address."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from checkin.db.models import BadgeRequest, Message, Outreach, Participant
from checkin.domain.common.problems import InvalidValue
from checkin.errors import NotFound
from checkin.services.channels.badge_requests import (
    Answered,
    answer_requests,
    ask_for_badge,
    event_by_finding_link,
    events_with_requests,
    finding_address,
    typed_contact,
)
from checkin.services.people.registering.registration import cancel
from tests.support import factories
from tests.support.factories import KEYS, NOW, write

EMAIL, PHONE = "amina@example.org", "+212612345678"


@pytest.fixture
def event(database):
    return factories.an_event(database, finds_badges=True)


def asked(database, event, *contacts):
    """Ask with these contacts, and let the worker look them up."""
    for contact in contacts:
        write(database, lambda s, c=contact: ask_for_badge(s, KEYS, s.merge(event), c, NOW))
    return write(database, lambda s: answer_requests(s, KEYS, s.merge(event), NOW))


def mailed(database):
    """Return whom what kind of message waits for, after those of the registration itself."""
    with database.read() as session:
        rows = session.execute(
            select(Message.address, Message.kind)
            .where(Message.kind != "badge")
            .order_by(Message.id)
        )
        return [(row.address, row.kind) for row in rows]


def shown_to_coordinators(database):
    with database.read() as session:
        asked_at = Outreach.asked_at.is_not(None)
        return session.scalars(select(Outreach.participant_id).where(asked_at)).all()


@pytest.mark.parametrize("contact", [EMAIL, PHONE])
def test_the_badge_leaves_for_the_known_email_whatever_was_typed(database, event, contact):
    factories.a_participant(database, event, email=EMAIL, phone=PHONE)

    assert asked(database, event, contact) == Answered(requests=1, mailed=1)
    assert mailed(database) == [(EMAIL, "found")]


def test_who_has_no_email_is_shown_to_their_coordinator(database, event):
    amina = factories.a_participant(database, event, phone=PHONE)

    assert asked(database, event, PHONE) == Answered(requests=1, shown=1)
    assert (mailed(database), shown_to_coordinators(database)) == ([], [amina.participant_id])


def test_who_wants_no_email_is_shown_to_their_coordinator(database, event):
    amina = factories.a_participant(database, event, email=EMAIL)
    write(
        database,
        lambda s: setattr(s.get_one(Participant, amina.participant_id), "no_mail", True),
    )

    assert asked(database, event, EMAIL) == Answered(requests=1, shown=1)


def test_who_is_unknown_gets_nothing_and_the_request_is_erased(database, event):
    factories.a_participant(database, event, email=EMAIL)

    assert asked(database, event, "nobody@example.org", "+212699999999") == Answered(requests=2)
    with database.read() as session:
        left = session.scalar(select(func.count()).select_from(BadgeRequest))
    assert (mailed(database), shown_to_coordinators(database), left) == ([], [], 0)


def test_who_is_canceled_gets_nothing(database, event):
    amina = factories.a_participant(database, event, email=EMAIL)
    write(database, lambda s: cancel(s, s.merge(event), amina.participant_id, now=NOW))

    assert asked(database, event, EMAIL) == Answered(requests=1)


def test_who_waits_for_a_place_is_told_so(database, event):
    full = factories.a_delegation(database, event, "Salé", quota=0)
    factories.a_participant(database, event, delegation=full, email=EMAIL)

    assert asked(database, event, EMAIL) == Answered(requests=1, mailed=1)
    assert mailed(database)[-1] == (EMAIL, "reserve")


def test_a_badge_that_is_not_given_out_yet_does_not_leave(database, event):
    amina = factories.a_participant(database, event, email=EMAIL)
    write(
        database,
        lambda s: setattr(
            s.get_one(Participant, amina.participant_id), "badge_from", NOW + timedelta(hours=1)
        ),
    )

    assert asked(database, event, EMAIL) == Answered(requests=1)


def test_asking_twice_before_it_has_left_sends_it_once(database, event):
    factories.a_participant(database, event, email=EMAIL, phone=PHONE)

    assert asked(database, event, EMAIL, PHONE, EMAIL) == Answered(requests=3, mailed=1)
    assert asked(database, event, EMAIL) == Answered(requests=1)
    assert mailed(database) == [(EMAIL, "found")]


def test_a_family_with_one_number_is_shown_whole(database, event):
    people = [
        factories.a_participant(database, event, name, phone=PHONE, allow_duplicate=True)
        for name in ("Ali", "Omar")
    ]

    assert asked(database, event, PHONE) == Answered(requests=1, shown=2)
    assert shown_to_coordinators(database) == [one.participant_id for one in people]


def test_another_events_people_are_not_looked_up(database, event):
    other = factories.an_event(database, "sale-2025")
    factories.a_participant(database, other, email=EMAIL)

    assert asked(database, event, EMAIL) == Answered(requests=1)


def test_what_was_typed_is_not_readable_in_the_database(database, event):
    write(database, lambda s: ask_for_badge(s, KEYS, s.merge(event), EMAIL, NOW))

    with database.read() as session:
        [sealed] = session.scalars(select(BadgeRequest.sealed))
        assert events_with_requests(session) == [event.id]
    assert EMAIL.encode() not in sealed


def test_the_address_is_the_events_alone_and_ends_with_it(database, event):
    address = finding_address(KEYS, "https://marhaba.example.org", event.id)
    secret = address.rpartition("/")[2]

    with database.read() as session:
        assert event_by_finding_link(session, KEYS, secret, NOW).id == event.id
        with pytest.raises(NotFound):
            event_by_finding_link(session, KEYS, secret, event.ends_at)
        with pytest.raises(NotFound):
            event_by_finding_link(session, KEYS, "a" * 39, NOW)


def test_an_event_without_the_page_has_no_address(database, event):
    secret = finding_address(KEYS, "", event.id).rpartition("/")[2]
    factories.lay_down(database, finds_badges=False)

    with database.read() as session, pytest.raises(NotFound):
        event_by_finding_link(session, KEYS, secret, NOW)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [(" Amina@Example.org ", EMAIL), ("06 12 34 56 78", PHONE), ("٠٦١٢٣٤٥٦٧٨", PHONE)],
)
def test_a_contact_is_read_as_it_is_registered(typed, kept):
    assert typed_contact(typed) == kept


@pytest.mark.parametrize(
    ("typed", "reason"),
    [("", "missing_contact"), ("amina@", "invalid_email"), ("061234", "invalid_phone")],
)
def test_what_is_no_contact_is_refused(typed, reason):
    with pytest.raises(InvalidValue) as refused:
        typed_contact(typed)
    assert refused.value.reason == reason
