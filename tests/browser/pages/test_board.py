"""The live board in a real Chromium, against a real server process."""

from __future__ import annotations

import time
from urllib.request import Request, urlopen

import pytest

from checkin.web.site.json import json_text
from tests.browser.accessibility import serious_findings
from tests.support import factories
from tests.support.api_client import a_scan

pytestmark = pytest.mark.browser

BOARD = "/events/rabat-2025/board"
LIVE = {"fr": "En direct", "ar": "مباشر", "en": "Live"}
COUNTED = "[data-total=arrived]"


@pytest.fixture
def codes(database, event, delegation):
    return factories.badges(database, event, 5, delegation=delegation)


@pytest.fixture
def scan(server, database, event, codes):
    """A function that scans the next badge over HTTP."""
    token = factories.a_new_device(database, event).token

    def scan_one(code: str) -> None:
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        body = json_text(a_scan(code)).encode()
        with urlopen(Request(server.url + "/api/v1/scans", body, headers)) as answer:
            assert answer.status == 200

    return scan_one


def seconds_until(page, selector, text):
    began = time.monotonic()
    page.wait_for_function(
        "([selector, text]) => document.querySelector(selector).textContent === text",
        arg=[selector, text],
        polling=10,
    )
    return time.monotonic() - began


@pytest.mark.parametrize("language", ["fr", "ar", "en"])
def test_a_scan_is_on_the_board_within_a_second(
    server, organiser_page, scan, codes, delegation, language
):
    faults = []
    organiser_page.on("console", lambda said: faults.append(said.text))
    organiser_page.on("pageerror", lambda fault: faults.append(str(fault)))
    organiser_page.goto(f"{server.url}{BOARD}?lang={language}")
    seconds_until(organiser_page, "#state", LIVE[language])

    waits = []
    for count, code in enumerate(codes, 1):
        scan(code)
        waits.append(seconds_until(organiser_page, COUNTED, str(count)))

    row = organiser_page.locator(f"[data-delegation='{delegation.id}']")
    gate = organiser_page.locator("[data-gate]")
    assert sorted(waits)[len(waits) // 2] < 1, waits
    assert row.locator("[data-count=arrived]").text_content() == "5"
    assert row.locator("[data-percent]").text_content() == "100 %"
    assert row.locator(".bar .arrived").get_attribute("width") == "5"
    assert gate.locator("[data-count=arrived]").text_content() == "5"
    assert faults == []


def test_without_a_stream_the_board_polls_and_says_so(server, organiser_page, scan, codes):
    organiser_page.route("**/board/live", lambda route: route.fulfill(status=503))
    organiser_page.goto(f"{server.url}{BOARD}?lang=en")
    seconds_until(organiser_page, "#state", "Updated every 5 seconds")

    scan(codes[0])

    assert seconds_until(organiser_page, COUNTED, "1") < 10


def test_a_board_without_its_server_says_since_when_and_recovers(
    server, organiser_page, scan, codes
):
    organiser_page.goto(f"{server.url}{BOARD}?lang=en")
    seconds_until(organiser_page, "#state", "Live")

    server.kill()
    organiser_page.wait_for_selector("[data-state=stale]", timeout=60_000)
    assert organiser_page.text_content("#state").startswith("Not updated since ")
    server.start()
    scan(codes[0])

    seconds_until(organiser_page, COUNTED, "1")
    seconds_until(organiser_page, "#state", "Live")


def test_a_new_delegation_appears_by_itself(server, organiser_page, database, event):
    organiser_page.goto(f"{server.url}{BOARD}?lang=fr")
    seconds_until(organiser_page, "#state", LIVE["fr"])

    factories.a_delegation(database, event, "Skhirate-Témara", quota=120)

    organiser_page.get_by_text("Skhirate-Témara").wait_for(timeout=10_000)


def test_a_day_that_begins_appears_by_itself_and_an_earlier_one_is_chosen_by_keyboard(
    server, organiser_page, database, event
):
    organiser_page.goto(f"{server.url}{BOARD}?lang=en")
    seconds_until(organiser_page, "#state", "Live")

    factories.a_further_day(database, event)
    earlier = organiser_page.get_by_role("link", name="Day 1:")
    earlier.wait_for(timeout=10_000)
    earlier.focus()
    organiser_page.keyboard.press("Enter")

    organiser_page.wait_for_selector("[data-state=still]")
    assert organiser_page.url.endswith("/board?day=1")
    assert serious_findings(organiser_page) == []
    organiser_page.goto(f"{server.url}{BOARD}?lang=en&day=all")
    assert serious_findings(organiser_page) == []


def test_the_page_that_a_flag_names_is_told_of_an_arrival(
    server, organiser_page, scan, database, event
):
    faults = []
    organiser_page.on("pageerror", lambda fault: faults.append(str(fault)))
    factories.a_flag(database, event)
    code = factories.a_badge(database, event, "Zineb Alaoui", name_ar="زينب العلوي", flags="VIP")
    organiser_page.goto(f"{server.url}/events/rabat-2025/arrivals/pages/Protocole?lang=ar")
    seconds_until(organiser_page, "#state", LIVE["ar"])
    assert organiser_page.is_visible("#nobody")

    scan(code)
    organiser_page.wait_for_selector("#arrivals .flagged", timeout=5_000)

    said = organiser_page.eval_on_selector_all(
        "#arrivals [data-part]:not([hidden])", "parts => parts.map(part => part.textContent)"
    )
    assert said[:3] == ["★ اتصلوا بالتشريفات", "زينب العلوي", "Zineb Alaoui"]
    assert organiser_page.is_hidden("#nobody")
    assert faults == []
