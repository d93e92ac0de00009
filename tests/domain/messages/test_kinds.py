"""Which message may leave to whom, and what it carries."""

from __future__ import annotations

import pytest

from badges.texts import BADGE, OTHER_KINDS
from checkin.domain.messages.kinds import (
    BADGE_KINDS,
    KINDS,
    Calendar,
    MessageKind,
    Recipient,
    brings_badge,
    why_not_sent,
)
from checkin.domain.scanning.facts import RegistrationStatus as Status

STANDINGS = ("confirmed", "reserve", "canceled")


def recipient(standing="confirmed", *, has_badge=True, wants_no_mail=False):
    return Recipient(Status(standing), has_badge, wants_no_mail)


def sent_to(kind, **more):
    """To people of which registrations a message may leave."""
    return [
        standing
        for standing in STANDINGS
        if not why_not_sent(kind, recipient(standing, **more), is_over=False)
    ]


@pytest.mark.parametrize(
    ("kind", "with_badge", "without"),
    [
        ("badge", ["confirmed"], []),
        ("confirmed", ["confirmed"], []),
        ("moved", ["confirmed"], []),
        ("replaced", ["confirmed"], []),
        ("changed", ["confirmed", "reserve"], ["confirmed", "reserve"]),
        ("canceled", ["canceled"], ["canceled"]),
        ("reserve", ["reserve"], ["reserve"]),
        ("written", ["confirmed", "reserve"], ["confirmed", "reserve"]),
    ],
)
def test_a_message_leaves_only_to_those_of_whom_it_is_true(kind, with_badge, without):
    kind = MessageKind(kind)

    assert (sent_to(kind), sent_to(kind, has_badge=False)) == (with_badge, without)


@pytest.mark.parametrize("kind", MessageKind)
def test_nothing_leaves_to_whom_wants_no_mail(kind):
    assert sent_to(kind, wants_no_mail=True) == []


def test_after_the_event_only_a_badge_leaves_that_somebody_asks_for():
    leaving = [
        kind
        for kind, row in KINDS.items()
        if not why_not_sent(kind, recipient(min(row.to)), is_over=True)
    ]

    assert leaving == [MessageKind.BADGE]


def test_confirmed_people_with_a_valid_badge_are_brought_it():
    bringing = [kind for kind in MessageKind if brings_badge(kind, recipient())]

    assert set(bringing) == BADGE_KINDS | {MessageKind.CHANGED}
    for other in (recipient("reserve"), recipient(has_badge=False)):
        assert [kind for kind in MessageKind if brings_badge(kind, other)] == []


def test_the_calendar_entry_is_canceled_with_the_registration_alone():
    canceling = [kind for kind, row in KINDS.items() if row.calendar is Calendar.CANCEL]

    assert canceling == [MessageKind.CANCELED]


def test_each_kind_but_what_organisers_write_has_sentences_of_its_own():
    assert {BADGE, *OTHER_KINDS, "written"} == set(MessageKind)
