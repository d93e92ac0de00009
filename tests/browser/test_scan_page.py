"""The scan page in a real Chromium, with a webcam that shows badges."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from sqlalchemy import select, update

from checkin.db.models import Device, Scan
from checkin.protocol.codes import group_for_people, parse_code
from checkin.services.devices import gate_named, open_pairing
from tests import factories
from tests.browser.webcam import picture

pytestmark = pytest.mark.browser

VERDICT = "#verdict:not([hidden])"


@pytest.fixture
def code(database, event, delegation):
    return factories.a_badge(
        database, event, "Amina Alaoui", name_ar="أمينة العلوي", delegation=delegation
    )


@pytest.fixture
def pairing_link(server, database, event):
    """The link that an organiser shows for a gate."""

    def work(session):
        gate = gate_named(session, event, "Porte 1", create=True)
        return open_pairing(session, event, gate, now=datetime.now(UTC))

    return f"{server.address}/scan?lang=fr#pair={factories.write(database, work)}"


def open_station(browser, link, **viewport):
    """Open the link, press the button, and return the page of the station."""
    page = browser.new_page(**viewport)
    page.faults = []
    page.on("pageerror", lambda fault: page.faults.append(str(fault)))
    page.goto(link)
    page.fill("#station-name", "Poste de Samira")
    page.click("#pairing button")
    page.wait_for_selector("#station:not([hidden])")
    return page


def card(page):
    """Return what the verdict says, by part, and its kind."""
    page.wait_for_selector(VERDICT)
    return page.eval_on_selector(
        VERDICT,
        """card => ({kind: card.dataset.kind, ...Object.fromEntries(
            [...card.querySelectorAll('[data-part]:not([hidden])')]
              .map(part => [part.dataset.part, part.textContent]))})""",
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
        "word": "Bienvenue",
        "name": "Amina Alaoui",
        "otherName": "أمينة العلوي",
        "category": "Militant",
        "delegation": "Khémisset",
        "arrived": "1 arrivés sur 1\u202f000 places",
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
    assert (said["kind"], said["word"]) == ("already", "Déjà entré")
    assert said["more"].endswith(", Porte Nord")
    assert said["more"].startswith("Première entrée à ")


def type_code(page, text, delay_ms=0):
    page.keyboard.type(text, delay=delay_ms)
    page.keyboard.press("Enter")


def test_typed_codes_may_be_grouped_and_in_small_letters(chromium, pairing_link, code, database):
    page = open_station(chromium.start(), pairing_link)

    type_code(page, group_for_people(code).lower(), delay_ms=50)

    assert card(page)["kind"] == "ok"
    assert scans(database) == [("typed", "entry", "ok", None)]


def test_a_hand_scanner_is_understood_on_a_french_keyboard(chromium, pairing_link, code, database):
    page = open_station(chromium.start(), pairing_link)
    french = str.maketrans("AQZWM0123456789", "QAWZ?à&é\"'(-è_ç")

    for letter in code:  # the keys of an American keyboard, and what AZERTY makes of them
        key = f"Digit{letter}" if letter.isdigit() else f"Key{letter}"
        written = letter.translate(french)
        page.evaluate(
            """([key, written]) => {
              const field = document.getElementById("code");
              dispatchEvent(new KeyboardEvent("keydown", {code: key, key: written}));
              field.value += written;
            }""",
            [key, written],
        )
    page.keyboard.press("Enter")

    assert card(page)["kind"] == "ok"
    assert scans(database)[0][1:] == ("entry", "ok", None)


def test_a_slip_is_said_and_nothing_is_sent(chromium, pairing_link, code, database):
    page = open_station(chromium.start(), pairing_link)

    type_code(page, code[:-1] + ("A" if code[-1] != "A" else "B"))

    page.wait_for_function("document.getElementById('note').textContent !== ''")
    assert "faute de frappe" in page.text_content("#note")
    assert scans(database) == []


def test_an_exit_is_sent_as_one(chromium, pairing_link, code, database):
    page = open_station(chromium.start(), pairing_link)
    page.get_by_text("Sortie", exact=True).click()

    type_code(page, code)

    card(page)
    assert scans(database)[0][1] == "exit"


def test_without_network_nothing_is_green_and_the_same_scan_is_sent_again(
    chromium, pairing_link, code, database, server
):
    page = open_station(chromium.start(), pairing_link)
    sent = []
    page.on(
        "request",
        lambda request: "scans" in request.url and sent.append(json.loads(request.post_data)),
    )
    server.stop()

    type_code(page, code)
    assert card(page)["kind"] == "unconfirmed"
    assert page.text_content("#line") == "1 non confirmé(s)"
    server.start()

    page.wait_for_selector("#verdict[data-kind=ok]")
    assert page.text_content("#line") == "En ligne"
    assert len(sent) >= 2
    assert [body for body in sent if body != sent[0]] == []
    assert scans(database) == [("wedge", "entry", "ok", None)]


def test_the_device_is_remembered_and_a_revoked_one_asks_to_be_paired(
    chromium, pairing_link, code, database, server
):
    page = open_station(chromium.start(), pairing_link)
    page.goto(f"{server.address}/scan")
    page.wait_for_selector("#station:not([hidden])")
    factories.write(database, lambda s: s.execute(update(Device).values(revoked_at=factories.NOW)))

    type_code(page, code)

    page.wait_for_selector("#pairing:not([hidden])")
    assert "plus associé" in page.text_content("#pairing-problem")
    assert page.evaluate("localStorage.getItem('marhaba.device')") is None


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


def test_the_pages_check_of_codes_agrees_with_the_servers(
    chromium, server, database, event, delegation
):
    codes = factories.badges(database, event, 60, delegation=delegation)
    letters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
    texts = [*codes, "", "M", codes[0].lower(), codes[0] + "0", "N" + codes[0][1:]]
    for number, code in enumerate(codes):
        at = number % 29
        texts += [code[:at] + letter + code[at + 1 :] for letter in letters]
        texts.append(code[:at] + code[at : at + 2][::-1] + code[at + 2 :])
    page = chromium.start().new_page()
    page.goto(f"{server.address}/scan")

    judged = page.evaluate(
        """async texts => {
          const { isBadgeCode } = await import("/static/js/badge-code.js");
          return texts.map(isBadgeCode);
        }""",
        texts,
    )

    assert judged == [parse_code(text) is not None for text in texts]
    assert sum(judged) > 100
