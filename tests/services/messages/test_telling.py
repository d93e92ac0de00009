"""What one person is told of a change, over a real mail server: words, badge and calendar."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from badges.texts import texts_in
from checkin.db.models import Announcement, Event, Message, Participant
from checkin.domain.messages.kinds import MessageKind
from checkin.services.badges.issue import reissue_badge, revoke_badge
from checkin.services.messages.changes import ask_about_change, told_of
from checkin.services.messages.sending import begin, queue_batch
from checkin.services.people.badge_messages import tell
from checkin.services.people.registering.registration import cancel, reinstate
from tests.support import factories
from tests.support.factories import KEYS, NOW, write

MINUTE = timedelta(minutes=1)


def calendar_of(message) -> dict[str, str]:
    """The lines of a message's calendar file, by name; empty if it has none."""
    for part in message.walk():
        if part.get_content_type() == "text/calendar":
            text = part.get_payload(decode=True).replace(b"\r\n ", b"").decode()
            lines = dict(line.split(":", 1) for line in text.split("\r\n")[:-1])
            assert part.get_param("method") == lines["METHOD"]
            return lines
    return {}


def plain(message) -> str:
    return message.get_body(("plain",)).get_content()


def kinds_of_parts(message) -> set[str]:
    return {part.get_content_type() for part in message.walk() if not part.is_multipart()}


@pytest.fixture
def told(database, event):
    """A function that tells a person something at a moment."""

    def told(number: int, kind: MessageKind, at=NOW) -> int:
        return write(database, lambda s: tell(s, event, number, kind, at))

    return told


@pytest.fixture
def newest(smtp):
    """A function that returns the message that the mail server took last."""
    seen: list[str] = []

    def newest():
        fresh = [one for one in smtp.taken() if str(one["Message-ID"]) not in seen]
        [message] = fresh
        seen.append(str(message["Message-ID"]))
        return message

    return newest


@pytest.mark.parametrize("language", ["fr", "ar", "en"])
def test_a_canceled_person_is_told_in_their_language_and_the_entry_leaves_their_calendar(
    database, event, person, told, send, newest, language
):
    amina = person("Amina", language=language)
    send()
    before = calendar_of(newest())
    write(database, lambda s: cancel(s, event, amina, now=NOW))

    assert told(amina, MessageKind.CANCELED, NOW + MINUTE) == 1
    send(NOW + MINUTE)

    message = newest()
    texts = texts_in(language)
    assert message["Subject"] == texts.canceled_subject_neutral
    assert kinds_of_parts(message) == {"text/plain", "text/html", "text/calendar"}
    after = calendar_of(message)
    assert (before["METHOD"], after["METHOD"], after["STATUS"]) == (
        "PUBLISH",
        "CANCEL",
        "CANCELLED",
    )
    assert (after["UID"], after["ORGANIZER"]) == (before["UID"], "mailto:badges@example.org")
    assert int(after["SEQUENCE"]) > int(before["SEQUENCE"])
    assert "/b/" not in plain(message)


def test_a_message_that_is_no_longer_true_does_not_leave(database, event, person, told, send, smtp):
    amina = person("Amina")
    write(database, lambda s: cancel(s, event, amina, now=NOW))
    told(amina, MessageKind.CANCELED)
    write(database, lambda s: reinstate(s, event, amina, now=NOW))
    told(amina, MessageKind.CONFIRMED)

    send()

    [message] = smtp.taken()
    assert message["Subject"] == texts_in("fr").confirmed_subject_neutral
    with database.read() as session:
        rows = session.execute(select(Message.kind, Message.state, Message.last_answer))
        states = {row.kind: (row.state, row.last_answer) for row in rows}
    assert states["canceled"] == (
        "failed",
        "not sent: the registration has changed since, and this is no longer true",
    )


def test_a_badge_that_waits_becomes_the_message_that_there_is_a_place(
    database, person, told, send, smtp
):
    amina = person("Amina")

    told(amina, MessageKind.CONFIRMED)
    send()

    [message] = smtp.taken()
    assert message["Subject"] == texts_in("fr").confirmed_subject_neutral
    assert "application/pdf" in kinds_of_parts(message)


def test_whoever_moves_up_is_told_that_they_have_a_place(database, event, send, smtp):
    one = factories.a_delegation(database, event, "Salé", quota=1)
    first = factories.a_participant(database, event, "Amina", delegation=one).participant_id
    factories.a_participant(
        database, event, "Omar", delegation=one, email="omar@example.org", language="ar"
    )
    write(database, lambda s: cancel(s, event, first, now=NOW))

    send()

    [message] = smtp.taken()
    assert message["Subject"] == texts_in("ar").confirmed_subject_neutral
    assert "application/pdf" in kinds_of_parts(message)


def test_on_the_reserve_list_one_is_told_without_a_badge(database, event, told, send, smtp):
    full = factories.a_delegation(database, event, "Salé", quota=0)
    omar = factories.a_participant(
        database, event, "Omar", delegation=full, email="omar@example.org"
    )

    told(omar.participant_id, MessageKind.RESERVE)
    send()

    [message] = smtp.taken()
    assert message["Subject"] == texts_in("fr").reserve_subject_neutral
    assert kinds_of_parts(message) == {"text/plain", "text/html"}
    assert "Salé" in plain(message)


def test_a_replaced_badge_keeps_the_calendar_entry(database, event, person, send, newest):
    amina = person("Amina")
    send()
    before = calendar_of(newest())
    again = {"keys": KEYS, "reason": "lost", "now": NOW + MINUTE}
    write(database, lambda s: reissue_badge(s, event, amina, **again))

    send(NOW + MINUTE)

    message = newest()
    assert message["Subject"] == texts_in("fr").replaced_subject_neutral
    assert texts_in("fr").replaces in plain(message)
    after = calendar_of(message)
    assert after["UID"] == before["UID"]
    assert int(after["SEQUENCE"]) > int(before["SEQUENCE"])


def test_who_holds_no_badge_any_more_is_told_all_the_same(
    database, event, person, told, send, smtp
):
    amina = person("Amina")
    write(database, lambda s: revoke_badge(s, event, amina, reason="x", now=NOW))
    write(database, lambda s: cancel(s, event, amina, now=NOW))
    told(amina, MessageKind.CANCELED)

    send()

    assert [m["Subject"] for m in smtp.taken()] == [texts_in("fr").canceled_subject_neutral]


@pytest.mark.parametrize("unreached", [{"email": None}, {"no_mail": True}])
def test_whom_no_mail_reaches_none_is_queued(database, event, person, told, unreached):
    amina = person("Amina", **unreached)
    write(database, lambda s: cancel(s, event, amina, now=NOW))

    assert told(amina, MessageKind.CANCELED) == 0
    with database.read() as session:
        assert session.scalars(select(Message.id)).all() == []


def test_after_the_event_nobody_is_told(database, event, person, told):
    amina = person("Amina")
    write(database, lambda s: cancel(s, event, amina, now=NOW))

    assert told(amina, MessageKind.CANCELED, event.ends_at) == 0


@pytest.fixture
def told_of_change(database, event, operator_id):
    """A function that changes the event's start and place, and queues what tells of it."""

    def told_of_change(at) -> None:
        who = {"operator_id": operator_id, "now": at}

        def work(session) -> int | None:
            found = session.get_one(Event, event.id)
            before = told_of(found)
            found.starts_at += timedelta(hours=1)
            found.venue = "Théâtre Mohammed V"
            session.flush()
            return ask_about_change(session, found, before, **who)

        number = write(database, work)
        write(database, lambda s: begin(s, KEYS, event, number, endpoint="x", **who))
        of = {"announcement_id": number, "after": 0, "most": 10, "now": at}
        write(database, lambda s: queue_batch(s, event, **of))

    return told_of_change


def test_a_change_tells_what_was_before_and_brings_the_badge_and_the_new_time(
    database, event, person, send, newest, told_of_change
):
    person("Amina")
    send()
    before = calendar_of(newest())

    told_of_change(NOW + MINUTE)
    send(NOW + MINUTE)

    message = newest()
    assert message["Subject"] == texts_in("fr").changed_subject_neutral
    said = plain(message)
    assert "samedi 14 juin 2025 à 16:00 (avant\u00a0: samedi 14 juin 2025 à 15:00)" in said
    assert "Théâtre Mohammed V (avant\u00a0: Complexe Ibn Rochd)" in said
    assert {"application/pdf", "image/png"} <= kinds_of_parts(message)
    after = calendar_of(message)
    assert (after["UID"], after["METHOD"]) == (before["UID"], "PUBLISH")
    assert (before["DTSTART"], after["DTSTART"]) == ("20250614T140000Z", "20250614T150000Z")
    assert int(after["SEQUENCE"]) > int(before["SEQUENCE"])


def test_who_waits_on_the_reserve_list_is_told_of_a_change_without_a_badge(
    database, event, person, send, smtp, told_of_change
):
    one = factories.a_delegation(database, event, "Salé", quota=0)
    omar = person("Omar", delegation=one)
    write(database, lambda s: tell(s, event, omar, MessageKind.RESERVE, NOW))
    send()

    told_of_change(NOW + MINUTE)
    send(NOW + MINUTE)

    by_subject = {str(m["Subject"]): kinds_of_parts(m) for m in smtp.taken()}
    assert by_subject[texts_in("fr").changed_subject_neutral] == {"text/plain", "text/html"}


def test_a_purge_erases_what_was_written_and_to_whom(database, event, person, tmp_path, send):
    from checkin.services.lifecycle.purge import purge_event
    from checkin.services.people.importing.proposals import propose_telling

    amina = person("Amina")
    people = {amina: MessageKind.RESERVE}
    of = {"delegation_id": None, "operator_id": None, "now": NOW}
    write(database, lambda s: propose_telling(s, event, None, people, **of))

    receipt = purge_event(database, event, tmp_path, now=NOW, early=True)

    assert (receipt.rows["announcement"], receipt.rows["announcement_person"]) == (1, 1)
    with database.read() as session:
        assert session.scalars(select(Announcement.id)).all() == []


def test_a_wish_for_no_mail_keeps_a_queued_badge_from_leaving(database, person, send, smtp):
    amina = person("Amina")
    wish = update(Participant).where(Participant.id == amina).values(no_mail=True)
    write(database, lambda s: s.execute(wish))

    send()

    assert list(smtp.taken()) == []
