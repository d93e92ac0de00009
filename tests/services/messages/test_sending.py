"""A message to many is put into the outbox in batches, for each person once, and may be ended."""

from __future__ import annotations

from collections import Counter
from functools import partial
from threading import Barrier

import pytest
from sqlalchemy import func, select, update

from checkin.db.models import Activity, Announcement, Job, Message, Participant
from checkin.domain.messages.audience import Audience
from checkin.errors import Conflict
from checkin.services.mail.sender import holds_badges
from checkin.services.mail.sending_job import start_sending
from checkin.services.mail.waiting import left_to_send
from checkin.services.messages import sending
from checkin.services.messages.announcements import (
    Written,
    announcement_of,
    change_state,
    write_announcement,
)
from checkin.services.messages.recipients import reach_of
from checkin.services.messages.sending import (
    all_queued,
    begin,
    cancel_announcement,
    progress_of_announcement,
    queue_batch,
)
from checkin.services.people.registering.registration import cancel
from tests.support.factories import KEYS, NOW, write
from tests.support.racing import race

TEXTS = {"fr": Written("Parking", "Bonjour {name},\n\nVoir https://example.org/plan.")}


@pytest.fixture
def people(person):
    return [person(name) for name in ("Amina", "Badr", "Chama", "Dina", "Eva")]


@pytest.fixture
def announcement_id(database, event, operator_id, people) -> int:
    who = {"operator_id": operator_id, "now": NOW}
    return write(database, lambda s: write_announcement(s, event, Audience(), TEXTS, **who).id)


@pytest.fixture
def press_send(database, event, operator_id, announcement_id):
    """A function that has the message sent, as the page does."""

    def press_send(_at: int = 0) -> bool:
        who = {"operator_id": operator_id, "endpoint": "announcements.send", "now": NOW}
        return write(database, lambda s: begin(s, KEYS, event, announcement_id, **who))

    return press_send


@pytest.fixture
def queue(database, event, announcement_id):
    """A function that does as the worker does: batch by batch, at most so many of them."""
    finish = partial(
        all_queued,
        keys=KEYS,
        event=event,
        announcement_id=announcement_id,
        operator_id=None,
        endpoint="delivery.send",
        now=NOW,
    )

    def queue(most: int = 2, batches: int = 100) -> int:
        after = messages = 0
        for _ in range(batches):
            of = {"announcement_id": announcement_id, "after": after, "most": most, "now": NOW}
            batch = write(database, partial(queue_batch, event=event, **of))
            if batch is None:
                return messages
            messages, after = messages + batch.messages, batch.last
            if batch.messages < most:
                write(database, finish)
                return messages
        return messages

    return queue


def state(database, announcement_id) -> str:
    with database.read() as session:
        return session.get_one(Announcement, announcement_id).state


def written_to(database, announcement_id) -> list[str]:
    with database.read() as session:
        of = select(Message.address).where(Message.announcement_id == announcement_id)
        return sorted(address.partition("@")[0] for address in session.scalars(of))


def jobs(database) -> Counter[str]:
    with database.read() as session:
        return Counter(session.scalars(select(Job.kind)))


def subjects(smtp) -> Counter[tuple[str, str]]:
    return Counter((str(m["To"]).partition("@")[0], str(m["Subject"])) for m in smtp.taken())


def test_nothing_is_queued_before_somebody_says_so(database, announcement_id, queue):
    assert (queue(), written_to(database, announcement_id)) == (0, [])


def test_everybody_is_written_to_once_and_the_badges_stay(
    database, event, announcement_id, press_send, queue, send, smtp
):
    assert press_send()
    assert queue() == 5
    assert state(database, announcement_id) == "queued"
    with database.read() as session:
        assert (holds_badges(session, event.id), left_to_send(session, event)) == (True, 5)

    send()

    names = ("amina", "badr", "chama", "dina", "eva")
    assert subjects(smtp) == {(name, "Parking"): 1 for name in names}
    [message] = [m for m in smtp.taken() if str(m["To"]).startswith("amina")]
    said = message.get_body(("plain",)).get_content().replace("\r\n", "\n")
    assert "Bonjour Amina,\n\nVoir https://example.org/plan." in said


def test_badges_leave_too_once_somebody_has_them_sent(
    database, event, operator_id, press_send, queue, send, smtp
):
    press_send()
    queue()
    who = {"endpoint": "delivery.send", "operator_id": operator_id, "now": NOW}
    write(database, lambda s: start_sending(s, KEYS, event, **who))

    send()

    assert sum(subjects(smtp).values()) == 10


def test_whoever_died_in_the_middle_goes_on_and_writes_to_nobody_twice(
    database, announcement_id, press_send, queue
):
    press_send()
    queue(batches=1)
    assert written_to(database, announcement_id) == ["amina", "badr"]

    assert queue() == 3

    assert written_to(database, announcement_id) == ["amina", "badr", "chama", "dina", "eva"]


def test_sending_again_adds_only_those_who_were_not_written_to(
    database, announcement_id, press_send, queue, person
):
    press_send()
    queue()
    person("Faris")

    assert press_send()
    assert queue() == 1
    assert written_to(database, announcement_id)[-1] == "faris"


def test_who_wants_no_mail_by_then_is_not_written_to(
    database, people, announcement_id, press_send, queue, send, smtp
):
    press_send()
    wish = update(Participant).where(Participant.id == people[0]).values(no_mail=True)
    write(database, lambda s: s.execute(wish))
    queue()
    wish = update(Participant).where(Participant.id == people[1]).values(no_mail=True)
    write(database, lambda s: s.execute(wish))

    send()

    assert sorted(name for name, _ in subjects(smtp)) == ["chama", "dina", "eva"]


def test_ending_it_takes_out_what_has_not_left_and_leaves_the_badges(
    database, event, operator_id, announcement_id, press_send, queue
):
    press_send()
    queue(batches=2)
    who = {"operator_id": operator_id, "now": NOW}

    taken_out = write(database, lambda s: cancel_announcement(s, event, announcement_id, **who))

    assert (taken_out, queue(), state(database, announcement_id)) == (4, 0, "canceled")
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(Message)) == 5
    assert write(database, lambda s: cancel_announcement(s, event, announcement_id, **who)) is None


def test_what_was_ended_may_be_sent_again_to_the_rest(
    database, event, operator_id, announcement_id, press_send, queue, send, smtp
):
    press_send()
    queue(batches=1)
    send()
    who = {"operator_id": operator_id, "now": NOW}
    write(database, lambda s: cancel_announcement(s, event, announcement_id, **who))

    press_send()
    queue()
    send()

    names = ("amina", "badr", "chama", "dina", "eva")
    told = {one: n for one, n in subjects(smtp).items() if one[1] == "Parking"}
    assert told == {(name, "Parking"): 1 for name in names}


def test_who_was_canceled_since_is_not_written_to(
    database, event, people, announcement_id, press_send, queue, send, smtp
):
    press_send()
    queue()
    write(database, lambda s: cancel(s, event, people[0], now=NOW))

    send()

    assert "amina" not in {name for name, _ in subjects(smtp)}


def test_nothing_is_sent_after_the_event(database, event, operator_id, announcement_id):
    late = {"operator_id": operator_id, "endpoint": "announcements.send", "now": event.ends_at}

    with pytest.raises(Conflict):
        write(database, lambda s: begin(s, KEYS, event, announcement_id, **late))


def test_what_is_left_when_the_event_ends_does_not_leave(event, press_send, queue, send, smtp):
    press_send()
    queue()

    send(at=event.ends_at)

    assert subjects(smtp) == {}


def test_the_log_tells_who_wrote_to_how_many(database, operator_id, announcement_id, press_send):
    press_send()

    with database.read() as session:
        [line] = session.scalars(select(Activity).where(Activity.action == "message.send"))
    assert (line.operator_id, line.details) == (
        operator_id,
        {"announcement": announcement_id, "about": "written", "people": 5},
    )


def test_progress_tells_each_state(database, announcement_id, press_send, queue, send):
    press_send()
    queue()
    send()

    with database.read() as session:
        announcement = session.get_one(Announcement, announcement_id)
        progress = progress_of_announcement(session, announcement, NOW)
        assert (dict(progress.counts), progress.left) == ({"sent": 5}, 0)
        assert reach_of(session, announcement).left == 0


def test_of_two_who_press_send_at_once_one_has_it_sent(
    database, announcement_id, press_send, queue
):
    assert sorted(race(2, press_send)) == [False, True]

    assert jobs(database) == {"announce": 1}
    assert queue() == 5


def test_control_a_state_that_is_read_and_then_written_lets_both_send(
    postgres_database, database_of, monkeypatch
):
    both_have_read = Barrier(2)

    def read_then_written(session, announcement, before, after, **values):
        was = announcement.state
        both_have_read.wait(60)
        announcement.state = after
        session.flush()
        return was in before

    monkeypatch.setattr(sending, "change_state", read_then_written)

    assert race(2, database_of(postgres_database)) == [True, True]


@pytest.fixture
def database_of():
    """A function that prepares a message in a database, and returns how it is had sent there."""
    from checkin.services.accounts.operators import add_operator
    from tests.support import factories

    def prepared(database):
        event = factories.an_event(database)
        account = {"email": "o@example.org", "name": "Omar", "role": "organiser"}
        operator_id = write(
            database, lambda s: add_operator(s, **account, password=None, now=NOW).operator.id
        )
        who = {"operator_id": operator_id, "now": NOW}
        number = write(
            database, lambda s: write_announcement(s, event, Audience(), TEXTS, **who).id
        )
        who["endpoint"] = "announcements.send"
        return lambda _at: write(database, lambda s: begin(s, KEYS, event, number, **who))

    return prepared


def test_two_workers_at_once_write_to_nobody_twice(
    database, event, people, announcement_id, press_send
):
    press_send()
    of = {"announcement_id": announcement_id, "after": 0, "most": 100, "now": NOW}

    race(2, lambda _at: write(database, partial(queue_batch, event=event, **of)))

    assert written_to(database, announcement_id) == ["amina", "badr", "chama", "dina", "eva"]


def test_ending_it_and_a_batch_at_once_leave_nothing_queued(
    database, event, operator_id, announcement_id, press_send
):
    press_send()
    of = {"announcement_id": announcement_id, "after": 0, "most": 100, "now": NOW}
    who = {"operator_id": operator_id, "now": NOW}

    def one_of_them(at: int) -> object:
        if at:
            return write(database, partial(queue_batch, event=event, **of))
        return write(database, lambda s: cancel_announcement(s, event, announcement_id, **who))

    race(2, one_of_them)

    assert (written_to(database, announcement_id), state(database, announcement_id)) == (
        [],
        "canceled",
    )


def test_a_state_changes_only_from_where_it_is(database, event, announcement_id):
    def changed(session):
        one = announcement_of(session, event, announcement_id)
        return change_state(session, one, {"queued"}, "canceled")

    assert (write(database, changed), state(database, announcement_id)) == (False, "draft")
