"""The page that stops all entries: it reaches every gate, and is logged."""

from __future__ import annotations

import pytest

from checkin.db.models import Activity
from checkin.words.languages import LANGUAGES
from tests.support import factories
from tests.support.api_client import Api, a_scan

STOP = "/events/rabat-2025/stop"
SAID = dict.fromkeys(LANGUAGES, "Fire alarm") | {"fr": "Alarme incendie", "ar": "إنذار حريق"}
MESSAGES = {f"message_{language}": text for language, text in SAID.items()}
REFUSED = ("error", "invalid_time")


@pytest.fixture
def gates(app, database, event):
    return [Api.enrolled(app, database, event, gate=f"Porte {number}") for number in (1, 2)]


@pytest.fixture
def codes(database, event):
    return factories.badges(database, event, 4)


def test_a_stop_refuses_the_next_scan_at_every_gate_with_its_message(organiser, gates, codes):
    before = gates[0].verdict(codes[0])
    assert organiser.send(STOP, **MESSAGES).status_code == 302

    refused = [gate.scan(code) for gate, code in zip(gates, codes[1:], strict=False)]
    said = {
        language: gates[0].scan(codes[3], headers={"Accept-Language": language})["message"]
        for language in SAID
    }

    assert before == ("ok", None)
    assert [(one["status"], one["reason"]) for one in refused] == [REFUSED, REFUSED]
    assert [one["stop"] for one in refused] == [SAID, SAID]
    assert said == SAID


def test_lifted_it_lets_in_those_it_refused(organiser, gates, codes):
    organiser.send(STOP, **MESSAGES)
    assert gates[0].verdict(codes[0]) == REFUSED

    organiser.send(STOP, f"{STOP}/lift")

    assert gates[0].verdict(codes[0]) == ("ok", None)
    assert gates[0].read("/status")["stop"] is None


def test_nobody_overrides_it_and_exits_go_on(organiser, gates, codes, database):
    factories.a_supervisor(database)
    assert gates[0].verdict(codes[0]) == ("ok", None)
    organiser.send(STOP, **MESSAGES)

    forced = gates[0].verdict(
        codes[1], force=True, force_reason="connu du bureau", supervisor_pin="246810"
    )

    assert forced == REFUSED
    assert gates[0].verdict(codes[0], type="exit") == ("ok", None)


def test_what_a_gate_without_the_network_let_in_meanwhile_is_no_conflict(organiser, gates, codes):
    organiser.send(STOP, **MESSAGES)
    offline = a_scan(codes[0]) | {"decided": {"status": "ok", "reason": None}}

    results = gates[0].batch(offline)

    assert results[offline["scan_id"]]["conflict"] is False
    assert gates[0].read("/status")["totals"]["arrived"] == 1


def test_devices_boards_and_gate_lists_hear_of_it(organiser, gates):
    known = gates[0].ask("GET", "/gate-list").headers["ETag"]
    organiser.send(STOP, **MESSAGES)

    told = gates[0].ask("GET", "/gate-list", headers={"If-None-Match": known})
    board = organiser.read("/events/rabat-2025/board?lang=ar")

    assert gates[0].read("/status")["stop"]["messages"] == SAID
    assert told.status_code == 200
    assert told.json["head"]["policy"]["stopped"] == SAID
    assert SAID["ar"] in board


def test_who_stopped_and_who_lifted_is_on_the_page_and_in_the_log(organiser, database, event):
    organiser.send(STOP, **MESSAGES)
    stopped = organiser.read(STOP)
    organiser.send(STOP, f"{STOP}/lift")
    lifted = organiser.read(STOP)

    with database.read() as session:
        logged = [
            (one.action, one.operator_id is not None)
            for one in session.query(Activity).where(Activity.action.like("entries.%"))
        ]
    assert "Poste organiser" in stopped
    assert "Alarme incendie" in stopped
    assert lifted.count("Poste organiser") >= 2
    assert logged == [("entries.stop", True), ("entries.resume", True)]


@pytest.mark.parametrize("language", ["fr", "ar", "en"])
def test_a_stop_without_words_in_a_language_is_refused_and_the_others_kept(
    organiser, gates, codes, language
):
    response = organiser.send(STOP, **MESSAGES | {f"message_{language}": "  "})

    kept = [text for code, text in SAID.items() if code != language]
    assert response.status_code == 400
    assert all(text in response.text for text in kept)
    assert gates[0].verdict(codes[0]) == ("ok", None)


def test_a_second_stop_changes_the_words_of_the_first(organiser, gates, codes):
    organiser.send(STOP, **MESSAGES)
    organiser.send("/events/rabat-2025/devices", STOP, **MESSAGES | {"message_fr": "Évacuation"})

    stop = gates[0].read("/status")["stop"]

    assert stop["messages"]["fr"] == "Évacuation"
    assert gates[0].scan(codes[0], headers={"Accept-Language": "fr"})["message"] == "Évacuation"


def test_html_in_a_message_stays_text(organiser):
    organiser.send(STOP, **dict.fromkeys(MESSAGES, "<img src=x>"))

    pages = [organiser.read(STOP), organiser.read("/events/rabat-2025/board")]

    assert not any("<img src" in page for page in pages)
