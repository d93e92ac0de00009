"""Messages about a change leave at once, and badges that nobody has had sent stay meanwhile."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from checkin.db.models import Job, Sending
from checkin.domain.messages.kinds import MessageKind
from checkin.services.jobs.queue import FINAL
from checkin.services.mail.sender import holds_badges, sender_seen, sending_of, set_sending
from checkin.services.mail.sending_job import send_the_rest, start_sending, start_telling
from checkin.services.mail.waiting import left_to_send
from checkin.services.people.badge_messages import tell
from checkin.services.people.registering.registration import cancel
from tests.support.factories import KEYS, NOW, write


@pytest.fixture
def asked(database, event, operator_id):
    """A function that asks for a sending in one way, and returns the job's id."""

    def asked(how) -> int | None:
        who = {"endpoint": "delivery.send", "operator_id": operator_id, "now": NOW}

        def work(session) -> int | None:
            job = how(session, KEYS, event, **who)
            return job.id if job else None

        return write(database, work)

    return asked


@pytest.fixture
def held(database, event):
    """A function that says whether badges stay, and how many messages may leave."""

    def held() -> tuple[bool, int]:
        with database.read() as session:
            return holds_badges(session, event.id), left_to_send(session, event)

    return held


@pytest.fixture
def told(database, event, person):
    """Amina's badge waits; Omar is canceled, and to be told."""
    person("Amina")
    omar = person("Omar")
    write(database, lambda s: cancel(s, event, omar, now=NOW))
    write(database, lambda s: tell(s, event, omar, MessageKind.CANCELED, NOW))


def jobs(database) -> int:
    with database.read() as session:
        return session.scalars(select(func.count()).select_from(Job)).one()


def test_telling_holds_the_badges_and_sending_releases_them(asked, told, held):
    first = asked(start_telling)
    assert held() == (True, 1)

    assert asked(start_telling) == asked(start_sending) == first
    assert held() == (False, 3)


def test_telling_joins_a_sending_that_is_under_way(asked, told, held):
    assert asked(start_sending) == asked(start_telling)
    assert held() == (False, 3)


def test_telling_leaves_a_command_that_sends_as_it_is(database, event, asked, told, held):
    write(database, lambda s: sender_seen(s, event.id, NOW))

    asked(start_telling)

    assert held() == (False, 3)


def test_telling_does_not_end_a_pause(database, event, operator_id, asked, told):
    who = {"operator_id": operator_id, "now": NOW}
    write(database, lambda s: set_sending(s, event, Sending.PAUSED, **who))

    asked(start_telling)

    with database.read() as session:
        assert sending_of(session, event.id) is Sending.PAUSED


def test_what_was_queued_while_a_sending_ended_is_sent_by_another(database, asked, told):
    number = asked(start_telling)
    asked(send_the_rest)
    assert jobs(database) == 1

    def end(session) -> None:
        session.get_one(Job, number).state = next(iter(FINAL))

    write(database, end)
    asked(send_the_rest)
    assert jobs(database) == 2


def test_a_sending_that_has_left_nothing_asks_for_no_other(database, asked):
    asked(send_the_rest)

    assert jobs(database) == 0
