"""A list seats people in buses and says who leads them, whose badges then open the buses' lists."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from checkin.db.engine import in_transaction
from checkin.db.models import Activity, BusLeader, BusPassenger, Event, Participant
from checkin.protocol.codes import parse_code
from checkin.protocol.gate_list import bus_tag
from checkin.services.badges.issue import working_badge
from checkin.services.gates.gate_list import SealedEntries, gate_list
from checkin.services.people.buses import assign_people, remove_bus
from checkin.services.people.importing import importing
from checkin.services.people.importing.import_plans import plan_table
from checkin.services.people.importing.importing import Importing, import_list
from checkin.services.spreadsheets.reading import read_table
from tests.support import factories
from tests.support.factories import KEYS, NOW, write

HEAD = "Nom;Délégation;Autocar;Chef de bus\n"
LIST = (
    HEAD
    + "Amina Alaoui;Khémisset;Car 1;oui\nBahia Idrissi;Khémisset;Car 1;x\n"
    + "Chafik Tazi;Khémisset;Car 1;\nDriss Naciri;Khémisset;Car 2;1\nFatima Zahra;Khémisset;;oui\n"
)


@pytest.fixture
def buses(database, event):
    delegation = factories.a_delegation(database, event)
    factories.a_category(database, event)
    return [factories.a_bus(database, delegation, f"Car {n}", seats=3) for n in (1, 2)]


def register(database, event, text=LIST):
    listed = Importing(event, read_table(text.encode()))
    return import_list(database, listed, KEYS, lambda: NOW)


def seated(database):
    """Who rides in which bus, and whether they lead it, by name."""
    with database.read() as session:
        rows = session.execute(
            select(Participant.name, BusPassenger.bus_id, BusLeader.bus_id)
            .join(BusPassenger, BusPassenger.participant_id == Participant.id)
            .outerjoin(BusLeader, BusLeader.participant_id == Participant.id)
            .order_by(Participant.id)
        )
        return [(name.split()[0], rides, leads) for name, rides, leads in rows]


def refused(plan):
    return [(row.row_number, row.why[0].code) for row in plan.rows if row.action == "refuse"]


def test_a_list_seats_people_and_marks_several_leaders_and_repeated_changes_nothing(
    database, event, buses
):
    one, two = (bus.id for bus in buses)

    plan, again = register(database, event), register(database, event)

    assert refused(plan) == [(6, "leader_without_bus")]
    assert (again.counts["add"], again.counts["change"]) == (0, 0)
    assert seated(database) == [
        *(("Amina", one, one), ("Bahia", one, one), ("Chafik", one, None), ("Driss", two, two)),
    ]
    with database.read() as session:
        noted = session.scalars(select(Activity.action).where(Activity.action.like("bus.%")))
        assert sorted(noted)[2:] == ["bus.assign", "bus.assign", "bus.leaders", "bus.leaders"]


def test_who_is_registered_begins_to_lead_by_a_list_and_gates_get_the_list_of_the_bus(
    database, event, buses
):
    register(database, event, LIST.replace(";oui", ";").replace(";x", ";"))
    with database.read() as session:
        before = session.get_one(Event, event.id).list_version
        badge = working_badge(session, 1)

    plan = register(database, event)

    with database.read() as session:
        changed = gate_list(session, event.id, before, KEYS, SealedEntries(), NOW)
    tags = [entry.tag for entry in changed.entries]
    assert (plan.counts["change"], refused(plan)) == (2, [(6, "leader_without_bus")])
    assert bus_tag(parse_code(factories.code_of(event, badge.id))) in tags


def test_a_bus_that_fills_up_or_goes_while_a_list_is_registered_refuses_its_rows(
    database, event, buses, monkeypatch
):
    others = [factories.a_participant(database, event, f"Militant {n}") for n in "ab"]
    monkeypatch.setattr(importing, "BATCH", {"sqlite": 2, "postgresql": 2})
    batches = iter([lambda: None, lambda: _interfere(database, buses, others)])

    def with_others(database, work):
        next(batches, lambda: None)()
        return in_transaction(database, work)

    monkeypatch.setattr(importing, "in_transaction", with_others)
    plan = register(database, event)

    assert refused(plan) == [(4, "full_bus"), (5, "unknown_bus"), (6, "leader_without_bus")]
    assert len([ride for ride in seated(database) if ride[1] == buses[0].id]) == 3


def _interfere(database, buses, others):
    ids = [one.participant_id for one in others[:1]]

    def work(session):
        assign_people(session, session.merge(buses[0]), ids, now=NOW)
        remove_bus(session, session.merge(buses[1]), now=NOW)

    write(database, work)


def test_the_preview_of_a_list_counts_the_seats_that_its_rows_take(database, event, buses):
    rows = "".join(f"Militant {n};Khémisset;Car 2;\n" for n in "abcd")
    with database.read() as session:
        plan = plan_table(session, event, read_table((HEAD + rows).encode()), now=NOW)

    assert refused(plan) == [(5, "full_bus")]
