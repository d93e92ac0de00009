"""An event is copied to another day: what was laid down for it, and nothing of what happened."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from badges.typesetting.category_looks import CategoryLook
from checkin.db.models import (
    Badge,
    Bus,
    Category,
    Delegation,
    Device,
    Event,
    EventDay,
    Flag,
    Gate,
    GateCategory,
    MessageText,
    OpeningHours,
    Participant,
)
from checkin.services.events.events import add_category
from checkin.services.gates.gates import limit_gate
from checkin.services.lifecycle.first_steps import Step, skip_step, skipped_steps
from tests.support import factories
from tests.support.factories import NOW, write

PAGE = "/events/rabat-2025/copy"
ALL = dict.fromkeys(
    ["categories", "delegations", "buses", "gates", "flags", "texts", "look", "steps"], "yes"
)
NEW = {"name": "Rencontre régionale", "name_ar": "", "slug": "rabat-2026", "day": "2026-12-05"}


@pytest.fixture
def full(database, event, delegation):
    """The event with one of each thing that is copied, and of some that are not."""
    factories.a_bus(database, delegation, "Autocar 1")
    factories.a_flag(database, event)
    factories.a_further_day(database, event)
    official = write(
        database,
        lambda s: add_category(s, event, "Élu", "منتخب", look=CategoryLook("#7a1f3d", "star")),
    )
    person = factories.a_participant(database, event, "Amina Alaoui", email="amina@example.org")
    factories.a_participant(database, event, "Karim Idrissi")
    third = factories.a_participant(database, event, "Salma Bennani")
    device = factories.a_device(database, event, "Porte 1")
    factories.scan(database, device, factories.code_of(event, person.badge_id))

    def work(session):
        gate = session.scalars(select(Gate).where(Gate.event_id == event.id)).one()
        gate.name_ar = "الباب 1"
        limit_gate(session, event, gate, ["Élu"])
        hours = {
            "opens_at": datetime(2025, 6, 14, 12, 0, tzinfo=UTC),
            "closes_at": datetime(2025, 6, 14, 13, 0, tzinfo=UTC),
        }
        session.add(OpeningHours(event_id=event.id, gate_id=gate.id, **hours))
        session.add(OpeningHours(event_id=event.id, category_id=official.id, **hours))
        session.add(MessageText(event_id=event.id, language="fr", name="intro", text="Bonjour."))
        changed = session.get_one(Event, event.id)
        changed.colour, changed.capacity = "#123456", 900
        skip_step(session, event, Step.ADDRESS, operator_id=1, now=NOW)

    write(database, work)
    return third


def copied(database, table, *columns):
    with database.read() as session:
        event = session.scalars(select(Event).where(Event.slug == "rabat-2026")).one()
        rows = session.execute(select(*columns).where(table.event_id == event.id))
        return sorted(tuple(row) for row in rows)


def event_of(database, slug="rabat-2026"):
    with database.read() as session:
        return session.scalar(select(Event).where(Event.slug == slug))


def test_all_that_was_laid_down_is_copied_to_the_new_day(organiser, database, full):
    answer = organiser.send(PAGE, **NEW, **ALL)

    assert (answer.status_code, answer.location) == (303, "/events/rabat-2026/start")
    event = event_of(database)
    assert (event.starts_at, event.capacity, event.colour, event.timezone) == (
        datetime(2026, 12, 5, 15, 0, tzinfo=UTC),
        900,
        "#123456",
        "Africa/Casablanca",
    )
    assert copied(database, Category, Category.name, Category.name_ar, Category.colour)[-1] == (
        "Élu",
        "منتخب",
        "#7a1f3d",
    )
    assert copied(
        database, Delegation, Delegation.name, Delegation.quota, Delegation.places_taken
    ) == [("Khémisset", 2, 0)]
    assert copied(database, Bus, Bus.name) == [("Autocar 1",)]
    assert copied(database, Gate, Gate.name, Gate.name_ar) == [("Porte 1", "الباب 1")]
    assert len(copied(database, GateCategory, GateCategory.category_id)) == 1
    assert copied(database, Flag, Flag.name) == [("VIP",)]
    assert copied(database, MessageText, MessageText.text) == [("Bonjour.",)]
    assert copied(database, OpeningHours, OpeningHours.opens_at) == [
        (datetime(2026, 12, 5, 13, 0, tzinfo=UTC),),
        (datetime(2026, 12, 5, 13, 0, tzinfo=UTC),),
    ]
    assert copied(database, EventDay, EventDay.day, EventDay.starts_at) == [
        (1, datetime(2026, 12, 5, 15, 0, tzinfo=UTC)),
        (2, datetime(2026, 12, 6, 15, 0, tzinfo=UTC)),
    ]
    with database.read() as session:
        assert skipped_steps(session, event) == {Step.ADDRESS}


def test_nothing_of_what_happened_is_copied(organiser, database, full):
    organiser.send(PAGE, **NEW, **ALL)

    assert [copied(database, table, table.id) for table in (Participant, Badge, Device)] == [
        [],
        [],
        [],
    ]


def test_what_is_not_ticked_stays_behind(organiser, database, full):
    organiser.send(PAGE, **NEW)

    assert copied(database, Category, Category.name) == [("Participant",)]
    tables = (Delegation, Bus, Gate, Flag, OpeningHours)
    assert [copied(database, table, table.id) for table in tables] == [[]] * 5
    assert event_of(database).colour is None


def test_people_are_copied_where_that_is_asked_with_new_badges_and_places(
    organiser, database, full
):
    organiser.send(PAGE, **NEW, **ALL, people="yes")

    people = copied(database, Participant, Participant.name, Participant.standing)
    assert people == [
        ("Amina Alaoui", "confirmed"),
        ("Karim Idrissi", "confirmed"),
        ("Salma Bennani", "reserve"),  # the quota is of two places
    ]
    assert len(copied(database, Badge, Badge.id)) == 3
    [noted] = [one for one in factories.noted(database, "event") if one == "event.copy_people"]
    assert noted


def test_buses_and_people_need_their_delegations_and_categories(organiser, database, full):
    refused = organiser.send(PAGE, **NEW, buses="yes", people="yes")

    assert refused.status_code == 400
    assert {"delegations-problem", "categories-problem"} <= set(refused.text.split('"'))
    assert event_of(database) is None


def test_every_fault_stands_beside_its_field_and_nothing_is_lost(organiser, database, full):
    refused = organiser.send(PAGE, name=" ", name_ar="", slug="A B", day="demain", look="yes")

    assert refused.status_code == 400
    assert {"name-problem", "slug-problem", "day-problem"} <= set(refused.text.split('"'))
    assert 'name="look" value="yes" checked' in refused.text
    assert 'name="gates" value="yes">' in refused.text


def test_a_short_name_that_is_taken_is_refused_and_one_that_is_made_gets_the_day(
    organiser, database, full
):
    factories.an_event(database, "rencontre-regionale")

    refused = organiser.send(PAGE, **NEW | {"slug": "rencontre-regionale"})
    organiser.send(PAGE, **NEW | {"slug": ""})

    assert (refused.status_code, "slug-problem" in refused.text) == (400, True)
    assert event_of(database, "rencontre-regionale-2026-12-05") is not None
