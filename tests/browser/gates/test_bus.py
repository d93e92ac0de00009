"""A bus at the scan page, by the keyboard alone: opened, let in, and taken back."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select, update

from checkin.db.models import Admission, Event
from checkin.services.people.registering.blocking import block
from tests.browser.gates.stations import open_station, type_code, wait_for_list
from tests.support import factories
from tests.support.factories import NOW, write
from tests.support.waiting import wait_for

pytestmark = pytest.mark.browser

SEATS = 50


@pytest.fixture
def codes(database, event, delegation):
    codes = factories.a_full_bus(database, event, SEATS)
    write(database, lambda s: block(s, s.merge(event), 9, reason="Consigne", now=NOW))
    return codes


@pytest.fixture
def page(chromium, pairing_link, codes):
    page = open_station(chromium.start(), pairing_link)
    wait_for_list(page)
    return page


def inside(database):
    with database.read() as session:
        query = select(func.count()).select_from(Admission).where(Admission.annulled_at.is_(None))
        return session.scalar(query)


def open_list(page, code):
    type_code(page, code)
    page.wait_for_selector("#bus[open]")


def let_in(page, *missing):
    """Take out who is missing by letters of their names, and let the others in; return the keys."""
    keys = [key for name in missing for key in (*name, "Space")] + ["Enter"]
    for key in keys:
        page.keyboard.press(key)
    page.wait_for_selector("#bus-result:not([hidden])", timeout=20_000)
    return len(keys)


def test_a_bus_is_let_in_and_taken_back_by_the_keyboard_alone(page, database, codes):
    open_list(page, codes[0])

    keys = let_in(page, "48", "49")

    counts = page.text_content("#bus-counts").replace("\N{NO-BREAK SPACE}", " ")
    assert counts == "Entrées : 46 · déjà faites : 1 · refus : 1"
    assert "Militant 8" in page.text_content("#bus-refused")
    assert keys == 7
    wait_for(lambda: inside(database) == 47)  # what a slow server has not answered goes up later
    page.keyboard.press("z")
    page.wait_for_selector("#bus-notice:not([hidden])")
    page.keyboard.press("z")
    wait_for(lambda: inside(database) == 1)  # the leader came in by a scan of their own
    wait_for(lambda: "46 sur 46" in page.text_content("#bus-notice"))


def test_a_badge_that_a_hand_scanner_reads_into_the_open_list_lets_nobody_in(page, database, codes):
    open_list(page, codes[0])

    page.keyboard.type(codes[5])
    page.keyboard.press("Enter")

    page.get_by_text("Personne n’est encore entré").wait_for()
    assert (page.input_value("#bus-find"), page.locator("#bus-people li").count()) == ("", SEATS)
    assert page.is_hidden("#bus-result")
    assert inside(database) == 1  # the leader


def test_a_leader_without_a_badge_is_found_and_the_list_opens_by_a_pin_beyond_the_budget(
    page, database
):
    write(database, lambda s: s.execute(update(Event).values(search_budget_gate=9)))
    factories.a_supervisor(database)
    page.keyboard.press("f")
    page.fill("#search-name", "militant 0")
    page.keyboard.press("Enter")

    page.click("#found-buses button")
    page.wait_for_selector("#bus[open] #bus-pin-field:not([hidden])")
    page.fill("#bus-pin", factories.PIN)
    page.keyboard.press("Enter")

    page.wait_for_selector("#bus-people li")
    assert page.locator("#bus-people li").count() == SEATS


def test_without_the_network_the_badge_opens_what_is_held_and_the_scans_go_up_later(
    page, database, codes
):
    page.context.set_offline(True)
    page.wait_for_selector("#line[data-state=offline]", timeout=20_000)
    open_list(page, codes[0])

    let_in(page)
    page.keyboard.press("Escape")
    page.context.set_offline(False)

    wait_for(lambda: inside(database) == SEATS - 1, timeout_s=30)
