"""A message to many as a draft: what may be written in it, and who may still change it."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from checkin.db.models import Activity, Announcement, AnnouncementText
from checkin.domain.messages.audience import Audience
from checkin.errors import Conflict, InvalidRequest, NotFound
from checkin.services.events.own_texts import TextFault
from checkin.services.messages.announcements import (
    LONGEST_SUBJECT,
    LONGEST_TEXT,
    Written,
    announcement_of,
    announcements_of,
    drop_announcement,
    problems_of,
    rewrite_announcement,
    texts_written,
    write_announcement,
)
from tests.support import factories
from tests.support.factories import NOW, write

TEXT = Written("Parking", "Bonjour {name},\n\nLe parking ouvre à 13 h.")


@pytest.fixture
def write_one(database, event, operator_id):
    """A function that keeps a message as a draft and returns its id."""

    def write_one(texts=None) -> int:
        who = {"operator_id": operator_id, "now": NOW}
        return write(
            database,
            lambda s: write_announcement(s, event, Audience(), texts or {"fr": TEXT}, **who).id,
        )

    return write_one


def faults(event, **texts) -> dict[str, tuple]:
    problems = problems_of(event, texts)
    return {tag: tuple(one and one.fault for one in both) for tag, both in problems.items()}


def test_the_main_language_is_needed_and_the_others_may_be_left_out(event):
    assert faults(event, fr=TEXT) == {}
    assert faults(event, ar=Written("موقف", "نص")) == {"fr": (TextFault.EMPTY, TextFault.EMPTY)}
    assert faults(event, fr=TEXT, ar=Written("", "نص")) == {"ar": (TextFault.EMPTY, None)}


@pytest.mark.parametrize(
    ("subject", "fault"),
    [
        ("Parking pour {name}", None),
        ("Parking {event}", TextFault.UNKNOWN_PLACEHOLDER),
        ("Parking {delegation}", TextFault.UNKNOWN_PLACEHOLDER),
        ("Parking : rencontre RÉGIONALE", TextFault.NAMES_EVENT),
        ("موقف اللقاء الجهوي", TextFault.NAMES_EVENT),
        ("Parking {0}", TextFault.UNKNOWN_PLACEHOLDER),
        ("Parking {", TextFault.LONE_BRACE),
        ("x" * (LONGEST_SUBJECT + 1), TextFault.TOO_LONG),
        ("Parking\nBcc: tous@example.org", TextFault.UNPRINTABLE),
        ("Parking\rBcc: tous@example.org", TextFault.UNPRINTABLE),
        ("Parking \u202e", TextFault.UNPRINTABLE),
    ],
)
def test_a_subject_of_a_sensitive_event_is_one_line_that_does_not_name_it(event, subject, fault):
    assert event.sensitive

    expected = {"fr": (fault, None)} if fault else {}
    assert faults(event, fr=Written(subject, "Texte")) == expected


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("{event}, {when}, {venue}, {delegation}, {organiser}", None),
        ("Une ligne\n\n\tune autre", None),
        ("{password}", TextFault.UNKNOWN_PLACEHOLDER),
        ("x" * (LONGEST_TEXT + 1), TextFault.TOO_LONG),
        ("a\x00b", TextFault.UNPRINTABLE),
    ],
)
def test_a_text_has_lines_and_known_placeholders(event, text, fault):
    expected = {"fr": (None, fault)} if fault else {}
    assert faults(event, fr=Written("Parking", text)) == expected


def test_line_ends_of_every_browser_are_the_same():
    assert Written.of(" Parking ", "a\r\nb\rc\n") == Written("Parking", "a\nb\nc")


def test_a_draft_is_kept_with_its_texts_and_may_be_changed(database, event, write_one):
    number = write_one({"fr": TEXT, "ar": Written("", ""), "en": Written("Parking", "At 1 pm.")})
    anew, few = {"fr": Written("Autre", "Texte")}, Audience(has_arrived=False)

    write(database, lambda s: rewrite_announcement(s, event, number, few, anew))

    with database.read() as session:
        [draft] = announcements_of(session, event)
        assert (draft.state, Audience.of(draft.audience)) == ("draft", few)
        assert texts_written(session, draft) == anew


def test_what_cannot_be_used_is_not_kept(database, event, write_one):
    with pytest.raises(InvalidRequest):
        write_one({"fr": Written("Parking", "{password}")})

    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(Announcement)) == 0


def test_a_dropped_draft_is_neither_listed_nor_changed(database, event, operator_id, write_one):
    number = write_one()
    who = {"operator_id": operator_id, "now": NOW}

    twice = [
        write(database, lambda s: drop_announcement(s, event, number, **who)) for _ in range(2)
    ]

    assert twice == [True, False]
    with database.read() as session:
        assert list(announcements_of(session, event)) == []
    with pytest.raises(Conflict):
        write(database, lambda s: rewrite_announcement(s, event, number, Audience(), {"fr": TEXT}))
    with database.read() as session:
        assert session.scalars(select(AnnouncementText.subject)).all() == ["Parking"]
    assert factories.noted(database, "message") == ["message.drop"]
    with database.read() as session:
        [line] = session.scalars(select(Activity).where(Activity.action == "message.drop"))
    assert line.operator_id == operator_id


def test_a_message_of_another_event_or_of_another_delegation_is_not_found(
    database, event, write_one
):
    number, other = write_one(), factories.an_event(database, "sale-2025")

    for asked in ((other, number), (event, number + 1), (event, number, 1)):
        with database.read() as session, pytest.raises(NotFound):
            announcement_of(session, *asked)
