"""What pages about everybody cost: how many instructions of SQLite one person more takes."""

from __future__ import annotations

import re
from functools import partial

import pytest
from sqlalchemy import select

from checkin.db.models import Event, Operator, Participant, Role
from checkin.domain.network.public_address import AddressSource, PublicAddress
from checkin.domain.people.bulk_changes import BulkChange
from checkin.domain.people.registration import Registration
from checkin.domain.people.selection import Selection, Sort
from checkin.services.accounts.activity_log import Wanted, log_entries
from checkin.services.channels.calls import call_counts
from checkin.services.channels.outreach import Audience, counts_of
from checkin.services.common.activity import note
from checkin.services.common.keyset import Turn
from checkin.services.common.list_version import next_list_version
from checkin.services.lifecycle.readiness import readiness_of
from checkin.services.mail.delivery_report import (
    UNREACHED,
    Chosen,
    Delivery,
    count_of_chosen,
    deliveries_of,
    delivery_by_delegation,
    page_by_delivery,
)
from checkin.services.people.arrivals import PartOfDelegation, people_of
from checkin.services.people.figures import places_left
from checkin.services.people.registering.enrolment import Enrolment, enrol
from checkin.services.people.registering.registration import RegistrationSource
from checkin.services.selection.changes import Wanted as BulkWanted
from checkin.services.selection.changes import foreseen
from checkin.services.selection.people import Asked, people_page
from tests.support import factories
from tests.support.databases.sqlite_work import counted_work
from tests.support.factories import KEYS, NOW, write

MANY = 400


@pytest.fixture
def databases(sqlite_databases):
    """PostgreSQL counts no instructions."""
    return sqlite_databases


@pytest.fixture
def delegation(database, event):
    return factories.a_delegation(database, event)


def enrol_many(database, event, delegation, first):
    """Register people, each with an e-mail on its way; every tenth has no address."""
    category = factories.a_category(database, event)

    def person(number):
        email = f"p{number}@example.org" if number % 10 else None
        registration = Registration(
            name=f"Militante {number:05}", delegation=delegation.name, email=email
        )
        return Enrolment(registration, delegation.id, category.id)

    write(
        database,
        lambda session: enrol(
            session,
            event,
            [person(number) for number in range(first, first + MANY)],
            source=RegistrationSource.IMPORT,
            keys=KEYS,
            version=next_list_version(session, event.id),
            now=NOW,
        ),
    )


def ready(session, event, delegation, _middle, tmp_path):
    address = PublicAddress("https://badges.example.org", AddressSource.PAGE)
    readiness_of(session, event, address=address, home=tmp_path, to_files=False, now=NOW)


def calls(session, event, *_more):
    call_counts(session, event)


def outreach(session, event, delegation, *_more):
    counts_of(session, event, Audience(delegation))


def deliveries(session, event, *_more):
    delivery_by_delegation(session, event)


def delivery_page(session, event, _delegation, middle, _home, **chosen):
    page_by_delivery(session, event, Chosen(**chosen), Turn(after=middle), 50)


def arrivals(session, _event, delegation, middle, _home):
    people_of(session, delegation, PartOfDelegation.MISSING, Turn(after=middle), day=1)


def people(session, event, _delegation, middle, _home, **chosen):
    people_page(session, event, Asked(selection=Selection(**chosen), turn=Turn(after=middle)))


def question(session, event, *_more):
    foreseen(session, event, BulkWanted(change=BulkChange.CANCEL, selection=Selection()))


def deliveries_of_a_page(session, event, _delegation, middle, _home):
    deliveries_of(session, event, [middle], None)


def places(session, event, *_more):
    places_left(session, event.id, NOW)


def test_the_log_of_an_event_is_read_in_the_order_of_its_entries(database, event):
    reader = Operator(role=Role.ORGANISER)
    steps = []
    for _time in range(2):
        write(database, lambda s: [note(s, event.id, "badge.print", NOW) for _ in range(MANY)])
        with database.read() as session, counted_work() as work:
            assert len(log_entries(session, reader, Wanted(event_id=event.id), 51)) == 51
        steps.append(work.steps)

    assert steps[1] - steps[0] <= MANY


@pytest.mark.parametrize(
    ("page", "most"),
    [
        pytest.param(ready, 110, id="ready"),
        pytest.param(question, 40, id="question before a change of many"),
        pytest.param(deliveries_of_a_page, 1, id="deliveries of a page"),
        pytest.param(places, 1, id="places"),
        pytest.param(calls, 100, id="calls"),
        pytest.param(outreach, 100, id="outreach"),
        pytest.param(deliveries, 85, id="deliveries"),
        pytest.param(delivery_page, 40, id="delivery page"),
        pytest.param(partial(delivery_page, wanted={Delivery.BOUNCED}), 40, id="bounced"),
        pytest.param(arrivals, 1, id="arrivals"),
        pytest.param(people, 10, id="people"),
        pytest.param(partial(people, sort=Sort.NUMBER), 10, id="people by number"),
        pytest.param(partial(people, sort=Sort.CATEGORY), 60, id="people by category"),
        pytest.param(partial(people, sort=Sort.ARRIVED), 60, id="people by arrival"),
    ],
)
def test_one_person_more_costs_a_page_little(database, event, delegation, tmp_path, page, most):
    steps = []
    for first in (0, MANY):
        enrol_many(database, event, delegation, first)
        with database.read() as session:
            by_name = select(Participant.id).order_by(Participant.folded_name)
            middle = session.scalars(by_name.offset((first + MANY) // 2)).first()
            here = session.get_one(Event, event.id)
            with counted_work() as work:
                page(session, here, delegation, middle, tmp_path)
        steps.append(work.steps)

    assert (steps[1] - steps[0]) / MANY <= most


def plan_of(database, asked):
    """Return the steps of SQLite's plan for a statement, in their order."""
    with database.reading() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {asked}", (1,) * asked.count("?"))
        return [row[3] for row in plan]


def test_deliveries_are_counted_by_one_statement_that_looks_people_up_in_indexes(database, event):
    with database.read() as session, counted_work() as work:
        delivery_by_delegation(session, event)
    [asked] = [one for one in work.statements if "coalesce" in one]

    steps = plan_of(database, asked)
    read = [one for one in steps if re.match(r"\w+ (participant|message)", one)]

    assert len(work.statements) == 4
    assert read[0] == "SEARCH participant USING COVERING INDEX ix_participant_counted (event_id=?)"
    assert read[1].startswith("SEARCH message_1 USING COVERING INDEX ix_message_delivered")
    # Whether a newer one is among theirs: SQLite reads the few rows that the same index finds.
    assert re.fullmatch(r"SEARCH message_2 USING .*INDEX ix_message_delivered.*", read[2])
    assert len(read) == 3


def test_whose_badge_is_on_paper_is_found_before_anybody_is_asked_about(database, event):
    """Readiness counts off those of them whom no message reached: they are few."""
    chosen = Chosen(wanted=UNREACHED, printed=True)
    with database.read() as session, counted_work() as work:
        count_of_chosen(session, event, chosen)
    [asked] = work.statements

    plan = plan_of(database, asked)

    assert plan[0] == "SEARCH participant USING INTEGER PRIMARY KEY (rowid=?)"
    assert [one for one in plan if one.startswith("SCAN") and "message" in one] == []


def test_places_on_loan_are_looked_up_in_their_own_index(database, event):
    """There are few, and every admission would be read for each delegation."""
    with database.read() as session, counted_work() as work:
        places_left(session, event.id, NOW)
    [asked] = [one for one in work.statements if "on_loan" in one]

    with database.reading() as connection:
        values = (1,) * asked.count("?")
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {asked}", values).all()

    searched = [row[3] for row in plan if "admission" in row[3]]
    assert [one for one in searched if "ix_admission_on_loan" in one]
    assert not [one for one in searched if one.startswith("SCAN")]


def test_arrived_and_missing_people_are_found_in_an_index_of_their_delegation(database, event):
    people = factories.a_delegation(database, event)
    with database.read() as session, counted_work() as work:
        people_of(session, people, PartOfDelegation.MISSING, day=1)
    [asked] = [one for one in work.statements if "LIMIT" in one]

    with database.reading() as connection:
        plan = connection.exec_driver_sql(
            f"EXPLAIN QUERY PLAN {asked}", (1,) * asked.count("?")
        ).all()

    read = "SEARCH participant USING COVERING INDEX ix_participant_delegation_id_folded_name"
    assert plan[0][3].startswith(read)
