"""A message to many by a worker: into the outbox and to a real mail server, through a kill."""

from __future__ import annotations

import os
import signal
from collections import Counter
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from checkin.db.models import Announcement, Message, MessageState
from checkin.domain.messages.audience import Audience
from checkin.services.accounts.operators import add_operator
from checkin.services.messages import sending
from checkin.services.messages.announcements import Written, write_announcement
from checkin.services.messages.sending import begin
from tests.services.mail.mail_server import MailServer
from tests.support import factories
from tests.support.asked_jobs import ask, ended
from tests.support.factories import KEYS, write
from tests.support.servers.inline_worker import do_waiting_jobs
from tests.support.servers.working import working
from tests.support.waiting import wait_for

PEOPLE = 40
TEXTS = {"fr": Written("Parking", "Bonjour {name}."), "ar": Written("الموقف", "مرحبا {name}.")}


@pytest.fixture
def sent(database, event) -> int:
    """The id of a message to forty people that somebody has just had sent."""
    event = factories.postponed(database, event)
    for number in range(PEOPLE):
        given = {"email": f"p{number}@example.org", "language": "ar" if number % 2 else "fr"}
        factories.a_participant(database, event, f"Personne {number}", **given)
    account = {"email": "o@example.org", "name": "Omar", "role": "organiser", "password": None}

    def work(session) -> int:
        # A job of long ago would be forgotten before it is done.
        now = datetime.now(UTC)
        who = {"operator_id": add_operator(session, **account, now=now).operator.id, "now": now}
        number = write_announcement(session, event, Audience(), TEXTS, **who).id
        begin(session, KEYS, event, number, endpoint="announcements.send", **who)
        return number

    return write(database, work)


def of_announcement(database, number: int, *states: MessageState) -> int:
    with database.read() as session:
        ours = [Message.announcement_id == number]
        if states:
            ours.append(Message.state.in_(states))
        return session.scalars(select(func.count()).select_from(Message).where(*ours)).one()


def state(database, number: int) -> str:
    with database.read() as session:
        return session.get_one(Announcement, number).state


def taken(smtp: MailServer) -> Counter[tuple[str, str]]:
    return Counter((str(m["To"]).partition("@")[0], str(m["Subject"])) for m in smtp.taken())


def wanted() -> dict[tuple[str, str], int]:
    return {(f"p{n}", "الموقف" if n % 2 else "Parking"): 1 for n in range(PEOPLE)}


def test_a_worker_that_is_killed_goes_on_by_itself_and_writes_to_everybody_once(
    database, settings, smtp, sent
):
    with working(settings, "worker") as first:
        wait_for(lambda: len(list(smtp.folder.iterdir())) >= 5, "the first messages")
        os.kill(first.pid or 0, signal.SIGKILL)
    with working(settings, "worker"):
        wait_for(lambda: all_have_left(database, sent), "the last message", timeout_s=120)

    # The message at hand of the killed process is of unknown fate, and is not repeated.
    at_hand = of_announcement(database, sent, MessageState.SENDING, MessageState.UNKNOWN)
    told = taken(smtp)
    assert (max(told.values()), of_announcement(database, sent)) == (1, PEOPLE)
    assert at_hand <= 1
    assert PEOPLE - at_hand <= len(told)
    assert set(told) <= set(wanted())


def all_have_left(database, number: int) -> bool:
    """Whether all is in the outbox and nothing waits, but for what a killed process had at hand."""
    waiting = of_announcement(database, number, MessageState.QUEUED)
    left = of_announcement(database, number, MessageState.SENT)
    return state(database, number) == "queued" and not waiting and left >= PEOPLE - 1


def test_a_job_that_ends_in_the_middle_is_taken_up_where_it_was(
    database, settings, sent, monkeypatch
):
    monkeypatch.setattr(sending, "BATCH", {"sqlite": 10, "postgresql": 10})
    monkeypatch.setattr("checkin.worker.work.announcements.BATCH", {"sqlite": 10, "postgresql": 10})
    ends_after = 2

    def is_to_end() -> bool:
        return of_announcement(database, sent) >= 10 * ends_after

    do_waiting_jobs(database, KEYS, settings, is_to_end)
    begun = (of_announcement(database, sent), state(database, sent))
    do_waiting_jobs(database, KEYS, settings)

    assert begun == (20, "queueing")
    assert (of_announcement(database, sent), state(database, sent)) == (PEOPLE, "queued")


def test_whom_no_e_mail_reaches_is_listed_with_their_telephone(database, settings, event, sent):
    given = {"email": None, "phone": "+212612345678"}
    factories.a_participant(database, event, "Zineb Tazi", **given)

    number = ask(database, "announcement_list", event_id=event.id, announcement=sent)
    do_waiting_jobs(database, KEYS, settings)

    from checkin.services.jobs.queue import result_of

    assert result_of(KEYS, ended(database, number)) == {"people": 1}
