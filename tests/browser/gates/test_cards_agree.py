"""The scan page and the scanner's window are one product: the same card for the same answer."""

from __future__ import annotations

import pytest

from checkin.services.gates.devices import gate_named
from checkin.services.gates.gates import limit_gate
from checkin.services.people.registering.blocking import block
from scanner.core.scan import Kind, Scan
from scanner.server.verdicts import verdict_told
from scanner.window.card_lines import lines_of, short_name
from scanner.window.recent_scans import Card
from tests.browser.gates.stations import card, open_station, pairing_link_at, type_code
from tests.support import factories
from tests.support.factories import NOW, write

pytestmark = pytest.mark.browser

#: the page tells times by what the event's clocks show today: those of an event of last year differ
TODAYS_ZONE = "UTC"
EVENT = {"fr": "Rencontre régionale", "ar": "اللقاء الجهوي"}
#: a laptop of 13.3 inches is 294 mm wide
MM_PER_PX = 294 / 1366
#: 16 minutes of arc at two metres, the least of ISO 9241-303; capitals of this font are 0.72 high
LEAST_MM = 9.3 / 0.72


@pytest.fixture
def codes(database, event, delegation):
    """An admitted person of a long name, one who is in already, one who is blocked, and one who
    stands at the wrong gate."""
    name, name_ar = "Mohammed Amine Ben Abdeljalil El Idrissi", "محمد أمين بن عبد الجليل الإدريسي"
    long = factories.a_badge(database, event, name, name_ar=name_ar, delegation=delegation)
    others = factories.badges(database, event, 2, delegation=delegation)
    factories.scan(database, factories.a_device(database, event, "Porte Nord"), others[0])
    write(database, lambda s: block(s, event, 3, reason="Menaces", now=NOW))
    press = factories.a_category(database, event, "Presse")
    lost = factories.a_badge(database, event, "Salma Tazi", delegation=delegation, category=press)

    def limit(session):
        limit_gate(session, event, gate_named(session, event, "Porte 1", create=True), ["Militant"])
        gate_named(session, event, "Porte Nord").name_ar = "الباب الشمالي"

    write(database, limit)
    return [long, *others, lost]


def answered(page, code):
    """Type a code and return the verdict in the server's answer, as the window makes it."""
    with page.expect_response("**/api/v1/scans") as response:
        type_code(page, code)
    reply = response.value.json()
    page.wait_for_selector(f"#recent li:first-child[data-kind={kind_of(reply)}]")
    return verdict_told(Scan(code=code), reply, "fr")


def kind_of(reply):
    kind = verdict_told(Scan(code=""), reply, "fr").kind
    return {Kind.ADMITTED: "ok"}.get(kind, str(kind))


def first_listed(page):
    return page.text_content("#recent li:first-child [data-part=name]")


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_card_and_list_say_what_the_window_says_and_can_be_read_at_two_metres(
    chromium, server, database, event, codes, language
):
    link = pairing_link_at(server, database, event, language=language)
    screen = {"width": 1366, "height": 768}
    page = open_station(chromium.start().new_context(viewport=screen), link)

    for code in codes:
        verdict = answered(page, code)
        said = card(page)
        lines = dict(lines_of(Card(verdict, 0.0), language, TODAYS_ZONE))
        assert said == {"kind": said["kind"], **lines}
        assert first_listed(page) == short_name(verdict, language)
        word_mm, name_mm, *act_mm = sizes_mm(page)
        assert min(word_mm, name_mm) > LEAST_MM
        assert all(one > max(word_mm, name_mm) for one in act_mm)
    assert "\u2068\u2068" not in said["act"]  # what would run from the left in Arabic
    assert page.text_content("#event") == EVENT[language]
    assert page.faults == []


def sizes_mm(page):
    """Return the sizes of the letters of the word, of the name, and of the act if there is one."""
    sizes = page.eval_on_selector_all(
        ":is([data-part=word], [data-part=name], [data-part=act]):not([hidden]):is(#verdicts *)",
        "parts => parts.map(part => parseFloat(getComputedStyle(part).fontSize))",
    )
    return [size * MM_PER_PX for size in sizes]


def test_on_a_telephone_search_and_walk_in_are_the_large_buttons_and_a_touch_wakes_the_sound(
    chromium, pairing_link
):
    strict = chromium.start(more=["--autoplay-policy=user-gesture-required"])
    telephone = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
    page = strict.new_context(**telephone).new_page()
    page.goto(pairing_link)
    page.fill("#station-name", "Poste de Samira")
    assert page.get_attribute("#mute", "hidden") is None

    page.tap("#pairing button")
    page.wait_for_selector("#station:not([hidden])")

    page.wait_for_selector("#mute", state="hidden")
    sizes = page.eval_on_selector_all(
        ".errands .button, .scan-foot form .button",
        "all => all.map(one => [one.id, one.offsetWidth, one.offsetHeight])",
    )
    large = {name for name, width, height in sizes if width >= 100 and height >= 56}
    assert large == {"open-search", "open-walk-in"}
