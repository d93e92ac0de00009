"""Every reason to refuse a scan is known to all code that decides, shows or lists it."""

from __future__ import annotations

import re
from dataclasses import replace
from gettext import GNUTranslations
from io import BytesIO

import pytest
from sqlalchemy import inspect

from checkin.domain.scanning.messages import refusal_message, usual_act, verdict_message
from checkin.domain.scanning.next_steps import ACTS
from checkin.domain.scanning.reasons import REASONS, ROWS, Face, Reason
from checkin.domain.scanning.rehearsal import Practice, practice_verdict
from checkin.domain.scanning.verdict import Refused
from checkin.web.api.bodies.scan_bodies import ScanReply
from checkin.web.board.words import board_words
from checkin.web.gates import conflicts
from checkin.web.gates.scan_words import scan_words
from checkin.words.compiled import catalogues
from checkin.words.languages import LANGUAGES
from scanner.core.scan import Kind
from scanner.window import card_lines
from tests.docs.pages import pages
from tests.scanner.verdicts import a_verdict
from tests.support.factories import NOW
from tests.support.servers.server_process import ROOT

ADMISSION_JS = ROOT / "checkin" / "static" / "js" / "offline" / "admission.js"
MARKS = {Face.REFUSED: "red ✗", Face.ALREADY: "amber ↺"}


@pytest.fixture
def databases(sqlite_databases):
    """Only what migrations made of one database is looked at."""
    return sqlite_databases


@pytest.fixture
def _request(app):
    with app.test_request_context("/"):
        yield


def is_translated(reason):
    """Say whether every catalogue has both sentences of a reason."""
    sentences = {ROWS[reason].refused, ROWS[reason].let_in}
    return all(
        sentences <= set(GNUTranslations(BytesIO(compiled))._catalog)
        for compiled in catalogues("device").values()
    )


def is_told_by_the_server(reason):
    said = {refusal_message(reason, tag) for tag in LANGUAGES}
    return ROWS[reason].refused in said and len(said) == len(LANGUAGES)


def is_in_the_api(reason):
    return ScanReply.model_fields["reason"].annotation == Reason | None and reason in set(Reason)


def is_on_the_scanners_card(reason):
    verdict = a_verdict("error", reason)
    said = {
        tag: (card_lines.sentence(verdict, tag), card_lines.act(verdict, tag, "UTC").lower())
        for tag in LANGUAGES
    }
    faces = {Face.ALREADY: Kind.ALREADY, Face.REFUSED: Kind.REFUSED}
    return verdict.kind == faces[ROWS[reason].face] and said == {
        tag: (refusal_message(reason, tag), usual_act(reason, tag).lower()) for tag in LANGUAGES
    }


def is_handed_to_the_page(reason):
    row = ROWS[reason]
    return all(
        {
            "reason": reason,
            "forceable": row.forceable,
            "face": row.face,
            "next_step": row.next_step,
            "known_steps": [*row.known_steps],
            "refused": refusal_message(reason, tag),
        }
        in scan_words(tag, [])["reasons"]
        for tag in LANGUAGES
    )


def is_judged_by_the_page(reason):
    [rules] = re.findall(
        r"^const AGAINST = \{$(.*?)^\};$", ADMISSION_JS.read_text("utf-8"), re.M | re.S
    )
    return reason in re.findall(r"^  (\w+): ", rules, re.M)


def is_told_in_the_list_of_conflicts(reason):
    return bool(conflicts._what_happened("fr").get(reason))


def is_on_the_board(reason):
    return bool(board_words("fr")["reasons"].get(reason))


def is_practised_or_said_not_to_be(reason):
    shown = {practice_verdict(practice, NOW).reason for practice in Practice}
    return ROWS[reason].practised == (reason in shown)


def is_in_the_documentation(reason):
    row = ROWS[reason]
    forceable = "yes" if row.forceable else "no"
    line = f"| {row.refused} | {ACTS[row.next_step]} | {MARKS[row.face]} | {forceable} |\n"
    return line in pages()["docs/event-day.md"]


READERS = [
    is_translated,
    is_told_by_the_server,
    is_in_the_api,
    is_on_the_scanners_card,
    is_handed_to_the_page,
    is_judged_by_the_page,
    is_told_in_the_list_of_conflicts,
    is_on_the_board,
    is_practised_or_said_not_to_be,
    is_in_the_documentation,
]


@pytest.mark.usefixtures("_request")
@pytest.mark.parametrize("knows", READERS)
def test_every_reader_knows_every_reason(knows):
    assert [reason for reason in Reason if not knows(reason)] == []


@pytest.mark.usefixtures("_request")
@pytest.mark.parametrize("knows", READERS)
def test_a_reason_that_a_reader_does_not_know_is_noticed(knows, monkeypatch):
    """The control: a row that nobody else has heard of."""
    row = replace(REASONS[0], reason="of_tomorrow", refused="Banned", let_in="In", practised=True)
    monkeypatch.setitem(ROWS, "of_tomorrow", row)

    assert not knows("of_tomorrow")


@pytest.mark.parametrize("table", ["scan", "conflict"])
def test_a_migrated_database_takes_every_reason_and_no_other(table, database):
    with database.reading() as connection:
        checks = inspect(connection).get_check_constraints(table)

    [sentence] = [one["sqltext"] for one in checks if one["name"] == f"ck_{table}_reason"]
    assert re.findall(r"'(\w+)'", sentence) == list(Reason)


def test_the_rows_stand_in_the_order_of_the_reasons_once_each():
    assert [row.reason for row in REASONS] == list(Reason)


def test_the_page_is_handed_the_rows_in_their_order(app):
    with app.test_request_context("/"):
        handed = scan_words("fr", [])["reasons"]

    assert [row["reason"] for row in handed] == list(Reason)


def test_what_a_newer_server_refuses_for_is_red():
    assert a_verdict("error", "of_tomorrow").kind == Kind.REFUSED


def test_no_two_reasons_say_the_same():
    for tag in LANGUAGES:
        said = [verdict_message("error", reason, tag) for reason in Reason]
        told = [conflicts._what_happened(tag)[reason] for reason in Reason]
        assert (len(set(said)), len(set(told))) == (len(Reason), len(Reason))


def says_an_act_everywhere(reason):
    """Say whether the sentence of a reason ends with what the volunteer does, in every language."""
    acts = {tag: usual_act(reason, tag) for tag in LANGUAGES}
    return len(set(acts.values())) == len(LANGUAGES) and all(
        acts[tag] and verdict_message("error", reason, tag).endswith(f": {acts[tag]}")
        for tag in LANGUAGES
    )


def test_every_reason_has_an_act_in_three_languages(monkeypatch):
    assert [reason for reason in Reason if not says_an_act_everywhere(reason)] == []

    # The control: an act that nobody has put into words.
    monkeypatch.setitem(ACTS, "silent", "")
    monkeypatch.setitem(ROWS, Reason.BLOCKED, replace(ROWS[Reason.BLOCKED], next_step="silent"))
    assert not says_an_act_everywhere(Reason.BLOCKED)


def test_every_practice_badge_but_one_shows_a_refusal():
    verdicts = [practice_verdict(practice, NOW) for practice in Practice]

    assert sum(isinstance(verdict, Refused) for verdict in verdicts) == len(Practice) - 1
