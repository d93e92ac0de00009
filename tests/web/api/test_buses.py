"""A bus at a gate over HTTP: opened by its leader's badge or from a search, and taken back."""

from __future__ import annotations

from uuid import uuid4

import pytest
from sqlalchemy import select, update

from checkin.db.models import Event, ShownPerson
from checkin.protocol.headers import SUPERVISOR_PIN
from checkin.services.people.bus_leaders import appoint_leaders
from checkin.services.people.buses import assign_people
from tests.support import factories
from tests.support.api_client import a_scan
from tests.support.factories import NOW, PIN, write


@pytest.fixture
def codes(database, event):
    return factories.badges(database, event, 3)


@pytest.fixture
def bus(database, event, codes):
    bus = factories.a_bus(database, factories.a_delegation(database, event))

    def seat(session):
        assign_people(session, session.merge(bus), [1, 2, 3], now=NOW)
        appoint_leaders(session, session.merge(bus), [1], now=NOW)

    write(database, seat)
    return bus


def opened(api, **body):
    return api.ask("POST", "/buses/open", json=body)


def scan_of(person):
    plain = {key: value for key, value in a_scan("").items() if key != "code"}
    return plain | {"participant_id": person, "source": "bus"}


def test_the_leaders_badge_opens_the_list_whose_people_are_let_in_and_taken_back(api, bus, codes):
    content = opened(api, code=codes[0]).json
    scans = [scan_of(one["participant"]["id"]) for one in content["people"]]
    told = [api.ask("POST", "/scans", json=scan).json for scan in scans]
    ids = [scan["scan_id"] for scan in scans]

    annulled = api.ask("POST", "/buses/annul", json={"scan_ids": ids, "reason": "erreur"}).json

    assert (content["bus"], len(content["people"])) == ({"id": bus.id, "name": "Car 1"}, 3)
    assert [(one["status"], one["participant"]) for one in told] == [("ok", None)] * 3
    assert sorted(annulled["annulled"]) == sorted(ids)
    assert [one["arrived_at"] for one in opened(api, code=codes[0]).json["people"]] == [None] * 3


def test_no_other_badge_and_no_other_number_opens_a_list(api, bus, codes):
    replies = [opened(api, code=codes[1]), opened(api, code="x"), opened(api, bus_id=bus.id + 1)]

    assert [reply.status_code for reply in replies] == [404] * 3
    assert opened(api).status_code == opened(api, code=codes[0], bus_id=bus.id).status_code == 400


def test_a_bus_that_is_found_is_opened_within_the_budget_or_by_a_pin_which_is_checked(
    api, database, bus
):
    write(database, lambda s: s.execute(update(Event).values(search_budget_gate=2)))
    factories.a_supervisor(database)
    [found] = api.read("/participants", query_string={"q": "car 1"})["buses"]

    def with_pin(pin):
        how = {"json": {"bus_id": found["id"]}, "headers": {SUPERVISOR_PIN: pin}}
        return api.ask("POST", "/buses/open", **how)

    assert (found["name"], found["passengers"]) == ("Car 1", 3)
    assert opened(api, bus_id=found["id"]).json["error"] == "search_budget"
    assert with_pin("000000").status_code == 403
    assert len(with_pin(PIN).json["people"]) == 3


def test_a_bus_that_is_found_by_its_leaders_name_shows_the_leader(api, database, bus):
    found = [api.read(f"/participants?q={text}") for text in ("car 1", "car 1 militant")]

    assert [[one["id"] for one in told["buses"]] for told in found] == [[bus.id]] * 2
    assert [told["participants"] for told in found] == [[], []]
    with database.read() as session:
        assert session.scalars(select(ShownPerson.participant_id)).all() == [1]


def test_scans_of_another_device_stay_when_a_bus_is_taken_back(api, database, event, codes, bus):
    other = factories.a_device(database, event, "Porte 2")
    elsewhere = factories.scan(database, other, codes[0])
    body = {"scan_ids": [str(elsewhere.scan_id), str(uuid4())], "reason": "erreur"}

    assert api.ask("POST", "/buses/annul", json=body).json["annulled"] == []
