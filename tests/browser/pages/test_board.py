"""The live board in a real Chromium, against a real server process."""

from __future__ import annotations

import time
from urllib.request import Request, urlopen

import pytest

from checkin.web.site.json import json_text
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
