"""The list of very many people arrives at a scan page in pieces."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from checkin.services.gates import list_passes
from checkin.services.gates.list_passes import write_pass
from tests.browser.gates.stations import card, open_station, stored, type_code
from tests.support import factories
from tests.support.factories import KEYS, NOW

pytestmark = pytest.mark.browser

PEOPLE = list_passes.MOST_AT_ONCE + 50


@pytest.fixture
def codes(database, event, delegation, monkeypatch):
    codes = factories.badges(database, event, PEOPLE, delegation=delegation)
    monkeypatch.setattr(list_passes, "SEGMENT_BYTES", 8 * 2**10)  # so that there are many
    write_pass(database, event.id, KEYS, lambda: NOW)
    return codes


def marks_in(requests):
    return [mark for one in requests for mark in one.rpartition("/")[2].split(",")]


def test_a_cut_off_list_goes_on_after_a_reload_and_the_page_scans_meanwhile(
    context, pairing_link, codes
):
    asked, let_through = [], [2]

    def on_the_way(route):
        if len(asked) >= let_through[0]:
            return route.abort()
        asked.append(route.request.url)
        return route.continue_()

    context.route("**/gate-list/segments/*", on_the_way)
    page = open_station(context, pairing_link)
    age = page.locator("#list-age")
    expect(age).to_have_text("Liste en chargement\u00a0: 6 sur 37")
    expect(age).to_have_attribute("data-warn", "false")
    type_code(page, codes[0])
    assert card(page)["kind"] == "ok"
    assert not stored(page)["entries"]

    address = page.url
    page.goto("about:blank")  # else the page that goes may ask for a segment, and not wait for it
    let_through[0] = 100
    page.goto(address)
    expect(age).to_have_text("Liste\u00a0: 0 min", timeout=30_000)
    marks = marks_in(asked)
    assert (len(marks), len(set(marks))) == (37, 37)
    page.wait_for_selector("html[data-kept=yes]")
    context.set_offline(True)
    type_code(page, codes[500])
    expect(page.locator("#verdicts .verdict").first).to_have_attribute("data-kind", "pending")
    assert "Militant 500" in page.locator("#verdicts .verdict").first.inner_text()
    assert page.faults == []
