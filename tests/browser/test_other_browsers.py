"""Behaviour of Firefox, Safari, GNOME Web and old browsers, simulated in Chromium.

The engines themselves walk through the pages in tests/engines.
"""

from __future__ import annotations

import itertools

import pytest

from tests.browser.gates.stations import card, open_station, type_code, wait_for_list
from tests.support import factories

pytestmark = pytest.mark.browser

BOARD = "/events/rabat-2025/board"
TOO_OLD = {"fr": "Ce navigateur est trop ancien", "ar": "هذا المتصفح قديم", "en": "too old"}
NOT_LOADED = {
    "fr": "Une partie de cette page n’est pas arrivée",
    "ar": "لم يصل جزء من هذه الصفحة",
    "en": "A part of this page did not arrive",
}
SAFARI = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Safari/605.1.15"
GNOME_WEB = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/605.1.15 Safari/605.1.15"
CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36"


@pytest.fixture
def code(database, event, delegation):
    return factories.a_badge(database, event, "Amina Alaoui", delegation=delegation)


@pytest.fixture
def codes(code):
    return [code]


def test_the_gate_opens_while_firefox_waits_for_an_answer_on_storage(context, pairing_link, code):
    context.add_init_script("navigator.storage.persist = () => new Promise(() => {})")
    page = open_station(context, pairing_link)

    type_code(page, code)

    assert card(page)["kind"] == "ok"


def test_keys_of_a_hand_scanner_never_reach_the_browsers_search(context, pairing_link, code):
    page = open_station(context, pairing_link)
    page.evaluate(
        "() => addEventListener('keydown', (e) => (window.last = [e.key, e.defaultPrevented]))"
    )

    for key in ("'", "/", "4", " "):
        page.keyboard.press(key)
        assert page.evaluate("window.last") == [key, True]


def test_an_old_browser_is_told_so_and_a_new_one_is_not(server, chromium, event):
    for language, is_old in itertools.product(TOO_OLD, (True, False)):
        page = chromium.start().new_context().new_page()
        page.add_init_script("delete Array.prototype.toReversed" if is_old else "")
        page.goto(f"{server.url}/scan?lang={language}")

        assert page.is_visible("#old-browser") is is_old
        assert TOO_OLD[language] in page.text_content("#old-browser")


def test_a_scan_page_whose_module_does_not_arrive_says_so(server, chromium, event):
    for language, arrives in itertools.product(NOT_LOADED, (False, True)):
        page = chromium.start().new_context().new_page()
        if not arrives:
            page.route("**/js/scan/station.js", lambda route: route.abort())
        page.goto(f"{server.url}/scan?lang={language}")

        shown, hidden = ("#pairing", "#not-loaded") if arrives else ("#not-loaded", "#pairing")
        page.wait_for_selector(shown)
        assert page.is_hidden(hidden)
        assert NOT_LOADED[language] in page.text_content("#not-loaded")


def test_the_board_tells_an_old_browser_too(server, organiser_page, delegation):
    organiser_page.add_init_script("delete Array.prototype.toReversed")

    for view in ("", "?wall=1"):
        organiser_page.goto(server.url + BOARD + view)
        assert organiser_page.is_visible("#old-browser")


def test_files_that_a_browser_erased_are_fetched_again(context, page, code):
    page.evaluate(
        "async () => { for (const name of await caches.keys()) await caches.delete(name) }"
    )
    page.reload()
    wait_for_list(page)

    context.set_offline(True)
    page.reload()
    page.wait_for_selector("#line[data-state=offline]", timeout=20_000)
    type_code(page, code)

    assert card(page)["kind"] == "pending"


def test_only_gnome_web_takes_a_long_list_without_its_signature(server, chromium, event):
    page = chromium.start().new_page()
    page.goto(f"{server.url}/scan")

    told = page.evaluate(
        """async ([agents, lengths]) => {
          const { wouldCrash } = await import("/static/js/offline/list/gate-list.js");
          return agents.map((one) => lengths.map((n) => wouldCrash(new Uint8Array(n), one)));
        }""",
        [[SAFARI, GNOME_WEB, CHROME], [60_000, 70_000]],
    )

    assert told == [[False, False], [False, True], [False, False]]


def test_days_and_hours_are_written_from_left_to_right_in_arabic(server, organiser_page, event):
    organiser_page.goto(f"{server.url}/events/rabat-2025/settings?lang=ar")

    directions = organiser_page.eval_on_selector_all(
        "[type=datetime-local]", "fields => fields.map((one) => getComputedStyle(one).direction)"
    )

    assert directions
    assert set(directions) == {"ltr"}


@pytest.mark.parametrize(("width", "height"), [(1024, 768), (1280, 960), (1280, 800)])
def test_the_wall_keeps_its_columns_apart_on_an_old_projector(
    server, organiser_page, database, event, delegation, width, height
):
    factories.a_delegation(database, event, "Skhirate-Témara et Aïn Aouda")
    organiser_page.set_viewport_size({"width": width, "height": height})
    organiser_page.goto(f"{server.url}{BOARD}?wall=1&lang=fr")

    beyond = organiser_page.eval_on_selector(
        ".delegations",
        "part => part.querySelector('table').offsetWidth - part.getBoundingClientRect().width",
    )

    assert beyond <= 1
