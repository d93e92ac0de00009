"""A help desk's page without the network finds and lets in, and shows nobody once it was closed."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from checkin.db.models import Admission, Message, Scan
from tests.browser.gates.stations import (
    card,
    open_station,
    pairing_link_at,
    stored,
    wait_for_list,
)
from tests.support import factories
from tests.support.waiting import wait_for

pytestmark = pytest.mark.browser

SEATS = 5


@pytest.fixture
def codes(database, event, delegation):
    factories.a_full_bus(database, event, SEATS)
    return [
        factories.a_badge(
            database, event, "Mohammed El Khattabi", name_ar="محمد الخطابي", delegation=delegation
        )
    ]


@pytest.fixture
def pairing_link(server, database, event):
    return pairing_link_at(server, database, event, "Accueil", help_desk=True)


@pytest.fixture
def page(context, pairing_link, codes):
    """Return the page of a help desk that holds its people, and whose network is cut."""
    page = open_station(context, pairing_link)
    wait_for_list(page)
    wait_for(lambda: stored(page)["pages"], "the people of the help desk", 90)
    cut(page)
    return page


def cut(page):
    page.context.set_offline(True)
    page.wait_for_selector("#line[data-state=offline]", timeout=30_000)


def search(page, text):
    page.keyboard.press("f")
    page.wait_for_selector("#search[open]")
    page.keyboard.type(text)
    page.keyboard.press("Enter")


def inside(database):
    """Return who has come in, and by what kinds of scans."""
    with database.read() as session:
        people = set(session.scalars(select(Admission.participant_id)))
        scans = session.execute(select(Scan.source, Scan.participant_id))
        return people, sorted((str(source), person) for source, person in scans)


def test_whoever_is_found_offline_is_let_in_by_the_keyboard_and_recorded_as_found_by_search(
    page, database
):
    search(page, "mohamed elkhatabi")
    page.wait_for_selector("#found button:focus")
    page.keyboard.press("Enter")

    said = card(page)
    assert (said["kind"], said["name"]) == ("pending", "Mohammed El Khattabi")
    assert inside(database) == (set(), [])
    page.context.set_offline(False)

    wait_for(lambda: inside(database)[0], "the scan at the server", 60)
    assert inside(database) == ({SEATS + 1}, [("search", SEATS + 1)])
    assert page.faults == []


def test_a_tab_that_was_closed_and_is_opened_without_the_network_shows_nobody(page):
    context, address = page.context, page.url.partition("#")[0]
    assert "Khattabi" not in str(stored(page))
    page.close()
    again = context.new_page()
    again.goto(address)
    again.wait_for_selector("#station:not([hidden])")
    again.wait_for_selector("#line[data-state=offline]", timeout=30_000)

    search(again, "mohammed el khattabi")

    again.get_by_text("La liste des personnes reste fermée").wait_for()
    assert again.locator("#found li").count() == 0
    assert "Khattabi" not in again.content()


def test_the_bus_of_a_leader_without_a_badge_is_found_offline_and_let_in(page, database):
    search(page, "militant 0")
    page.locator("#found-buses button").press("Enter")
    page.wait_for_selector("#bus[open] #bus-people li")
    assert page.locator("#bus-people li").count() == SEATS

    page.keyboard.press("Enter")
    page.wait_for_selector("#bus-result:not([hidden])", timeout=20_000)
    page.context.set_offline(False)

    wait_for(lambda: len(inside(database)[0]) == SEATS, "the bus at the server", 60)
    assert inside(database)[1] == [("bus", number) for number in range(1, SEATS + 1)]


@pytest.mark.parametrize(
    ("is_ticked", "said", "kinds"),
    [(False, "imprimé, sans e-mail", []), (True, "imprimé, et envoyé aussi", ["replaced"])],
)
def test_a_new_badge_is_mailed_too_only_where_the_box_is_ticked(
    context, pairing_link, codes, database, event, is_ticked, said, kinds
):
    factories.a_participant(database, event, "Salma Bennis", email="salma@example.org")
    with database.read() as session:
        before = len(session.scalars(select(Message.kind)).all())
    page = open_station(context, pairing_link)
    wait_for_list(page)
    page.evaluate("window.print = () => dispatchEvent(new Event('afterprint'))")

    page.keyboard.press("b")
    box = page.get_by_label("Envoyer aussi le nouveau badge à cette personne par e-mail")
    box.wait_for()
    assert not box.is_checked()
    page.keyboard.type("salma bennis")
    page.keyboard.press("Enter")
    page.wait_for_selector("#found button:focus")
    if is_ticked:
        box.check()
    page.locator("#found button").press("Enter")

    page.locator("#note", has_text=said).wait_for()
    with database.read() as session:
        queued = session.scalars(select(Message.kind).order_by(Message.id)).all()
    assert [str(kind) for kind in queued[before:]] == kinds
    page.keyboard.press("f")
    page.wait_for_selector("#search[open]")
    assert not box.is_visible()


def test_a_gate_that_is_no_help_desk_sends_to_it(server, database, event, context, codes):
    page = open_station(context, pairing_link_at(server, database, event))
    wait_for_list(page)
    cut(page)

    search(page, "mohammed")

    page.get_by_text("Envoyez à l’accueil toute personne sans badge").wait_for()
    assert page.locator("#found li").count() == 0
