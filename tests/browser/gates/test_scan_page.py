"""The scan page in a real Chromium, with a webcam that shows badges."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from checkin.db.models import Scan
from checkin.protocol.codes import group_for_people
from tests.browser.gates.stations import (
    card,
    hand_scanner,
    is_paired,
    open_station,
    revoke_all,
    type_code,
)
from tests.browser.gates.webcam import picture
from tests.support import factories
from tests.support.waiting import wait_for

pytestmark = pytest.mark.browser


@pytest.fixture
def code(database, event, delegation):
    return factories.a_badge(
        database, event, "Amina Alaoui", name_ar="أمينة العلوي", delegation=delegation
    )


def scans(database):
    with database.read() as session:
        rows = session.scalars(select(Scan).order_by(Scan.id)).all()
    return [(row.source, row.direction, row.status, row.reason) for row in rows]


def test_a_badge_before_the_webcam_gets_its_verdict(chromium, pairing_link, code, database):
    browser = chromium.start([(picture(None), 0.5), (picture(code), 3)])
    page = open_station(browser, pairing_link)

    assert card(page) == {
        "kind": "ok",
        "word": "LAISSEZ ENTRER",
        "name": "Amina Alaoui",
        "otherName": "أمينة العلوي",
        "belonging": "Militant · Khémisset",
        "arrived": "Arrivées\u00a0: 1 sur 1000",
    }
    page.wait_for_timeout(4_000)  # the badge is shown again at once: still the same showing
    assert scans(database) == [("camera", "entry", "ok", None)]
    assert page.faults == []
    assert "pair=" not in page.url


def test_a_code_that_is_small_in_the_picture_is_read(chromium, pairing_link, code):
    browser = chromium.start([(picture(code, module_px=2), 5)])

    assert card(open_station(browser, pairing_link))["kind"] == "ok"


def test_the_second_time_says_when_and_where_the_first_was(
    chromium, pairing_link, code, database, event
):
    first = factories.a_device(database, event, "Porte Nord")
    factories.scan(database, first, code)
    page = open_station(chromium.start(), pairing_link)

    type_code(page, code)

    said = card(page)
    assert (said["kind"], said["sentence"]) == ("already", "Badge déjà utilisé")
    assert said["act"] == "Voir heure et porte, envoyer à l’accueil"
    assert said["first"].endswith(" · Porte Nord")
    assert said["first"].startswith("Première entrée à ")


def test_typed_codes_may_be_grouped_and_in_small_letters(chromium, pairing_link, code, database):
    page = open_station(chromium.start(), pairing_link)

    page.keyboard.press("t")
    page.wait_for_selector("#code:focus")
    page.keyboard.type(group_for_people(code).lower(), delay=50)
    page.keyboard.press("Enter")

    assert card(page)["kind"] == "ok"
    assert scans(database) == [("typed", "entry", "ok", None)]
    page.keyboard.press("f")  # a command, and no letter of the next code
    page.wait_for_selector("#search[open]")


def on_layout(code, letters, written):
    """What an American hand scanner presses for a code, and what the computer's layout writes."""
    table = str.maketrans(letters, written)
    return [
        (f"Digit{letter}" if letter.isdigit() else f"Key{letter}", letter.translate(table))
        for letter in code
    ]


def test_a_hand_scanner_is_understood_on_french_and_arabic_and_its_end_presses_nothing(
    chromium, pairing_link, database, event, delegation
):
    codes = factories.badges(database, event, 3, delegation=delegation)
    page = open_station(chromium.start(), pairing_link)
    french = ("AQZWM0123456789", "QAWZ?à&é\"'(-è_ç")
    arabic = ("ABCDEFGHJKMNPQRSTVWXYZ", "\u0650ﻵ}]\u064f[ﻷأـ،'آ؛\u064e\u064c\u064dﻹ{\u064b\u0652إ~")

    ends = [hand_scanner(page, on_layout(codes[0], *french))]
    assert card(page)["kind"] == "ok"
    ends.append(hand_scanner(page, on_layout(codes[1], *arabic), "Tab"))
    wait_for(lambda: len(scans(database)) == 2, "the second scan")
    page.evaluate("document.querySelector('#undo-scan').showModal()")
    ends.append(hand_scanner(page, on_layout(codes[2], "", "")))

    assert ends == [True] * 3
    assert scans(database) == [("wedge", "entry", "ok", None)] * 2


def test_a_slip_is_said_and_nothing_is_sent(chromium, pairing_link, code, database):
    page = open_station(chromium.start(), pairing_link)

    type_code(page, code[:-1] + ("A" if code[-1] != "A" else "B"))

    page.wait_for_selector("#note:not(:empty)")
    assert "faute de frappe" in page.text_content("#note")
    assert scans(database) == []


def test_an_exit_is_sent_as_one(chromium, pairing_link, code, database):
    page = open_station(chromium.start(), pairing_link)
    # Not by the mouse: the line above may still push the switch down between press and release.
    page.get_by_label("Sortie", exact=True).evaluate("choice => choice.click()")

    type_code(page, code)

    card(page)
    assert scans(database)[0][1] == "exit"


def test_the_device_is_remembered_and_a_revoked_one_asks_to_be_paired(
    chromium, pairing_link, code, database, server
):
    page = open_station(chromium.start(), pairing_link)
    page.goto(f"{server.url}/scan?lang=fr")
    page.wait_for_selector("#station:not([hidden])")
    revoke_all(database)

    page.wait_for_selector("#pairing:not([hidden])")
    assert "plus associé" in page.text_content("#pairing-problem")
    assert not is_paired(page)


@pytest.mark.parametrize(
    ("camera", "advice"), [("denied", "cadenas"), ("missing", "Branchez-en une")]
)
def test_a_camera_that_does_not_open_is_said_with_its_fix(
    chromium, pairing_link, code, camera, advice
):
    page = open_station(chromium.start(camera=camera), pairing_link)

    page.wait_for_selector("#camera-problem:not([hidden])")
    assert advice in page.text_content("#camera-problem p")
    type_code(page, code)
    assert card(page)["kind"] == "ok"


def test_a_used_pairing_code_is_refused_with_a_sentence(chromium, pairing_link):
    browser = chromium.start()
    open_station(browser, pairing_link)
    late = browser.new_page()
    late.goto(pairing_link)

    late.click("#pairing button")

    late.wait_for_selector("#pairing-problem:not([hidden])")
    assert "faux, déjà utilisé ou trop ancien" in late.text_content("#pairing-problem")
