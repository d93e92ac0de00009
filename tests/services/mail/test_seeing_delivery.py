"""The report of who received their badge and who did not."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from checkin.db.models import Message
from checkin.services.common.keyset import Turn
from checkin.services.mail.delivery_report import (
    UNREACHED,
    Chosen,
    Delivery,
    delivery_by_delegation,
    page_by_delivery,
    people_by_delivery,
    progress_of,
    resend,
)
from checkin.services.mail.mailbox.bounces import mark_bounced
from tests.support import factories
from tests.support.factories import NOW


@pytest.fixture
def people(database, event):
    """One person for each state of a message, one without an address, one of elsewhere."""
    states = ["sent", "queued", "sending", "bounced", "failed", "unknown"]
    ids = {
        state: factories.a_participant(
            database, event, f"Personne {state}", email=f"{state}@example.org"
        ).participant_id
        for state in states
    }
    ids["no_address"] = factories.a_participant(database, event, "Sans").participant_id
    elsewhere = factories.a_delegation(database, event, "Salé")
    ids["elsewhere"] = factories.a_participant(
        database, event, "Ailleurs", delegation=elsewhere, email="ailleurs@example.org"
    ).participant_id
    for state in states:
        put(database, ids[state], state=state)
    return ids


def put(database, participant_id, **values):
    wanted = Message.participant_id == participant_id
    factories.write(database, lambda s: s.execute(update(Message).where(wanted).values(values)))


def counted(database, event, delegation_id=None):
    with database.read() as session:
        lines = delivery_by_delegation(session, event, delegation_id)
    return {line.delegation.name: (line.with_badge, dict(line.counts)) for line in lines}


def test_every_confirmed_participant_is_counted_once_by_delegation(database, event, people):
    nobody = (Delivery.NO_MESSAGE, Delivery.NO_MAIL)
    one_each = {delivery: 1 for delivery in Delivery if delivery not in nobody}

    assert counted(database, event) == {
        "Khémisset": (7, one_each),
        "Salé": (1, {Delivery.QUEUED: 1}),
    }


def test_a_coordinator_s_delivery_counts_cover_only_their_delegation(database, event, people):
    own = factories.a_delegation(database, event, "Salé")

    assert counted(database, event, own.id) == {"Salé": (1, {Delivery.QUEUED: 1})}


def test_participants_without_a_delivered_badge_are_listed(database, event, people):
    with database.read() as session:
        found = people_by_delivery(session, event, Chosen(UNREACHED))

    assert {one.participant.id: one.delivery for one in found} == {
        people[state]: Delivery(state) for state in ("bounced", "failed", "unknown", "no_address")
    }


def test_only_the_newest_message_of_a_participant_counts(database, event, people):
    factories.write(database, lambda s: resend(s, event, [people["bounced"]], now=NOW))

    assert counted(database, event)["Khémisset"][1][Delivery.QUEUED] == 2


def test_a_resend_repeats_unknown_messages_and_does_not_duplicate_waiting_ones(
    database, event, people
):
    count = factories.write(database, lambda s: resend(s, event, list(people.values()), now=NOW))

    with database.read() as session:
        rows = session.execute(select(Message.address, Message.state)).all()
    waiting = Counter(r.address.partition("@")[0] for r in rows if r.state == "queued")
    assert count == 4
    assert waiting == dict.fromkeys(
        ["queued", "ailleurs", "sent", "bounced", "failed", "unknown"], 1
    )
    assert len(rows) == 7 + 3


def test_a_coordinator_resends_to_their_own_people_only(database, event, people):
    own = factories.a_delegation(database, event, "Khémisset")
    put(database, people["elsewhere"], state="failed")

    count = factories.write(
        database,
        lambda s: resend(
            s, event, [people["elsewhere"], people["failed"]], now=NOW, delegation_id=own.id
        ),
    )

    assert count == 1


def test_the_sending_rate_of_a_slow_server_is_that_of_the_last_three_minutes(
    database, event, people
):
    put(database, people["sent"], handed_at=NOW - timedelta(seconds=10))
    put(database, people["failed"], handed_at=NOW - timedelta(minutes=10))

    with database.read() as session:
        now = progress_of(session, event, NOW)
        later = progress_of(session, event, NOW + timedelta(minutes=5))

    assert (now.counts[Delivery.QUEUED], now.rate, now.left_s) == (2, 0.006, 540)
    assert (later.rate, later.left_s) == (0.0, None)


def test_only_a_sent_message_can_bounce(database, event, people):
    with database.read() as session:
        ids = {m.state: m.id for m in session.scalars(select(Message).order_by(Message.id))}

    marked = {
        state: factories.write(database, lambda s, i=i: mark_bounced(s, i, "550 gone", NOW))
        for state, i in ids.items()
    }

    assert [state for state, done in marked.items() if done] == ["sent", "unknown"]


def test_pages_of_deliveries_hold_everybody_once_and_turn_back(database, event, people):
    everybody = Chosen()
    with database.read() as session:
        first = page_by_delivery(session, event, everybody, Turn(), 5)
        last = first.people[-1].participant.id
        second = page_by_delivery(session, event, everybody, Turn(after=last), 5)
        back = page_by_delivery(
            session, event, everybody, Turn(before=second.people[0].participant.id), 5
        )
        whole = people_by_delivery(session, event, everybody)

    ids = [one.participant.id for page in (first, second) for one in page.people]
    assert ids == [one.participant.id for one in whole]
    assert (first.has_previous, first.has_next) == (False, True)
    assert (second.has_previous, second.has_next) == (True, False)
    assert [one.participant.id for one in back.people] == ids[:5]
