"""The pages of a hub: it admits and counts; what is the central server's is refused there."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from checkin.db.models import Upstream
from checkin.services.hub.held_lists import ListToKeep, keep_list
from checkin.web.site.permissions import AT_A_HUB, permissions_of
from tests.support.factories import NOW, write


@pytest.fixture
def app(as_hub, app):
    return app


def test_a_hub_says_on_every_page_whose_it_is_and_that_the_line_stands(organiser, event):
    page = organiser.read(f"/events/{event.slug}/board")

    assert "Salle A" in page
    assert "✓" in page.partition("Salle A")[2][:200]


def test_a_cut_line_is_told_with_the_time_of_the_last_exchange(organiser, event, database):
    write(database, lambda s: s.execute(update(Upstream).values(exchanged_at=NOW)))

    page = organiser.read(f"/events/{event.slug}/board")

    assert "hub-cut" in page
    assert "▲" in page.partition("Salle A")[2][:200]


def test_who_is_refused_at_the_central_server_is_named(organiser, event, database):
    write(database, lambda s: s.execute(update(Upstream).values(refused=["Karim Tazi", "Ali"])))

    page = organiser.read(f"/events/{event.slug}/board")

    assert "Karim Tazi, Ali" in page


@pytest.mark.parametrize(
    "address", ["participants", "settings", "delivery", "delegations", "conflicts"]
)
def test_what_is_the_central_servers_is_refused_with_its_address(organiser, event, address):
    answer = organiser.open(f"/events/{event.slug}/{address}")

    assert answer.status_code == 403
    assert "https://central.example.org" in answer.text


def test_no_link_of_a_hub_leads_to_what_it_refuses(organiser, event):
    """The navigation and the page of devices show what may be done here alone."""
    page = organiser.read(f"/events/{event.slug}/devices")

    assert "/devices/pair" in page or 'action="/events/' in page
    for refused in ("/participants", "/settings", '/gates"', "/opening-times"):
        assert f'href="/events/{event.slug}{refused}' not in page


def test_a_public_page_of_the_central_server_is_none_of_a_hubs(app):
    assert app.test_client().get("/badge/none").status_code in (403, 404)


def test_a_gate_gets_the_list_as_it_came_also_of_an_event_in_which_nothing_has_changed(
    app, database, api
):
    before = api.ask("GET", "/gate-list")
    write(database, lambda s: keep_list(s, ListToKeep(0, 0, "e" * 32, b'{"head":"signed"}')))

    answer = api.ask("GET", "/gate-list")

    assert before.status_code == 503  # until the first exchange
    assert (answer.status_code, answer.data) == (200, b'{"head":"signed"}')


def test_a_gate_that_is_not_there_is_not_made(organiser, event, database):
    answer = organiser.send(
        f"/events/{event.slug}/devices", f"/events/{event.slug}/devices/pairing", gate="Porte 99"
    )

    assert answer.status_code == 400
    assert 'id="gate-problem"' in answer.text


def test_every_page_that_a_hub_has_is_a_page(app):
    known = permissions_of(app)
    blueprints = {endpoint.partition(".")[0] for endpoint in known}

    assert {name for name in AT_A_HUB if name not in known and name not in blueprints} == set()
