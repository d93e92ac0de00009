"""Opening the list of a bus: who may, what it shows, what it costs, and what is logged."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select

from checkin.db.models import Activity
from checkin.domain.people.searching import SearchRules
from checkin.errors import NotFound
from checkin.services.gates.bus_opening import find_buses, open_by_badge, open_from_search
from checkin.services.gates.searching import UsedUp
from checkin.services.people.bus_leaders import appoint_leaders
from checkin.services.people.buses import assign_people
from tests.support import factories
from tests.support.factories import KEYS, NOW, write


@pytest.fixture
def people(database, event):
    return [
        factories.a_participant(database, event, name) for name in ("Amina", "Brahim", "Chakib")
    ]


@pytest.fixture
def bus(database, event, people):
    bus = factories.a_bus(database, factories.a_delegation(database, event))
    ids = [one.participant_id for one in people]

    def work(session):
        assign_people(session, session.merge(bus), ids, now=NOW)
        appoint_leaders(session, session.merge(bus), ids[:1], now=NOW)

    write(database, work)
    return bus


@pytest.fixture
def codes(event, people):
    return [factories.code_of(event, one.badge_id) for one in people]


def by_badge(database, device, code):
    return write(database, lambda s: open_by_badge(s, device, code, keys=KEYS, now=NOW))


def from_search(database, device, bus_id, granted_by=None):
    return write(
        database,
        lambda s: open_from_search(s, device, bus_id, keys=KEYS, now=NOW, granted_by=granted_by),
    )


def opened(database):
    with database.read() as session:
        return session.scalars(
            select(Activity.details).where(Activity.action == "bus.open").order_by(Activity.id)
        ).all()


def test_the_leaders_badge_opens_the_list_with_refs_and_who_has_come_in(
    database, event, device, bus, codes
):
    factories.scan(database, device, codes[1])

    content = by_badge(database, device, codes[0])

    told = [(one["participant"]["name"], one["arrived_at"]) for one in content["people"]]
    assert told == [("Amina", None), ("Brahim", NOW), ("Chakib", None)]
    assert content["people"][1]["ref"] == factories.ref_of(codes[1]).hex()
    assert [(line["bus_id"], line["people"], line["by_badge"]) for line in opened(database)] == [
        (bus.id, 3, True)
    ]


def test_no_other_badge_opens_it_nor_one_of_another_event(database, event, device, bus, codes):
    other = factories.a_device(database, factories.an_event(database, "sale-2025"))

    for at, code in ((device, codes[1]), (device, "M0"), (other, codes[0])):
        with pytest.raises(NotFound):
            by_badge(database, at, code)


def test_from_a_search_the_passengers_count_as_shown_and_a_pin_shows_a_larger_bus(
    database, event, device, bus
):
    small = replace(device, searching=SearchRules(budget=2))
    supervisor = factories.a_supervisor(database)

    assert isinstance(from_search(database, small, bus.id), UsedUp)
    content = from_search(database, small, bus.id, granted_by=supervisor)

    assert len(content["people"]) == 3
    assert isinstance(from_search(database, small, bus.id), UsedUp)  # and then no more
    assert [line["by_badge"] for line in opened(database)] == [False]


def test_a_bus_is_found_by_its_name_its_delegation_or_its_leader_and_not_in_another_event(
    database, event, bus, people
):
    other = factories.an_event(database, "sale-2025")

    def found(text, of=event):
        with database.read() as session:
            told = find_buses(session, of.id, text)
            return [one.name for one in told.buses], told.leaders

    assert [found(text) for text in ("car 1", "KHEMISSET")] == [(["Car 1"], [])] * 2
    assert [found(text) for text in ("amina", "car 1 ami", "khemisset a")] == [
        (["Car 1"], [people[0].participant_id]),
        (["Car 1"], [people[0].participant_id]),
        (["Car 1"], []),
    ]
    assert [found("brahim"), found("car 1 hassan tazi"), found("car 1", other)] == [([], [])] * 3
