"""The sending of a worker goes to telephones: beside e-mails, without a mail server, killed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from checkin.db.models import JobState, Message
from checkin.domain.mail.rules import STALE_AFTER
from checkin.services.mail.sending_job import start_sending
from tests.support import factories
from tests.support.asked_jobs import ended, job_now
from tests.support.factories import KEYS, write
from tests.support.others.telephone_gateways import HERE, gateways, set_channels
from tests.support.servers.inline_worker import do_waiting_jobs
from tests.support.servers.server_process import free_port
from tests.support.servers.working import working
from tests.support.waiting import wait_for


@pytest.fixture
def settings(settings):
    return settings.model_copy(update={"outgoing_allowed": HERE})


@pytest.fixture
def phones():
    with gateways() as running:
        yield running


@pytest.fixture
def event(database):
    return factories.postponed(database, factories.an_event(database))


def start(database, event) -> int:
    given = {"endpoint": "delivery.send", "operator_id": None, "now": datetime.now(UTC)}
    return write(database, lambda s: start_sending(s, KEYS, event, **given).id)


def sent(database) -> list[tuple[str, str]]:
    with database.read() as session:
        rows = session.execute(select(Message.channel, Message.state).order_by(Message.id))
        return sorted(tuple(row) for row in rows)


def test_e_mails_and_messages_to_telephones_leave_in_one_sending(
    database, settings, smtp, event, phones
):
    set_channels(database, phones)
    factories.a_participant(database, event, "Amina Alaoui", email="amina@example.org")
    never = {"email": "never1@example.org", "phone": "+212612345678"}
    factories.a_participant(database, event, "Omar Tazi", **never)
    factories.a_participant(database, event, "Zineb Idrissi", phone="+212612345679")
    job_id = start(database, event)

    do_waiting_jobs(database, KEYS, settings)

    job = job_now(database, job_id)
    assert (job.state, job.done, job.total) == (JobState.DONE, 4, 4)
    assert sent(database) == [
        ("email", "failed"),
        ("email", "sent"),
        ("whatsapp", "sent"),
        ("whatsapp", "sent"),
    ]
    assert phones.whatsapp == {"+212612345678": 1, "+212612345679": 1}


def test_telephones_need_no_mail_server(database, settings, event, phones):
    set_channels(database, phones)
    factories.a_participant(database, event, "Amina Alaoui", email="amina@example.org")
    factories.a_participant(database, event, "Zineb Idrissi", phone="+212612345679")
    away = settings.model_copy(update={"mail_url": f"smtp://127.0.0.1:{free_port()}"})
    job_id = start(database, event)

    do_waiting_jobs(database, KEYS, away)

    job = job_now(database, job_id)
    assert (job.state, job.problem["code"]) == (JobState.FAILED, "mail_refused")
    assert sent(database) == [("email", "queued"), ("whatsapp", "sent")]


def test_a_stopped_channel_does_not_keep_the_sending_open(database, settings, event, phones):
    set_channels(database, phones, whatsapp_token="an old one")
    factories.a_participant(database, event, "Zineb Idrissi", phone="+212612345679")
    job_id = start(database, event)

    do_waiting_jobs(database, KEYS, settings)

    assert job_now(database, job_id).state == JobState.DONE
    assert sent(database) == [("whatsapp", "queued")]


@pytest.mark.timeout(240)
def test_the_sending_goes_on_after_kills_and_nobody_gets_two_sms(database, settings, event, phones):
    set_channels(database, phones, channel_order="sms email whatsapp")
    numbers = [f"+2126123456{number:02}" for number in range(40)]
    for number, phone in enumerate(numbers):
        factories.a_participant(database, event, f"Personne {number}", phone=phone)
    job_id = start(database, event)
    for kills in (1, 2):
        with working(settings, "one"):
            wait_for(lambda so_far=kills: len(phones.sms) >= 5 * so_far, "SMS to leave", 120)
    long_ago = datetime.now(UTC) - STALE_AFTER - timedelta(minutes=1)
    stale = update(Message).where(Message.state == "sending").values(claimed_at=long_ago)
    write(database, lambda s: s.execute(stale))
    with working(settings, "one"):
        job = ended(database, job_id, 120)

    assert job.state == JobState.DONE
    assert phones.sms == dict.fromkeys(numbers, 1)
    assert sent(database) == [("sms", "sent")] * 40
