"""E-mails to a real SMTP server process: each ends in one state, and none is sent twice."""

from __future__ import annotations

import io
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import make_msgid
from itertools import pairwise
from pathlib import Path
from threading import Thread

import pytest
from PIL import Image
from sqlalchemy import select, update

from badges.texts import texts_in
from checkin.db.engine import Database
from checkin.db.models import Event, Message, Sending
from checkin.domain.mail.faults import MailFault
from checkin.domain.mail.rules import STALE_AFTER, WAITS, Fate
from checkin.domain.mail.server import destination_of
from checkin.services.badges.issue import reissue_badge
from checkin.services.badges.specs import badge_specs
from checkin.services.mail import claims
from checkin.services.mail.claims import retry_unknown
from checkin.services.mail.outbox import Ended, PostOffice, Run, send_due, states
from checkin.services.mail.outcomes import Letter
from checkin.services.mail.post import send_now
from checkin.services.mail.sender import DAY, Sender, bounce_mark, left_since, set_sending
from checkin.services.mail.smtp import SmtpTransport
from checkin.services.mail.transport import transport_to
from checkin.services.people.registering.registration import cancel
from tests.badges.reading import codes_in
from tests.services.mail.mail_server import MailServer, mail_server
from tests.support import factories
from tests.support.factories import KEYS, NOW
from tests.support.racing import race
from tests.support.servers.server_process import free_port

SENDER = Sender("Marhaba <badges@example.org>", "https://marhaba.example.org")


@pytest.fixture
def smtp(tmp_path: Path) -> Iterator[MailServer]:
    with mail_server(tmp_path / "taken") as smtp:
        yield smtp


def run(
    database: Database, event: Event, url: str, *, at=NOW, sender=SENDER, clock=None, **more
) -> Run:
    with closing(transport_to(destination_of(url))) as transport:
        post = PostOffice(database, event, KEYS, transport, sender, clock=clock or (lambda: at))
        return send_due(post, **more)


def send(database: Database, event: Event, url: str, *, at=NOW) -> dict[Fate, int]:
    return dict(run(database, event, url, at=at).fates)


def this_moment() -> datetime:
    return NOW + timedelta(seconds=time.monotonic())


def registered(database: Database, event: Event, *names: str) -> list[int]:
    return [
        factories.a_participant(
            database, event, name=f"Personne {name}", email=f"{name}@example.org"
        ).participant_id
        for name in names
    ]


def a_letter() -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"] = "badges@example.org", "samira@example.org"
    message["Message-ID"] = make_msgid(domain="example.org")
    message.set_content("Un compte a été ouvert pour vous.")
    return message


def outbox(database: Database) -> list[tuple[str, int, str | None]]:
    with database.read() as session:
        rows = session.execute(
            select(Message.state, Message.attempts, Message.last_answer).order_by(Message.id)
        )
        return [tuple(row) for row in rows]


def test_each_participant_receives_their_own_badge(database, event, smtp) -> None:
    registered(database, event, "amina", "omar")

    assert send(database, event, smtp.url) == {Fate.SENT: 2}

    with database.read() as session:
        codes = {spec.code: spec.number for spec in badge_specs(session, event, KEYS)}
        numbers = {m.address: str(m.participant_id) for m in session.scalars(select(Message))}
    found = {message["To"]: codes[_code_in(message)] for message in smtp.taken()}
    assert found == numbers


def test_a_message_has_text_html_picture_and_pdf_and_does_not_name_the_event_in_headers(
    database, event, smtp
) -> None:
    registered(database, event, "amina")
    send(database, event, smtp.url)

    [message] = smtp.taken()

    kinds = [part.get_content_type() for part in message.walk() if not part.is_multipart()]
    assert kinds == ["text/plain", "text/html", "image/png", "application/pdf", "text/calendar"]
    assert event.name not in str(message["Subject"]) + str(message["From"])
    assert event.name in message.get_body(("plain",)).get_content()


def test_the_message_of_a_reissued_badge_says_that_the_earlier_one_is_invalid(
    database, event, smtp
) -> None:
    amina, _ = registered(database, event, "amina", "omar")
    reissued = {"keys": KEYS, "reason": "lost", "now": NOW}
    factories.write(database, lambda session: reissue_badge(session, event, amina, **reissued))

    run(database, event, smtp.url)

    told = {
        message["To"]: texts_in("fr").replaces in message.get_body(("plain",)).get_content()
        for message in smtp.taken()
    }
    assert told == {"amina@example.org": True, "omar@example.org": False}


def test_the_calendar_of_a_sensitive_event_does_not_name_it(database, event, smtp) -> None:
    registered(database, event, "amina")
    run(database, event, smtp.url)

    [message] = smtp.taken()
    [part] = [part for part in message.walk() if part.get_content_type() == "text/calendar"]
    calendar = part.get_payload(decode=True)
    assert isinstance(calendar, bytes)
    assert b"DTSTART:20250614T140000Z\r\nDTEND:20250614T180000Z\r\n" in calendar
    assert event.name.encode() not in calendar


def test_the_smtp_code_decides_whether_a_refusal_is_retried_or_final(database, event, smtp) -> None:
    registered(database, event, "later1", "never1", "amina")

    first = send(database, event, smtp.url)
    too_early = send(database, event, smtp.url)
    second = send(database, event, smtp.url, at=NOW + WAITS[0])

    assert first == {Fate.LATER: 1, Fate.FAILED: 1, Fate.SENT: 1}
    assert too_early == {}
    assert second == {Fate.LATER: 1}
    assert outbox(database) == [
        ("queued", 2, "451 4.7.1 greylisted, come back later"),
        ("failed", 1, "550 5.1.1 nobody of that name"),
        ("sent", 1, "250 OK"),
    ]


def test_a_repeated_temporary_refusal_becomes_a_final_failure(database, event, smtp) -> None:
    registered(database, event, "later1")
    at = NOW
    for wait in (timedelta(0), *WAITS):
        at += wait
        send(database, event, smtp.url, at=at)

    assert outbox(database) == [("failed", len(WAITS) + 1, "451 4.7.1 greylisted, come back later")]


def test_a_connection_lost_after_the_message_leaves_it_unknown_and_it_is_not_repeated(
    database, event, smtp
) -> None:
    registered(database, event, "dropped1", "amina")

    first = send(database, event, smtp.url)
    again = send(database, event, smtp.url, at=NOW + timedelta(days=1))

    assert first == {Fate.UNKNOWN: 1, Fate.SENT: 1}
    assert again == {}
    assert len(smtp.taken()) == 2


def test_an_unreachable_mail_server_ends_the_run_without_counting_an_attempt(
    database, event
) -> None:
    registered(database, event, "amina", "omar")

    ran = run(database, event, f"smtp://127.0.0.1:{free_port()}")

    assert (ran.fates, ran.ended) == ({}, Ended.HALTED)
    assert "ConnectionRefusedError" in ran.answer
    assert [row[:2] for row in outbox(database)] == [("queued", 0), ("queued", 0)]


def test_a_permanently_refused_sender_address_ends_the_run(database, event, smtp) -> None:
    registered(database, event, "amina", "omar")

    ran = run(database, event, smtp.url, sender=replace(SENDER, address="unwelcome@example.org"))

    answer = "550 5.7.1 we take nothing from you"
    assert ran == Run(ended=Ended.HALTED, answer=answer, fault=MailFault.SENDER)
    assert [row[:2] for row in outbox(database)] == [("queued", 0), ("queued", 0)]


def test_a_password_is_not_sent_to_a_server_without_tls(database, event, smtp) -> None:
    registered(database, event, "amina")

    ran = run(database, event, smtp.url.replace("smtp://", "smtp://amina:geheim@"))

    assert ran == Run(
        ended=Ended.HALTED,
        answer="the server offers no TLS: the password was not sent",
        fault=MailFault.NO_TLS,
    )


def test_the_daily_limit_ends_the_run_and_sending_goes_on_the_next_day(
    database, event, smtp
) -> None:
    registered(database, event, "amina", "omar", "zineb")
    two_a_day = replace(SENDER, per_day=2)

    ended = [
        run(database, event, smtp.url, at=NOW + timedelta(hours=hours), sender=two_a_day).ended
        for hours in (0, 23, 25)
    ]

    assert ended == [Ended.DAY_FULL, Ended.DAY_FULL, Ended.NOTHING_DUE]
    assert len(smtp.taken()) == 3


def test_account_messages_ignore_the_daily_limit_but_count_against_that_of_badges(
    database, event, smtp
) -> None:
    registered(database, event, "amina", "omar", "zineb")
    two_a_day = replace(SENDER, per_day=2)
    letter = Letter(a_letter(), "badges@example.org", "samira@example.org")

    before = send_now(database, letter, destination_of(smtp.url), NOW)
    ran = run(database, event, smtp.url, at=NOW, sender=two_a_day)
    after = send_now(database, letter, destination_of(smtp.url), NOW)

    assert (ran.ended, ran.fates) == (Ended.DAY_FULL, {Fate.SENT: 1})
    assert (before, after) == (None, None)
    assert len(smtp.taken()) == 3


def test_an_unsent_message_does_not_count_against_the_daily_limit(
    database, event, tmp_path
) -> None:
    (tmp_path / "file").touch()
    letter = Letter(a_letter(), "badges@example.org", "samira@example.org")

    fault = send_now(database, letter, tmp_path / "file", NOW)

    assert fault is not None
    with database.read() as session:
        assert left_since(session, NOW - DAY) == 0


def test_messages_to_one_domain_are_sent_at_the_minimum_interval(database, event, smtp) -> None:
    registered(database, event, "amina", "omar", "zineb")
    slow = replace(SENDER, domain_spacing_ms=400)
    started = time.monotonic()

    ran = run(database, event, smtp.url, sender=slow, clock=this_moment)

    assert ran.fates == {Fate.SENT: 3}
    assert time.monotonic() - started >= 0.8


def least_gap_of_three_senders(database: Database, event: Event, url: str) -> timedelta:
    """Let three senders share four messages to one domain, a second apart."""
    registered(database, event, "amina", "omar", "zineb", "said")
    slow = replace(SENDER, domain_spacing_ms=1000)
    ran = race(3, lambda _: run(database, event, url, sender=slow, clock=this_moment))
    assert sum((one.fates for one in ran), Counter()) == {Fate.SENT: 4}
    with database.read() as session:
        taken = session.scalars(select(Message.claimed_at).order_by(Message.claimed_at)).all()
    return min(later - before for before, later in pairwise(taken))


def test_several_senders_together_keep_the_minimum_interval(database, event, smtp) -> None:
    assert least_gap_of_three_senders(database, event, smtp.url) >= timedelta(seconds=1)


def test_control_without_the_shared_times_several_senders_break_the_minimum_interval(
    database, event, smtp, monkeypatch
) -> None:
    monkeypatch.setattr(claims, "resting_domains", lambda *_: set())

    assert least_gap_of_three_senders(database, event, smtp.url) < timedelta(seconds=1)


def test_several_senders_together_keep_the_daily_limit(database, event, smtp) -> None:
    registered(database, event, *(f"p{number}" for number in range(8)))
    few = replace(SENDER, per_day=3)

    ran = race(4, lambda _: run(database, event, smtp.url, sender=few, clock=this_moment))

    assert sum(one.fates.total() for one in ran) == 3
    assert {one.ended for one in ran} == {Ended.DAY_FULL}


@pytest.mark.parametrize("sending", [Sending.PAUSED, Sending.STOPPED])
def test_messages_of_a_paused_event_wait_until_it_is_resumed(
    database, event, smtp, sending
) -> None:
    registered(database, event, "amina")
    turn(database, event, sending)
    first = run(database, event, smtp.url)
    turn(database, event, Sending.RUNNING)
    second = run(database, event, smtp.url)

    assert (first.ended, first.fates) == (Ended(sending), {})
    assert second.fates == {Fate.SENT: 1}


def test_the_kill_switch_stops_even_a_message_about_to_be_handed_over(
    database, event, smtp
) -> None:
    registered(database, event, "amina")

    class Late:
        """A server that somebody stops just before the message is handed over."""

        def send(self, letter, may_hand_over):
            turn(database, event, Sending.STOPPED)
            with closing(transport_to(destination_of(smtp.url))) as real:
                return real.send(letter, may_hand_over)

    ran = send_due(PostOffice(database, event, KEYS, Late(), SENDER, clock=lambda: NOW))

    assert ran == Run(ended=Ended.STOPPED)
    assert [row[:2] for row in outbox(database)] == [("queued", 0)]
    assert smtp.taken() == []


def test_a_run_can_be_stopped_between_two_messages(database, event, smtp) -> None:
    registered(database, event, "amina", "omar", "zineb")
    wanted = iter([True, True, False])

    ran = run(database, event, smtp.url, carry_on=lambda: next(wanted))

    assert (ran.ended, ran.fates) == (Ended.ASKED, {Fate.SENT: 2})
    assert sorted(row[0] for row in outbox(database)) == ["queued", "sent", "sent"]


def test_a_message_keeps_its_message_id_with_the_sender_s_domain(database, event, smtp) -> None:
    registered(database, event, "dropped1")
    run(database, event, smtp.url)
    factories.write(database, lambda s: retry_unknown(s, event, None, now=NOW))
    run(database, event, smtp.url, sender=replace(SENDER, address="office@elsewhere.example"))

    ids = {str(message["Message-ID"]) for message in smtp.taken()}
    assert len(smtp.taken()) == 2
    assert [one.rpartition("@")[2] for one in ids] == ["example.org>"]


def test_bounces_are_addressed_to_an_address_that_identifies_the_message(
    database, event, smtp
) -> None:
    registered(database, event, "amina")
    run(database, event, smtp.url, sender=replace(SENDER, bounces_to="bounces@example.org"))

    [message] = smtp.taken()
    assert message["X-Envelope-From"] == f"bounces+1-{bounce_mark(KEYS, 1)}@example.org"


def test_a_domain_in_other_letters_is_written_to_as_dns_has_it(database, event, smtp) -> None:
    factories.a_participant(database, event, name="Neuf", email="neuf@exämple.fr")

    assert send(database, event, smtp.url) == {Fate.SENT: 1}
    [message] = smtp.taken()
    assert message["To"].addresses[0].addr_spec == "neuf@xn--exmple-cua.fr"


def test_no_more_than_so_many_leave_in_a_minute(database, event, smtp) -> None:
    registered(database, event, *(f"person{n}" for n in range(5)))
    slow, moment = replace(SENDER, per_minute=120), [NOW]
    left_at = []

    def clock():
        moment[0] += timedelta(milliseconds=50)
        return moment[0]

    def sent(_outcome) -> None:
        left_at.append(moment[0])

    run(database, event, smtp.url, sender=slow, clock=clock, sent=sent)

    assert len(left_at) == 5
    apart = [later - one for one, later in pairwise(left_at)]
    assert min(apart) >= timedelta(milliseconds=500)


def test_a_new_smtp_connection_is_opened_after_a_number_of_messages(database, event, smtp) -> None:
    registered(database, event, *(f"person{n}" for n in range(7)))
    to = destination_of(smtp.url)
    assert not isinstance(to, Path)
    transport = SmtpTransport(to, messages_per_connection=3)
    with closing(transport):
        send_due(PostOffice(database, event, KEYS, transport, SENDER, clock=lambda: NOW))

    used = Counter(str(message["X-Peer"]) for message in smtp.taken())
    assert sorted(used.values()) == [1, 3, 3]


def test_four_senders_at_once_send_no_message_twice(database, event, smtp) -> None:
    registered(database, event, *(f"person{n}" for n in range(24)))
    senders = [Thread(target=send, args=(database, event, smtp.url)) for _ in range(4)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()

    addresses = sorted(str(message["To"]) for message in smtp.taken())
    assert addresses == sorted(f"person{n}@example.org" for n in range(24))


def die(database: Database, *, handed_over: bool) -> None:
    """Leave the outbox as a sender does that is killed."""
    gone = {"state": "sending", "claimed_by": "gone", "claimed_at": NOW, "attempts": 1}
    gone |= {"handed_at": NOW if handed_over else None}
    factories.write(
        database, lambda session: session.execute(update(Message).values(gone)) and None
    )


def test_a_message_being_sent_when_the_sender_died_waits_for_a_person_s_decision(
    database, event, smtp
) -> None:
    registered(database, event, "amina")
    die(database, handed_over=True)

    assert send(database, event, smtp.url, at=NOW + timedelta(minutes=1)) == {}
    assert send(database, event, smtp.url, at=NOW + 2 * STALE_AFTER) == {}
    assert [row[0] for row in outbox(database)] == ["unknown"]
    assert smtp.taken() == []

    count = factories.write(database, lambda s: retry_unknown(s, event, [1], now=NOW))
    assert (count, send(database, event, smtp.url)) == (1, {Fate.SENT: 1})


def test_a_message_only_claimed_when_the_sender_died_is_sent_by_the_next_sender(
    database, event, smtp
) -> None:
    registered(database, event, "amina")
    die(database, handed_over=False)

    assert send(database, event, smtp.url, at=NOW + timedelta(minutes=1)) == {}
    assert send(database, event, smtp.url, at=NOW + 2 * STALE_AFTER) == {Fate.SENT: 1}
    assert outbox(database) == [("sent", 1, "250 OK")]


def test_a_slow_sender_still_records_the_result_of_a_message_marked_unknown(
    database, event, smtp
) -> None:
    registered(database, event, "amina")

    class Slow:
        """A server that takes the message while another sender gives it up."""

        def send(self, letter, may_hand_over):
            with closing(transport_to(destination_of(smtp.url))) as real:
                outcome = real.send(letter, may_hand_over)
            send(database, event, smtp.url, at=NOW + 2 * STALE_AFTER)
            assert [row[0] for row in outbox(database)] == ["unknown"]
            return outcome

    send_due(PostOffice(database, event, KEYS, Slow(), SENDER, clock=lambda: NOW))

    assert outbox(database) == [("sent", 1, "250 OK")]
    assert len(smtp.taken()) == 1


def turn(database: Database, event: Event, sending: Sending) -> None:
    factories.write(database, lambda s: set_sending(s, event, sending, now=NOW, operator_id=None))


def test_a_badge_that_is_no_longer_valid_is_not_sent(database, event, smtp) -> None:
    [person] = registered(database, event, "amina")
    factories.write(database, lambda session: cancel(session, event, person, now=NOW))

    assert send(database, event, smtp.url) == {Fate.FAILED: 1}

    assert smtp.taken() == []
    with database.read() as session:
        assert states(session, event) == {"failed": 1}


def _code_in(message: EmailMessage) -> str:
    [picture] = [part for part in message.walk() if part.get_content_type() == "image/png"]
    content = picture.get_payload(decode=True)
    assert isinstance(content, bytes)
    [code] = codes_in(Image.open(io.BytesIO(content)))
    return code
