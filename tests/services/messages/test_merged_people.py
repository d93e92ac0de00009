"""Two records of one person that are merged: what each was written, and what the person gets."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from checkin.db.models import Message, MessageState, Participant
from checkin.domain.messages.audience import Audience
from checkin.domain.messages.kinds import MessageKind
from checkin.services.messages.announcements import Written, write_announcement
from checkin.services.messages.recipients import chosen
from checkin.services.messages.sending import begin, queue_batch
from checkin.services.people.badge_messages import tell
from tests.services.scanning.merged import LATER, merge, take_back
from tests.support.factories import KEYS, NOW, write

TEXTS = {"fr": Written("Parking", "Bonjour {name},\n\nVoir https://example.org/plan.")}


@pytest.fixture
def amina(person):
    return person("Amina")


@pytest.fixture
def again(person):
    """The same person, registered once more with another address."""
    return person("Emina")


@pytest.fixture
def written_to(database):
    """A function that returns the kind and the state of each message to a person."""

    def written_to(number: int) -> list[tuple[str, str]]:
        wanted = select(Message.kind, Message.state).where(Message.participant_id == number)
        with database.read() as session:
            return [tuple(row) for row in session.execute(wanted.order_by(Message.id))]

    return written_to


def sent(database):
    """Have all messages sent."""
    write(database, lambda s: s.execute(update(Message).values(state=MessageState.SENT)))


def test_what_both_were_written_stays_with_each_and_comes_back(
    database, event, operator_id, amina, again, written_to
):
    who = {"operator_id": operator_id, "now": NOW}
    number = write(database, lambda s: write_announcement(s, event, Audience(), TEXTS, **who).id)
    write(database, lambda s: begin(s, KEYS, event, number, endpoint="announcements.send", **who))
    write(database, lambda s: queue_batch(s, event, number, after=0, most=9, now=NOW))
    sent(database)
    before = written_to(amina), written_to(again)

    kept = merge(database, event, amina, again)
    other = again if kept == amina else amina

    assert written_to(other) == [("written", "sent")]
    assert sorted(written_to(kept)) == [("badge", "sent"), ("badge", "sent"), ("written", "sent")]
    take_back(database, event, other)
    assert (written_to(amina), written_to(again)) == before


def test_a_badge_that_is_refused_since_the_merge_tells_nobody_anything(
    database, event, amina, again, written_to
):
    write(
        database,
        lambda s: s.execute(
            update(Message).where(Message.participant_id == amina).values(state=MessageState.SENT)
        ),
    )
    assert merge(database, event, amina, again) == amina

    told = write(database, lambda s: tell(s, event, amina, MessageKind.CONFIRMED, LATER))

    assert told == 1
    assert written_to(amina) == [
        ("badge", "sent"),
        ("badge", "queued"),  # the other record's: it does not leave any more
        ("confirmed", "queued"),
    ]


def test_who_was_mailed_only_the_other_records_badge_has_none_yet(database, event, person):
    amina = person("Amina", email=None)
    merge(database, event, amina, person("Mina"), kept=amina)

    sent(database)

    with database.read() as session:
        of = chosen(event.id, Audience(has_badge=True))
        assert session.scalars(select(Participant.name).where(*of)).all() == []
