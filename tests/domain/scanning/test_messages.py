"""The sentence of each verdict, and what a practice badge shows."""

from __future__ import annotations

import pytest

from checkin.domain.scanning.bus_words import BUS_WORDS, bus_words
from checkin.domain.scanning.card_words import CARD_WORDS, card_words
from checkin.domain.scanning.facts import Direction
from checkin.domain.scanning.messages import (
    budget_message,
    let_in_message,
    pending_message,
    verdict_message,
)
from checkin.domain.scanning.reasons import REASONS, Face, Reason, face_of
from checkin.domain.scanning.rehearsal import Practice, practice_message, practice_verdict
from checkin.domain.scanning.verdict import Admitted, Refused, Status
from tests.support.factories import NOW

OK, ERROR = Status
ENTRY, EXIT = Direction


@pytest.mark.parametrize(
    ("status", "reason", "direction", "said"),
    [
        (OK, None, ENTRY, "Welcome"),
        (OK, None, EXIT, "Exit recorded"),
        (ERROR, None, EXIT, "Exit recorded"),
        (OK, Reason.BLOCKED, ENTRY, "Welcome"),
        (ERROR, Reason.BLOCKED, ENTRY, "Entry barred: call a supervisor"),
        (ERROR, Reason.INVALID, EXIT, "Unknown badge: send to the help desk"),
    ],
)
def test_a_verdict_has_its_sentence(status, reason, direction, said):
    assert verdict_message(status, reason, "en", direction) == said


def test_a_verdict_is_said_in_the_volunteer_s_language():
    assert verdict_message("ok", None, "fr") == "Bienvenue"
    assert verdict_message("ok", None, "ar") == "مرحبا"
    assert let_in_message(Reason.BLOCKED, "en") == "Let in although blocked"
    assert pending_message("en") == "Let pass: noted offline"
    assert budget_message(7, "en") == (
        "This device was shown as many people as it may be in an hour. Wait 7 min, or let "
        "a supervisor type their PIN."
    )


def test_the_words_of_cards_and_buses_are_told_in_a_language_with_their_places_open():
    assert (bus_words("en"), card_words("en")) == (BUS_WORDS, CARD_WORDS)
    assert card_words("fr")["first_admission"] == "Première entrée à {time} · {gate}"
    assert bus_words("fr")["bus_title"] == "Autocar\u00a0: {name}"


@pytest.mark.parametrize(
    ("reason", "face"),
    [
        (Reason.ALREADY_REDEEMED, Face.ALREADY),
        (Reason.BLOCKED, Face.REFUSED),
        ("of_tomorrow", Face.REFUSED),
        (None, Face.REFUSED),
    ],
)
def test_a_refusal_is_red_unless_the_person_is_in_already(reason, face):
    assert face_of(reason) is face


@pytest.mark.parametrize(
    ("practice", "shown"),
    [
        (Practice.ADMITTED, Admitted(entry_no=1)),
        (Practice.ALREADY_IN, Refused(Reason.ALREADY_REDEEMED)),
        (Practice.WRONG_GATE, Refused(Reason.WRONG_GATE)),
        (Practice.RESERVE, Refused(Reason.UNAPPROVED)),
        (Practice.CANCELED, Refused(Reason.CANCELED)),
        (Practice.REVOKED, Refused(Reason.REVOKED)),
    ],
)
def test_each_practice_badge_shows_its_verdict(practice, shown):
    assert practice_verdict(practice, NOW) == shown
    assert practice_verdict(practice, NOW, direction=EXIT) == Admitted()


def test_the_table_says_which_reasons_are_practised():
    shown = {practice_verdict(one, NOW).reason for one in Practice}

    assert {row.reason for row in REASONS if row.practised} == shown - {None}


def test_an_override_is_practised_where_one_is_possible():
    forced = {one: practice_verdict(one, NOW, forced=True) for one in Practice}

    assert forced == {
        Practice.ADMITTED: Admitted(entry_no=1),
        # already inside: nobody is counted again
        Practice.ALREADY_IN: Admitted(None, (Reason.ALREADY_REDEEMED,)),
        Practice.WRONG_GATE: Admitted(1, (Reason.WRONG_GATE,)),
        Practice.RESERVE: Admitted(1, (Reason.UNAPPROVED,)),
        Practice.CANCELED: Refused(Reason.CANCELED),
        Practice.REVOKED: Refused(Reason.REVOKED),
    }


def test_a_practice_badge_says_that_it_is_one():
    over = practice_message(ERROR, Reason.INVALID, "en", ENTRY, over=True)

    assert practice_message(OK, None, "en", EXIT, over=False) == "REHEARSAL · Exit recorded"
    assert over == "Practice badge: the rehearsal is over"
