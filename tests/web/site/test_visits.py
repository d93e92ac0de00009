"""The visit that a view is given, and how a view writes through it."""

from __future__ import annotations

import pytest
from flask import request

from checkin.db.models import Event, Gate, Role
from checkin.errors import Conflict
from checkin.services.gates.gates import add_gate
from checkin.web.site.visits import (
    LINK,
    STAFF,
    DelegationVisit,
    EventVisit,
    Visit,
    pages,
    visited_by,
)
from tests.support import factories


@pytest.fixture
def answered(app, signed_in):
    """A function that answers a request for an address with a view, and returns what it answers."""

    def answered(route, path, view, role=Role.ORGANISER, allowed=STAFF):
        app.add_url_rule(route, "tried", visited_by(allowed)(view))
        return signed_in(role).open(path)

    return answered


def names_of_gates(database):
    with database.read() as session:
        return sorted(gate.name for gate in session.query(Gate))


def test_a_view_is_given_what_the_address_names_and_the_rest_of_it(answered, delegation):
    given = []

    def view(visit: DelegationVisit, bus_id: int) -> str:
        given.append((visit.event.slug, visit.delegation.name, visit.operator.role, bus_id))
        return ""

    route = "/tried/<slug>/<int:delegation_id>/<int:bus_id>"
    answered(route, f"/tried/rabat-2025/{delegation.id}/7", view)

    assert given == [("rabat-2025", "Khémisset", Role.ORGANISER, 7)]


@pytest.mark.parametrize("path", ["/tried/ailleurs/1", "/tried/rabat-2025/999"])
def test_what_is_not_there_is_not_found_though_the_view_never_asks_for_it(answered, path):
    def view(visit: DelegationVisit) -> str:
        return "reached"

    assert answered("/tried/<slug>/<int:delegation_id>", path, view).status_code == 404


def test_a_coordinator_finds_no_other_delegation(answered, database, event, delegation):
    other = factories.a_delegation(database, event, "Tiflet", quota=2)

    def view(visit: DelegationVisit) -> str:
        return "reached"

    answer = answered(
        "/tried/<slug>/<int:delegation_id>",
        f"/tried/rabat-2025/{other.id}",
        view,
        role=Role.COORDINATOR,
        allowed=frozenset(Role),
    )
    assert answer.status_code == 404


def test_a_change_is_committed_once_it_is_done(answered, database, event):
    before = names_of_gates(database)

    def view(visit: EventVisit) -> str:
        visit.write(lambda v: add_gate(v.session, v.event, "Porte 9", **v.who))
        return ""

    answered("/tried/<slug>", "/tried/rabat-2025", view)

    assert names_of_gates(database) == sorted([*before, "Porte 9"])


def test_of_a_change_that_fails_nothing_is_written(answered, database, event):
    before = names_of_gates(database)

    def work(visit: EventVisit) -> None:
        add_gate(visit.session, visit.event, "Porte 9", **visit.who)
        raise Conflict("no")

    def view(visit: EventVisit) -> str:
        with pytest.raises(Conflict):
            visit.write(work)
        return visit.event.slug

    assert answered("/tried/<slug>", "/tried/rabat-2025", view).text == "rabat-2025"
    assert names_of_gates(database) == before


def test_a_request_that_writes_holds_no_second_connection(answered, event):
    held = []

    def view(visit: EventVisit) -> str:
        pool = visit.server.database._reader.pool
        held.append(pool.checkedout())
        visit.session.get_one(Event, visit.event.id)
        held.append(pool.checkedout())
        visit.write(lambda _: held.append(pool.checkedout()))
        return ""

    answered("/tried/<slug>", "/tried/rabat-2025", view)

    assert held == [0, 1, 0]


def test_an_address_names_the_event_of_the_visit_only_where_the_page_has_one(answered, event):
    def view(visit: EventVisit) -> str:
        return f"{visit.address('stops.show')} {visit.address('account.show', said='x')}"

    answer = answered("/tried/<slug>", "/tried/rabat-2025", view)

    assert answer.text == "/events/rabat-2025/stop /account?said=x"


def test_a_visit_by_a_secret_link_looks_at_no_cookie(app, monkeypatch):
    def looked(*_about):
        raise AssertionError("the cookie was looked at")

    def view(visit: Visit) -> str:
        return request.method

    app.add_url_rule("/tried", "tried", visited_by(LINK)(view), methods=["GET", "POST"])
    monkeypatch.setattr("checkin.web.site.sessions.signed_in_by_token", looked)
    monkeypatch.setattr("checkin.web.site.visits.current_operator", looked)

    assert app.test_client().post("/tried").text == "POST"


def test_pages_are_called_as_their_module_is():
    assert pages("checkin.web.gates.stops").name == "stops"
