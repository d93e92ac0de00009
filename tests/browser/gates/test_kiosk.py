"""A gate that is left to visitors, from the settings to the supervisor's PIN that ends it."""

from __future__ import annotations

import os

import pytest

from tests.browser.gates.stations import VERDICT, card, hand_scanner
from tests.support import factories

pytestmark = pytest.mark.browser

BOARD = "/events/rabat-2025/board"


@pytest.fixture
def codes(database, event, delegation):
    factories.a_supervisor(database)
    return [
        factories.a_badge(
            database, event, "Amina El Alaoui", name_ar="أمينة العلوي", delegation=delegation
        )
    ]


def show_to_hand_scanner(page, code):
    hand_scanner(page, [(_key(letter), letter) for letter in code])
    page.wait_for_selector(VERDICT)


def _key(letter):
    return f"Digit{letter}" if letter.isdigit() else f"Key{letter}"


def end_with(page, pin):
    page.click("#kiosk-end")
    page.fill("#kiosk-pin-field", pin)
    page.press("#kiosk-pin-field", "Enter")


def picture(page, name):
    if folder := os.environ.get("MARHABA_PICTURES"):
        page.screenshot(path=f"{folder}/{name}.png")


def test_a_gate_is_left_to_visitors_until_a_pin_ends_it(server, organiser_page, page, codes):
    page.wait_for_selector("#line[data-state=online]")
    page.keyboard.press("e")  # visitors come in, whatever the switch stood at
    page.wait_for_selector("input[name=type][value=exit]:checked", state="attached")
    page.click("#settings summary")
    page.click("#open-kiosk")
    page.click("#kiosk-begin button")
    page.wait_for_selector("#kiosk:not([hidden])")
    picture(page, "kiosk-idle")

    show_to_hand_scanner(page, codes[0])
    welcome = card(page)
    picture(page, "kiosk-welcome")
    page.wait_for_selector("#verdicts", state="hidden", timeout=10_000)
    show_to_hand_scanner(page, codes[0])
    again = card(page)
    picture(page, "kiosk-refused")

    assert welcome == {
        "kind": "ok",
        "word": "Bienvenue\nمرحبا",
        "name": "Amina A.",
        "otherName": "أمينة ع.",
    }
    assert again["word"].startswith("Veuillez vous rendre à l’accueil\n")
    assert not {"name", "first", "belonging"} & set(again)

    page.reload()
    page.wait_for_selector("#kiosk:not([hidden])")
    page.go_back()
    page.keyboard.press("f")
    page.keyboard.press("z")
    assert page.locator("dialog[open]").count() == 0
    assert not page.is_visible(".scan-foot")

    page.click("#kiosk-help")
    organiser_page.goto(f"{server.url}{BOARD}")
    organiser_page.click(".help-calls button")
    page.wait_for_selector("#kiosk-help-state:has-text('Quelqu’un arrive')", timeout=20_000)
    picture(page, "kiosk-help")

    end_with(page, "000000")
    page.wait_for_selector("#kiosk-pin-form [role=alert]:not([hidden])")
    page.fill("#kiosk-pin-field", factories.PIN)
    page.press("#kiosk-pin-field", "Enter")
    page.wait_for_selector("#kiosk", state="hidden")
    assert page.is_visible(".scan-foot")
    assert page.faults == []
