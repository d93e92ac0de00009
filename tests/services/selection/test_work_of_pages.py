"""What pages about everybody cost: how many instructions of SQLite one person more takes."""

from __future__ import annotations

from functools import partial

import pytest
from sqlalchemy import select

from checkin.db.models import Event, Operator, Participant, Role
from checkin.domain.network.public_address import AddressSource, PublicAddress
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
    Chosen,
    delivery_by_delegation,
    page_by_delivery,
)
from checkin.services.people.arrivals import PartOfDelegation, people_of
from checkin.services.people.enrolment import Enrolment, enrol
from checkin.services.people.registration import RegistrationSource
from checkin.services.selection.people import Asked, people_page
from tests.support import factories
from tests.support.factories import KEYS, NOW, write
from tests.support.sqlite_work import counted_work

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
        pytest.param(ready, 200, id="ready"),
        pytest.param(calls, 100, id="calls"),
        pytest.param(outreach, 100, id="outreach"),
        pytest.param(deliveries, 150, id="deliveries"),
        pytest.param(delivery_page, 40, id="delivery page"),
        pytest.param(arrivals, 1, id="arrivals"),
        pytest.param(people, 10, id="people"),
        pytest.param(partial(people, sort=Sort.NUMBER), 10, id="people by number"),
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
