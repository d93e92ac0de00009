"""What the cards of the screen say."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from checkin.domain.scanning.next_steps import GateName, NextStep, Step
from scanner.core.scan import Scan, Verdict
from scanner.server.verdicts import foreign_verdict
from scanner.window import card_lines
from scanner.window.card_lines import lines_of, word
from scanner.window.clock import clock_time, zone_named
from scanner.window.recent_scans import Card
from tests.scanner.decode.pictures import FATIMA, YOUSSEF
from tests.scanner.verdicts import ALREADY, a_verdict

RABAT = "Africa/Casablanca"


def said(verdict, language="fr", timezone=RABAT, **how):
    return dict(lines_of(Card(verdict, 0.0, **how), language, timezone))


def test_a_card_says_word_name_reason_and_where_the_person_belongs_in_this_order():
    assert list(said(ALREADY).items()) == [
        ("word", "DÉJÀ UTILISÉ"),
        ("name", FATIMA["name"]),
        ("otherName", FATIMA["name_ar"]),
        ("sentence", "Badge déjà utilisé"),
        ("act", "Voir heure et porte, envoyer à l’accueil"),
        ("first", "Première entrée à 15:12 · Porte B"),
        ("belonging", "Conseil national · Khémisset"),
        ("arrived", "Arrivées\u00a0: 412 sur 1000"),
    ]


def test_a_badge_that_is_shown_again_says_so_and_when_it_was_scanned():
    scan = Scan(code="M", scanned_at=datetime(2025, 6, 14, 14, 12, tzinfo=UTC))
    admitted = replace(a_verdict(), scan=scan)

    again = said(admitted, is_same=True)

    assert (again["word"], again["name"]) == ("MÊME BADGE", FATIMA["name"])
    assert again["again"].endswith("scanné à 15:12, compté une seule fois")
    assert said(ALREADY, is_same=True)["word"] == "DÉJÀ UTILISÉ"


def test_a_foreign_code_is_refused_in_as_large_letters_as_a_badge():
    foreign = said(foreign_verdict("fr"))

    assert list(foreign) == ["word", "sentence"]
    assert foreign["word"] == "REFUSÉ"


def test_a_refusal_of_this_gate_says_that_it_was_decided_offline():
    refused = a_verdict("error", "blocked", offline=True)

    assert said(refused)["offline"] == "Décidé hors ligne"
    assert "offline" not in said(a_verdict(offline=True))


def test_names_are_shown_in_both_scripts_the_reader_s_first():
    verdict = a_verdict()

    assert card_lines.names_of(verdict, "fr") == [FATIMA["name"], FATIMA["name_ar"]]
    assert card_lines.names_of(verdict, "ar") == [FATIMA["name_ar"], FATIMA["name"]]
    assert card_lines.names_of(a_verdict(participant=YOUSSEF), "ar") == ["Youssef Bennani"]
    assert card_lines.names_of(a_verdict(participant=None), "ar") == []


@pytest.mark.parametrize(
    ("timezone", "when"),
    [
        ("Africa/Casablanca", "Première entrée à 15:12 · Porte B"),
        ("Asia/Dubai", "Première entrée à 18:12 · Porte B"),
    ],
)
def test_already_in_says_when_by_the_events_clock_and_where(timezone, when):
    assert said(ALREADY, timezone=timezone)["first"] == when


def test_the_clock_knows_moroccos_change_of_2026_though_the_laptops_tables_may_not():
    before, since = "2026-09-01T14:12:03Z", "2026-11-01T14:12:03Z"

    times = [clock_time(at, "Africa/Casablanca") for at in (before, since)]

    assert times == ["15:12", "14:12"]


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "Africa", "Atlantis/Capital", "/etc"])
def test_an_unknown_time_zone_is_replaced_by_the_computer_s_own(name):
    assert zone_named(name) is None


def test_more_arrivals_than_places_are_said_to_be_by_override():
    over = replace(ALREADY, delegation={**ALREADY.delegation, "arrived": 1001})

    assert said(ALREADY, "en")["arrived"] == "412 arrived of 1000"
    assert said(over, "en")["arrived"] == "1001 arrived of 1000, with overrides"
    assert "arrived" not in said(a_verdict(delegation=None), "en")


def test_category_and_delegation_are_in_the_readers_script_where_the_server_tells_it():
    pending = a_verdict(offline=True, delegation={"name": "Khémisset"})
    latin_only = a_verdict(participant=YOUSSEF)

    assert said(a_verdict(), "ar")["belonging"] == "المجلس الوطني · الخميسات"
    assert said(pending, "ar")["belonging"] == "المجلس الوطني · Khémisset"
    assert said(latin_only, "ar")["belonging"] == "Militant · الخميسات"


def test_sentences_follow_the_reader_and_a_newer_servers_reason_keeps_its_words():
    assert said(a_verdict("error", "quota_exceeded"), "en")["sentence"] == "Quota reached"
    assert said(a_verdict("error", "of_tomorrow"), "en")["sentence"] == "the server's words"
    unlisted = a_verdict(offline=True, participant=None)
    assert said(unlisted, "en")["sentence"].startswith("Let pass")


def test_while_entries_are_stopped_the_organisers_words_are_shown_in_the_readers_language():
    words = {"fr": "Alarme incendie", "ar": "إنذار حريق", "en": "Fire alarm"}
    stopped = a_verdict("error", "invalid_time", stop=words)

    assert {language: said(stopped, language)["sentence"] for language in words} == words


def test_an_exit_says_exit():
    left = Verdict(Scan(code="M", type="exit"), "ok", None, "")

    assert [word(Card(v, 0.0), "fr") for v in (left, a_verdict())] == ["SORTIE", "LAISSEZ ENTRER"]


def test_a_refusal_says_the_act_with_what_is_known_of_it():
    gates = (GateName(3, "Porte 3", "الباب 3"),)
    wrong = a_verdict("error", "wrong_gate", next_step=Step(NextStep.RIGHT_GATE, gates))
    usual = a_verdict("error", "wrong_gate")

    names = "\u2068Porte\u00a03\u2069\u00a0· \u2068الباب\u00a03\u2069"
    assert said(wrong)["act"] == f"Envoyer à {names}"
    assert said(usual)["act"] == "Envoyer à l’accueil"
    assert "act" not in said(a_verdict())


def test_flags_stand_below_the_name_with_their_signs_in_the_readers_script():
    vip = {"symbol": "star", "sentence": "Protocole", "sentence_ar": "التشريفات"}
    row = {"symbol": "of_tomorrow", "sentence": "Rang 12", "sentence_ar": None}
    flagged = a_verdict(flags=(vip, row))

    assert said(flagged)["flags"] == "★ Protocole\nRang 12"
    assert said(flagged, "ar")["flags"] == "★ التشريفات\nRang 12"
    assert list(said(flagged)).index("flags") == list(said(flagged)).index("otherName") + 1


def test_what_follows_a_point_in_the_word_is_set_smaller():
    pending = said(a_verdict(offline=True))

    assert (pending["word"], pending["wordMore"]) == ("LAISSEZ PASSER", "à confirmer")
