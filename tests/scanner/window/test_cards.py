"""What the cards of the screen say."""

from dataclasses import replace

import pytest

from scanner.core.scan import Scan, Verdict
from scanner.window.clock import clock_time, zone_named
from scanner.window.drawing import card, tiles
from tests.scanner.decode.pictures import FATIMA, YOUSSEF
from tests.scanner.verdicts import ALREADY, a_verdict


def test_names_are_shown_in_both_scripts_the_reader_s_first():
    verdict = a_verdict()

    assert card.names_of(verdict, "fr") == [FATIMA["name"], FATIMA["name_ar"]]
    assert card.names_of(verdict, "ar") == [FATIMA["name_ar"], FATIMA["name"]]
    assert card.names_of(a_verdict(participant=YOUSSEF), "ar") == ["Youssef Bennani"]
    assert card.names_of(a_verdict(participant=None), "ar") == []


@pytest.mark.parametrize(
    ("timezone", "said"),
    [
        ("Africa/Casablanca", "Entré à 15:12 · Porte B"),
        ("Asia/Dubai", "Entré à 18:12 · Porte B"),
    ],
)
def test_already_in_says_when_by_the_events_clock_and_where(timezone, said):
    assert card.explanation(ALREADY, "fr", timezone) == said


def test_the_clock_knows_moroccos_change_of_2026_though_the_laptops_tables_may_not():
    before, since = "2026-09-01T14:12:03Z", "2026-11-01T14:12:03Z"

    times = [clock_time(at, "Africa/Casablanca") for at in (before, since)]

    assert times == ["15:12", "14:12"]


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "Africa", "Atlantis/Capital", "/etc"])
def test_an_unknown_time_zone_is_replaced_by_the_computer_s_own(name):
    assert zone_named(name) is None


def test_the_delegation_shows_arrived_and_quota():
    assert card.delegation_line(ALREADY, "en") == "Khémisset · 412 arrived of 1000"


def test_more_arrivals_than_places_are_said_to_be_by_override():
    over = replace(ALREADY, delegation={**ALREADY.delegation, "arrived": 1001})

    line = card.delegation_line(over, "en")

    assert line == "Khémisset · 1001 arrived of 1000, with overrides"
    assert card.delegation_line(a_verdict(delegation=None), "en") == ""


def test_category_and_delegation_are_in_the_readers_script_where_the_server_tells_it():
    admitted, pending = a_verdict(), a_verdict(offline=True, delegation={"name": "Khémisset"})
    latin_only = a_verdict(participant=YOUSSEF)

    assert card.explanation(admitted, "fr", "") == "Conseil national"
    assert card.explanation(admitted, "ar", "") == "المجلس الوطني"
    assert card.explanation(latin_only, "ar", "") == "Militant"
    assert card.belonging(admitted, "ar") == "الخميسات · وصل 412 من 1000"
    assert (
        card.belonging(ALREADY, "fr")
        == "Conseil national · Khémisset · Arrivés\u00a0: 412 sur 1000"
    )
    assert card.belonging(pending, "ar") == "المجلس الوطني · Khémisset"


@pytest.mark.parametrize(
    ("count", "names"),
    [
        (2, ["فاطمة الزهراء العمراني", "Fatima-Zahra El Amrani"]),
        (4, ["فاطمة الزهراء العمراني · Fatima-Zahra El Amrani"]),
    ],
)
def test_a_tile_has_both_scripts_of_the_name_and_the_readers_of_the_rest(monkeypatch, count, names):
    drawn = []
    for kind in ("draw_line", "draw_paragraph"):
        monkeypatch.setattr(tiles, kind, lambda _, text, **more: drawn.append(text))
    tiles.tiles_image((a_verdict(),) * count, "ar", "")

    assert drawn[: len(drawn) // count] == ["مقبول", *names, "المجلس الوطني · الخميسات"]


def test_sentences_follow_the_reader_and_a_newer_servers_reason_keeps_its_words():
    assert card.sentence(a_verdict("error", "quota_exceeded"), "en") == (
        "The delegation's quota is reached"
    )
    assert card.sentence(a_verdict("error", "of_tomorrow"), "en") == "the server's words"
    assert card.sentence(a_verdict(offline=True), "en").startswith("Not confirmed")


def test_an_exit_says_exit():
    left = Verdict(Scan(code="M", type="exit"), "ok", None, "")

    assert (card.word(left, "fr"), card.word(a_verdict(), "fr")) == ("SORTIE", "ADMIS")
