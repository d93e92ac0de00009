"""People are reached by the first channel that works, once; whom none reaches is to be called."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import delete, select, update

from checkin.db.models import Event, InstallationSetting, Message, Participant, Sending
from checkin.domain.channels.answers import ChannelFault
from checkin.domain.channels.reach import Channel
from checkin.domain.mail.rules import STALE_AFTER, WAITS
from checkin.domain.messages.kinds import MessageKind
from checkin.services.channels.calls import people_to_call
from checkin.services.channels.channel_settings import channel_settings
from checkin.services.channels.telephone_sending import (
    is_any_due,
    opened_telephone_office,
    send_to_telephones,
)
from checkin.services.mail import going_on
from checkin.services.mail.claims import NoClaim, begin_handing_over, claim_for
from checkin.services.mail.delivery_report import resend
from checkin.services.mail.going_on import SWITCHED_OFF, go_on_with_all, left_to_go_on
from checkin.services.mail.mailbox.bounces import mark_bounced
from checkin.services.mail.sender import hold_badges, set_sending
from checkin.services.mail.sending_job import events_to_tell
from checkin.services.mail.waiting import left_to_send
from checkin.services.network.outgoing import Bounds, Caller
from checkin.services.people.badge_messages import queue_badge_messages
from checkin.services.people.registering.registration import cancel
from tests.support import factories
from tests.support.factories import KEYS, NOW, write
from tests.support.others.telephone_gateways import HERE, gateways, set_channels
from tests.support.racing import race

BASE_URL = "https://marhaba.example.org"


@pytest.fixture
def phones():
    with gateways() as running:
        yield running


class Clock:
    """A clock that goes on when it is told to."""

    def __init__(self):
        self.now = NOW

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


def send(database, event, clock=lambda: NOW):
    # Long enough for what was taken to be answered on a busy machine.
    bounds = Bounds(total_s=10.0, most_bytes=4000, cut=True, redirects=0)
    with opened_telephone_office(
        database,
        KEYS,
        event,
        base_url=BASE_URL,
        caller=Caller(HERE),
        clock=clock,
        bounds=bounds,
    ) as office:
        send_to_telephones(office)
        return is_any_due(office)


def send_until_all_have_left(database, event, clock):
    for _round in range(40):
        while write(database, lambda s: go_on_with_all(s, event, clock())):
            pass
        send(database, event, clock)
        with database.read() as session:
            if not left_to_send(session, event):
                return
        clock.now += max(WAITS[0], timedelta(seconds=31))
    raise AssertionError("some are still waiting")


def a_person(database, event, name="Amina Alaoui", phone="+212612345678", **more):
    return factories.a_participant(database, event, name, phone=phone, **more).participant_id


def messages(database):
    with database.read() as session:
        rows = session.execute(
            select(Message.channel, Message.state, Message.address).order_by(Message.id)
        )
        return [tuple(row) for row in rows]


def answers(database):
    with database.read() as session:
        return session.scalars(select(Message.last_answer).order_by(Message.id)).all()


def fail_mail(database, *which, state="failed"):
    """Let e-mails have failed, as a mail server that refuses them does."""

    def fail(session):
        mails = session.scalars(select(Message).where(Message.channel == Channel.EMAIL, *which))
        for message in mails.all():
            message.state = state
            session.flush()
            going_on.go_on(session, message.id, NOW)

    write(database, fail)


def to_call(database, event):
    delegation = factories.a_delegation(database, event)
    with database.read() as session:
        listed = people_to_call(session, event, delegation, limit=2000)
        return sorted(one.person.name for one in listed)


def test_nothing_goes_to_telephones_unless_it_is_switched_on(database, event, phones):
    a_person(database, event)
    a_person(database, event, "Omar Tazi", "+212612345679", email="omar@example.org")

    write(database, lambda s: go_on_with_all(s, event, NOW))
    fail_mail(database)
    send(database, event)

    assert messages(database) == [("email", "failed", "omar@example.org")]
    assert phones.server.heard == []
    assert to_call(database, event) == ["Amina Alaoui", "Omar Tazi"]


def test_who_has_no_e_mail_is_written_to_by_whatsapp_with_the_link_of_their_badge(
    database, event, phones
):
    set_channels(database, phones)
    a_person(database, event, name_ar="أمينة العلوي", language="ar")

    send(database, event)

    assert messages(database) == [("whatsapp", "sent", "+212612345678")]
    (body,) = phones.bodies
    template = body["template"]
    assert (body["to"], body["type"]) == ("+212612345678", "template")
    assert (template["name"], template["language"]) == ("badge_link", {"code": "ar"})
    said = [one["text"] for one in template["components"][0]["parameters"]]
    assert said[0] == "أمينة العلوي"
    assert said[2].startswith(f"{BASE_URL}/b/")
    assert to_call(database, event) == []


def test_a_sensitive_event_is_named_on_no_telephone(database, event, phones):
    assert event.sensitive
    set_channels(database, phones)
    a_person(database, event)
    phones.without.add("+212612345678")

    send(database, event)

    whatsapp, sms = phones.bodies
    assert event.name not in str(whatsapp)
    assert (event.name in sms["text"], "Amina" in sms["text"]) == (False, False)


def test_a_sensitive_event_uses_telephones_only_where_that_was_ticked(database, event, phones):
    set_channels(database, phones, channels_sensitive="")
    a_person(database, event)

    write(database, lambda s: go_on_with_all(s, event, NOW))

    assert messages(database) == []


def test_an_event_that_is_not_sensitive_is_named(database, phones):
    event = factories.an_event(database, sensitive=False)
    set_channels(database, phones, channels_sensitive="")
    a_person(database, event)
    phones.without.add("+212612345678")

    send(database, event)

    whatsapp, sms = phones.bodies
    assert whatsapp["template"]["components"][0]["parameters"][1]["text"] == event.name
    assert sms["text"].startswith("Amina Alaoui, ")
    assert event.name in sms["text"]


def test_who_is_not_on_whatsapp_gets_an_sms_and_whom_none_reaches_is_to_be_called(
    database, event, phones
):
    set_channels(database, phones)
    a_person(database, event, "Amina Alaoui", "+212612345678")
    a_person(database, event, "Fatima Zahra", "+212522123456")  # a fixed line
    a_person(database, event, "Omar Tazi", None)
    phones.without.add("+212612345678")

    send(database, event)

    assert messages(database) == [
        ("whatsapp", "failed", "+212612345678"),
        ("sms", "sent", "+212612345678"),
    ]
    assert to_call(database, event) == ["Fatima Zahra", "Omar Tazi"]


def test_a_refused_address_and_a_letter_that_came_back_go_on_to_the_next_channel_once(
    database, event, phones
):
    set_channels(database, phones)
    a_person(database, event, "Amina Alaoui", "+212612345678", email="amina@example.org")
    a_person(database, event, "Omar Tazi", "+212612345679", email="omar@example.org")
    fail_mail(database, Message.address == "amina@example.org")
    write(
        database,
        lambda s: s.execute(
            update(Message).where(Message.address == "omar@example.org").values(state="sent")
        ),
    )
    (bounced,) = _ids(database, Message.address == "omar@example.org")

    for _report in range(2):
        write(database, lambda s: mark_bounced(s, bounced, "550 no such user", NOW))
    for _look in range(2):
        write(database, lambda s: go_on_with_all(s, event, NOW))
    send(database, event)

    assert sorted(messages(database)) == [
        ("email", "bounced", "omar@example.org"),
        ("email", "failed", "amina@example.org"),
        ("whatsapp", "sent", "+212612345678"),
        ("whatsapp", "sent", "+212612345679"),
    ]


def test_a_letter_that_comes_back_after_the_sending_asks_for_another_one(database, event, phones):
    set_channels(database, phones)
    a_person(database, event, email="amina@example.org")
    write(database, lambda s: s.execute(update(Message).values(state="sent")))
    write(database, lambda s: hold_badges(s, event, NOW, held=True))
    (bounced,) = _ids(database)

    write(database, lambda s: mark_bounced(s, bounced, "550 no such user", NOW))

    with database.read() as session:
        assert events_to_tell(session, NOW) == [event.id]
        assert left_to_send(session, event) == 1


def test_whom_a_message_has_failed_goes_on_only_while_it_is_needed(database, event, phones):
    set_channels(database, phones)
    canceled = a_person(database, event, "Zineb Idrissi", "+212612345671", email="z@example.org")
    a_person(database, event, "Omar Tazi", "+212612345672", email="omar@example.org")
    again = a_person(database, event, "Said Amrani", "+212612345673", email="said@example.org")
    write(database, lambda s: cancel(s, event, canceled, now=NOW))
    unwanted = update(Participant).where(Participant.name == "Omar Tazi").values(no_mail=True)
    write(database, lambda s: s.execute(unwanted))
    write(database, lambda s: s.execute(update(Message).values(state="failed")))
    write(database, lambda s: queue_badge_messages(s, event, [again], NOW))

    for message_id in _ids(database, Message.state == "failed"):
        write(database, lambda s, one=message_id: going_on.go_on(s, one, NOW))
    write(database, lambda s: go_on_with_all(s, event, NOW))
    write(database, lambda s: go_on_with_all(s, event, event.ends_at))

    assert {channel for channel, _state, _address in messages(database)} == {"email"}


def test_the_order_is_the_organiser_s(database, event, phones):
    set_channels(database, phones, channel_order="sms whatsapp email")
    a_person(database, event, email="amina@example.org")
    phones.answers = [
        (400, b"this number cannot be reached"),
        (400, b'{"error": {"code": 131026}}'),
    ]

    send(database, event)

    assert messages(database) == [
        ("sms", "failed", "+212612345678"),
        ("whatsapp", "failed", "+212612345678"),
        ("email", "queued", "amina@example.org"),
    ]


def test_sending_again_begins_with_the_first_channel(database, event, phones):
    set_channels(database, phones)
    number = a_person(database, event)
    send(database, event)

    assert write(database, lambda s: resend(s, event, [number], now=NOW)) == 1
    assert write(database, lambda s: resend(s, event, [number], now=NOW)) == 0
    send(database, event)

    assert phones.whatsapp == {"+212612345678": 2}


def test_what_is_no_badge_is_only_e_mailed(database, event, phones):
    set_channels(database, phones)
    number = a_person(database, event)
    send(database, event)
    write(database, lambda s: cancel(s, event, number, now=NOW))

    queued = write(
        database,
        lambda s: queue_badge_messages(s, event, [number], NOW, MessageKind.CANCELED),
    )

    assert queued == 0


def test_people_registered_before_a_channel_was_switched_on_are_written_to(database, event, phones):
    a_person(database, event)
    set_channels(database, phones)
    with database.read() as session:
        assert left_to_go_on(session, event, NOW) == 1

    assert write(database, lambda s: go_on_with_all(s, event, NOW)) == 1
    with database.read() as session:
        assert left_to_go_on(session, event, NOW) == 0
    assert write(database, lambda s: go_on_with_all(s, event, NOW)) == 0


def test_what_waits_for_a_channel_that_is_switched_off_goes_on(database, event, phones):
    set_channels(database, phones)
    a_person(database, event)

    set_channels(database, phones, whatsapp_on="")
    write(database, lambda s: go_on_with_all(s, event, NOW))

    assert messages(database) == [
        ("whatsapp", "failed", "+212612345678"),
        ("sms", "queued", "+212612345678"),
    ]
    assert answers(database)[0] == SWITCHED_OFF


def test_an_expired_token_stops_the_channel_and_loses_nobody(database, event, phones):
    set_channels(database, phones, whatsapp_token="an old one")
    people = [a_person(database, event, f"Omar {n}", f"+2126123456{n:02}") for n in range(12)]

    send(database, event)

    with database.read() as session:
        stop = channel_settings(session).stops[Channel.WHATSAPP]
        assert left_to_send(session, event) == 0  # they wait until somebody has mended it
    assert (stop.fault, "Session has expired" in stop.answer) == (ChannelFault.REFUSED, True)
    assert {(channel, state) for channel, state, _ in messages(database)} == {
        ("whatsapp", "queued")
    }
    assert factories.noted(database, "mail") == ["mail.channel_stop"]
    assert len(phones.server.heard) <= 8

    set_channels(database, phones)
    send(database, event)

    assert sum(phones.whatsapp.values()) == len(people) == len(phones.whatsapp)


def test_a_secret_of_another_master_key_stops_the_channel(database, event, phones):
    set_channels(database, phones)
    a_person(database, event)
    write(
        database,
        lambda s: s.execute(
            delete(InstallationSetting).where(InstallationSetting.name == "whatsapp_secret")
        ),
    )

    send(database, event)

    with database.read() as session:
        assert channel_settings(session).stops[Channel.WHATSAPP].fault is ChannelFault.SECRET
    assert phones.server.heard == []


def test_not_so_fast_lets_the_channel_rest_and_costs_no_attempt(database, event, phones, clock):
    set_channels(database, phones)
    a_person(database, event)
    phones.answers = [(429, b'{"error": {"code": 130429}}')] * 9

    for _round in range(9):
        assert not send(database, event, clock)
        clock.now += timedelta(seconds=2)
    send(database, event, clock)

    assert messages(database) == [("whatsapp", "sent", "+212612345678")]
    with database.read() as session:
        assert session.scalar(select(Message.attempts)) == 1


def test_a_fault_of_the_gateway_is_tried_again_and_in_the_end_goes_on(
    database, event, phones, clock
):
    set_channels(database, phones)
    a_person(database, event)
    phones.answers = [(503, b"")] * (len(WAITS) + 1)

    for wait in (*WAITS, WAITS[0]):
        send(database, event, clock)
        clock.now += wait
    write(database, lambda s: s.execute(update(Event).values(ends_at=clock.now + timedelta(1))))

    assert messages(database)[0] == ("whatsapp", "failed", "+212612345678")


def test_nothing_leaves_while_the_sending_is_paused(database, event, phones):
    set_channels(database, phones)
    a_person(database, event)
    write(database, lambda s: set_sending(s, event, Sending.PAUSED, now=NOW, operator_id=None))

    send(database, event)

    assert phones.server.heard == []


def test_two_who_go_on_with_everybody_queue_one_message_each(database, event, phones):
    for number in range(20):
        a_person(database, event, f"Personne {number}", f"+2126123456{number:02}")
    set_channels(database, phones)

    race(4, lambda _: write(database, lambda s: go_on_with_all(s, event, NOW)))

    queued = [address for _channel, _state, address in messages(database)]
    assert len(queued) == len(set(queued)) == 20


def test_two_who_notice_one_failure_go_on_once(database, event, phones):
    set_channels(database, phones)
    a_person(database, event, email="amina@example.org")
    write(database, lambda s: s.execute(update(Message).values(state="failed")))
    (failed,) = _ids(database)

    race(4, lambda _: write(database, lambda s: going_on.go_on(s, failed, NOW)))

    assert len(messages(database)) == 2


def test_of_several_senders_one_gets_each_message(database, event, phones):
    set_channels(database, phones)
    for number in range(24):
        a_person(database, event, f"Personne {number}", f"+2126123456{number:02}")

    race(3, lambda _: send(database, event))

    assert phones.whatsapp == Counter({f"+2126123456{number:02}": 1 for number in range(24)})


@pytest.mark.parametrize(
    ("channel", "order", "state"),
    [("whatsapp", "email whatsapp sms", "unknown"), ("sms", "email sms whatsapp", "sent")],
)
def test_what_a_killed_sender_had_in_hand_is_sent_again_only_where_the_gateway_knows_it(
    database, event, phones, clock, channel, order, state
):
    set_channels(database, phones, channel_order=order)
    a_person(database, event)
    claiming = {"event": event, "channel": Channel(channel), "name": "killed", "now": NOW}
    claimed = write(database, lambda s: claim_for(s, **claiming))
    write(database, lambda s: begin_handing_over(s, claimed, NOW))
    assert write(database, lambda s: claim_for(s, **claiming)) is NoClaim.NOTHING_DUE

    clock.now += STALE_AFTER + timedelta(seconds=1)
    send(database, event, clock)

    assert messages(database) == [(channel, state, "+212612345678")]


def test_what_a_killed_sender_had_not_handed_over_is_sent(database, event, phones, clock):
    set_channels(database, phones)
    a_person(database, event)
    claiming = {"event": event, "channel": Channel.WHATSAPP, "name": "killed", "now": NOW}
    write(database, lambda s: claim_for(s, **claiming))

    clock.now += STALE_AFTER + timedelta(seconds=1)
    send(database, event, clock)

    assert phones.whatsapp == {"+212612345678": 1}


def test_an_sms_whose_answer_was_lost_arrives_once(database, event, phones, clock):
    set_channels(database, phones, channel_order="sms whatsapp email")
    a_person(database, event)
    phones.fails, phones.silent_s, phones.loses_answers = 1.0, 0.0, True
    phones._random.choice = lambda _faults: "silence"
    send(database, event, clock)
    phones.fails = 0.0
    clock.now += WAITS[0]

    send(database, event, clock)

    assert phones.sms == {"+212612345678": 1}
    assert sum(phones.references.values()) == 2
    assert messages(database) == [("sms", "sent", "+212612345678")]


def many_people(database, event, count):
    """Register people by their last digit: 0 to 5 have an e-mail, 0 and 9 no number."""
    for number in range(count):
        last = number % 10
        email = f"p{number}@example.org" if last < 6 else None
        phone = None if last in (0, 9) else f"+2126{number:08}"
        a_person(database, event, f"Personne {number}", phone, email=email)


def reach_them_all(database, event, phones, clock, count):
    """Let e-mail fail 0 to 2, and WhatsApp not know 1 and 6, while all else fails now and then."""
    set_channels(database, phones)
    many_people(database, event, count)
    failed = [f"p{number}@example.org" for number in range(count) if number % 10 in (0, 1, 2)]
    sent = update(Message).where(Message.channel == Channel.EMAIL)
    write(database, lambda s: s.execute(sent.values(state="sent")))
    fail_mail(database, Message.address.in_(failed))
    phones.without |= {f"+2126{number:08}" for number in range(count) if number % 10 in (1, 6)}
    phones.fails = 0.05

    send_until_all_have_left(database, event, clock)

    by_whatsapp = {f"+2126{n:08}": 1 for n in range(count) if n % 10 in (2, 7, 8)}
    by_sms = {f"+2126{n:08}": 1 for n in range(count) if n % 10 in (1, 6)}
    assert dict(phones.whatsapp) == by_whatsapp
    assert dict(phones.sms) == by_sms
    assert to_call(database, event) == sorted(
        f"Personne {n}" for n in range(count) if n % 10 in (0, 9)
    )
    assert phones.faults.total() > 0


@pytest.mark.timeout(1800)
@pytest.mark.parametrize(
    ("count", "silent_s"), [(60, 0.0), pytest.param(1000, 11.0, marks=pytest.mark.proof)]
)
def test_each_is_reached_once_by_the_first_channel_that_works_however_gateways_fail(
    database, event, phones, clock, count, silent_s
):
    phones.silent_s = silent_s

    reach_them_all(database, event, phones, clock, count)


def _ids(database, *which):
    with database.read() as session:
        return session.scalars(select(Message.id).where(*which).order_by(Message.id)).all()
