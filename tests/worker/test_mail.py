"""The sending of badges by a worker: to a real mail server, through pauses, limits and kills."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, update

from checkin.db.models import Event, Job, JobState, Message, Operator, Sending
from checkin.domain.mail.rules import STALE_AFTER
from checkin.domain.mail.server import MailServer, destination_of
from checkin.services.accounts.operators import add_operator
from checkin.services.jobs.queue import cancel, result_of
from checkin.services.mail import sending_job
from checkin.services.mail.sender import DAY, is_being_sent, set_sending
from checkin.services.mail.sending_job import start_sending
from checkin.services.mail.server_settings import keep_mail
from checkin.services.mail.waiting import Wait, WaitsFor, wait_of
from tests.services.mail.mail_server import MailServer as TakingServer
from tests.services.mail.test_delivery_crashes import a_sender, queue, states_by_name
from tests.support import factories
from tests.support.asked_jobs import ended, job_now
from tests.support.factories import KEYS, NOW
from tests.support.racing import race
from tests.support.servers.server_process import free_port
from tests.support.servers.working import working
from tests.support.waiting import wait_for


@pytest.fixture
def operator(database) -> Operator:
    return factories.write(
        database,
        lambda s: (
            add_operator(
                s, email="o@example.org", name="Omar", role="organiser", password=None, now=NOW
            ).operator
        ),
    )


@pytest.fixture
def start(database, operator):
    """A function that asks for the sending of an event's messages, and returns the job's id."""

    def start(event: Event) -> int:
        who = {"operator_id": operator.id, "now": datetime.now(UTC)}
        return factories.write(
            database,
            lambda s: start_sending(s, KEYS, event, endpoint="delivery.send", **who).id,
        )

    return start


def change(database, *which, **values) -> None:
    factories.write(database, lambda s: s.execute(update(Message).where(*which).values(values)))


def waits(database, event, per_day: int = 4000) -> Wait | None:
    with database.read() as session:
        return wait_of(session, event, datetime.now(UTC), per_day)


def in_state(database, *states: str) -> int:
    with database.read() as session:
        wanted = select(func.count()).select_from(Message).where(Message.state.in_(states))
        return session.scalars(wanted).one()


def taken(smtp: TakingServer) -> int:
    return len(list(smtp.folder.iterdir()))


def taken_by(smtp: TakingServer) -> Counter[str]:
    return Counter(str(message["To"]).partition("@")[0] for message in smtp.taken())


def test_all_messages_leave_and_the_job_says_how_they_fared(database, settings, smtp, start):
    event = queue(database, ["amina", "never1", "omar", "dropped1"])
    with working(settings):
        job = ended(database, start(event))

    assert (job.state, job.done, job.total) == (JobState.DONE, 4, 4)
    assert result_of(KEYS, job) == {"sent": 2, "failed": 1, "unknown": 1}
    assert taken_by(smtp) == {"amina": 1, "omar": 1, "dropped1": 1}
    with database.read() as session:
        assert not is_being_sent(session, event.id, datetime.now(UTC))


def test_the_job_waits_for_what_was_refused_for_now_and_then_sends_it(
    database, settings, smtp, start
):
    event = queue(database, ["once1", "amina"])
    with working(settings):
        job_id = start(event)
        wait_for(lambda: waits(database, event), "the second try")
        waited, state = waits(database, event), job_now(database, job_id).state
        change(database, Message.state == "queued", next_try_at=datetime.now(UTC))
        job = ended(database, job_id)

    assert (waited.reason, waited.messages, state) == (WaitsFor.NEXT_TRY, 1, JobState.RUNNING)
    assert waited.until > datetime.now(UTC)
    assert (job.state, taken_by(smtp)) == (JobState.DONE, {"once1": 1, "amina": 1})


def test_the_job_waits_for_the_day_s_limit_and_then_goes_on(database, settings, smtp, start):
    event = queue(database, [f"person{number}" for number in range(5)])
    with working(settings.model_copy(update={"mail_per_day": 3})):
        job_id = start(event)
        wait_for(lambda: in_state(database, "sent") == 3, "three messages to leave")
        waited = waits(database, event, per_day=3)
        assert job_now(database, job_id).state == JobState.RUNNING
        change(database, Message.state == "sent", handed_at=datetime.now(UTC) - DAY)
        job = ended(database, job_id)

    assert (waited.reason, waited.messages) == (WaitsFor.DAY_LIMIT, 2)
    assert timedelta(hours=23) < waited.until - datetime.now(UTC) <= DAY
    assert (job.state, len(smtp.taken())) == (JobState.DONE, 5)


def test_a_paused_sending_waits_and_goes_on_when_it_is_resumed(database, settings, smtp, start):
    event = queue(database, ["amina", "omar"])

    def switch(sending: Sending) -> None:
        now = datetime.now(UTC)
        factories.write(
            database, lambda s: set_sending(s, event, sending, operator_id=None, now=now)
        )

    job_id = start(event)
    switch(Sending.PAUSED)
    with working(settings):
        wait_for(lambda: job_now(database, job_id).total == 2, "the job to look")
        waited = waits(database, event)
        assert (waited, smtp.taken()) == (Wait(WaitsFor.SWITCH, 2), [])
        switch(Sending.RUNNING)
        job = ended(database, job_id)

    assert (job.state, taken_by(smtp)) == (JobState.DONE, {"amina": 1, "omar": 1})


def test_a_canceled_sending_leaves_the_rest_in_the_queue(database, settings, smtp, start):
    event = queue(database, ["later1", "amina"])
    with working(settings):
        job_id = start(event)
        wait_for(lambda: in_state(database, "sent") == 1, "the first message")
        now = datetime.now(UTC)
        factories.write(database, lambda s: cancel(s, s.get_one(Job, job_id), now))
        job = ended(database, job_id)

    assert (job.state, in_state(database, "queued"), taken_by(smtp)) == (
        JobState.CANCELED,
        1,
        {"amina": 1},
    )
    with database.read() as session:
        assert not is_being_sent(session, event.id, datetime.now(UTC))


@pytest.mark.parametrize("how", ["refused", "away", "near"])
def test_where_the_server_takes_nothing_the_job_ends_with_its_answer(
    database, settings, start, how
):
    event = queue(database, ["amina"])
    changed = {
        "refused": {"mail_from": "unwelcome@example.org"},
        "away": {"mail_url": f"smtp://127.0.0.1:{free_port()}"},
        "near": {"base_url": "http://localhost:8000"},
    }[how]
    with working(settings.model_copy(update=changed)):
        job = ended(database, start(event))

    answer = job.problem["values"].get("answer", "")
    assert (job.state, in_state(database, "queued")) == (JobState.FAILED, 1)
    assert {
        "refused": job.problem["code"] == "mail_refused" and "we take nothing from you" in answer,
        "away": job.problem["code"] == "mail_refused" and "refused" in answer,
        "near": job.problem["code"] == "mail_address",
    }[how]


def test_a_mail_server_that_is_changed_on_the_page_is_used_by_a_sending_that_waits(
    database, settings, smtp, start
):
    """Neither the worker nor the server is started again."""
    nowhere = f"smtp://127.0.0.1:{free_port()}"
    on_the_page = settings.model_copy(update={"mail_url": ""})
    event = queue(database, ["amina", "omar"])

    def choose(url: str, **limits: str) -> None:
        to = destination_of(url)
        assert isinstance(to, MailServer)
        form = {"host": "localhost", "port": str(to.port), "encryption": "refused", **limits}
        factories.write(
            database, lambda s: keep_mail(s, KEYS, on_the_page.mail_given, form, now=NOW)
        )

    choose(nowhere)
    with working(on_the_page):
        halted = ended(database, start(event))
        choose(smtp.url, per_minute="1")
        job_id = start(event)
        wait_for(lambda: taken(smtp) == 1, "the first message to leave", 60)
        choose(smtp.url)
        job = ended(database, job_id)

    assert halted.problem["values"]["fault"] == "nothing_listens"
    assert (job.state, taken(smtp)) == (JobState.DONE, 2)


@pytest.mark.timeout(240)
def test_the_sending_goes_on_however_often_the_worker_is_killed_and_nobody_gets_two(
    database, settings, smtp, start
):
    """Four kills are more than any other job may have."""
    names = [f"plain{number}" for number in range(20)]
    event = queue(database, names)
    job_id = start(event)
    for kills in range(1, 5):
        with working(settings, "one"):
            wait_for(lambda so_far=kills: taken(smtp) >= 3 * so_far, "messages to leave", 120)
    long_ago = datetime.now(UTC) - 2 * STALE_AFTER
    change(database, Message.state == "sending", claimed_at=long_ago)
    with working(settings, "one"):
        job = ended(database, job_id, 120)

    states, copies = states_by_name(database), taken_by(smtp)
    assert (job.state, job.attempts) == (JobState.DONE, 5)
    assert set(states.values()) <= {"sent", "unknown"}
    assert list(states.values()).count("unknown") <= 4
    assert [name for name in names if states[name] == "sent" and copies[name] != 1] == []
    assert [name for name in names if copies[name] > 1] == []


def test_a_job_and_a_command_that_send_at_once_share_the_messages(database, settings, smtp, start):
    names = [f"plain{number}" for number in range(40)]
    event = queue(database, names)
    with working(settings):
        job_id = start(event)
        process = a_sender(database, smtp, 0)
        job = ended(database, job_id)
        process.communicate()

    assert (job.state, taken_by(smtp)) == (JobState.DONE, Counter(names))


def test_one_event_s_mail_that_waits_keeps_no_other_event_s_back(database, settings, smtp, start):
    waiting_one = queue(database, ["later1"])
    other = factories.an_event(database, "sale-2025")
    factories.a_participant(database, other, email="amina@example.org")
    change(database, Message.event_id == other.id, next_try_at=NOW)
    with working(settings):
        first = start(waiting_one)
        wait_for(lambda: waits(database, waiting_one), "the first event to wait")
        second = ended(database, start(other))

        assert (second.state, job_now(database, first).state) == (JobState.DONE, JobState.RUNNING)


def jobs_of_a_race(database, event, start) -> list[int]:
    race(8, lambda _: start(event))
    with database.read() as session:
        return list(session.scalars(select(Job.id)))


def test_eight_who_ask_at_once_get_one_sending(database, event, start):
    assert len(jobs_of_a_race(database, event, start)) == 1


def test_control_without_taking_turns_two_who_ask_at_once_get_two_sendings(
    postgres_database, monkeypatch
):
    database = postgres_database
    event = factories.an_event(database)
    monkeypatch.setattr(sending_job, "take_turn", lambda _: None)

    def start(session):
        start_sending(session, KEYS, event, endpoint="delivery.send", operator_id=None, now=NOW)

    def start_while_another_starts(session):
        start(session)
        factories.write(database, start)

    factories.write(database, start_while_another_starts)

    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(Job)) == 2
