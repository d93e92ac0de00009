"""Deleting a delegation: what goes with it, what keeps it, and who registers at that moment."""

from __future__ import annotations

import pytest
from sqlalchemy import func, insert, select

from checkin.db.models import (
    Bus,
    Delegation,
    ImportDraft,
    Job,
    LeasePlace,
    Participant,
    Role,
    SelfRegistration,
)
from checkin.domain.common.problems import InvalidValue
from checkin.errors import NotFound
from checkin.services.accounts.operators import add_operator
from checkin.services.gates.leases import grant_lease
from checkin.services.people.delegation_deletion import delete_delegation
from checkin.services.people.registering.registration import cancel
from tests.services.people.test_race_corrections import move
from tests.support import factories
from tests.support.factories import NOW, write
from tests.support.racing import race_outcomes

CLERKS = 8


@pytest.fixture
def tiflet(database, event):
    return factories.a_delegation(database, event, "Tiflet", quota=5)


def delete(database, event, delegation):
    write(
        database,
        lambda s: delete_delegation(s, event, delegation.id, operator_id=None, now=NOW),
    )


def why_not(database, event, delegation):
    with pytest.raises(InvalidValue) as refused:
        delete(database, event, delegation)
    return refused.value.reason, refused.value.hints


def test_what_is_only_the_delegation_s_goes_with_it(database, event, device, tiflet):
    category = factories.a_category(database, event)
    operator = write(
        database,
        lambda s: add_operator(
            s, email="o@example.org", name="O", role=Role.ORGANISER, password=None, now=NOW
        ),
    ).operator
    of = {"event_id": event.id, "delegation_id": tiflet.id}
    link = {"is_open": True, "approval": True, "category_id": category.id, "changed_at": NOW}
    draft = {"id": b"1" * 32, "operator_id": operator.id, "sealed": b"", "changed_at": NOW}
    job = {"endpoint": "importing.show", "kind": "list_read", "lane": "uploads", "created_at": NOW}

    def with_all(session):
        session.execute(insert(SelfRegistration).values(**of, **link))
        session.execute(insert(ImportDraft).values(**of, **draft))
        session.execute(insert(Job).values(**of, **job))

    factories.a_bus(database, tiflet)
    write(database, with_all)
    write(database, lambda s: grant_lease(s, device, now=NOW))

    delete(database, event, tiflet)

    with database.read() as session:
        for table in (Delegation, Bus, SelfRegistration, ImportDraft, Job, LeasePlace):
            assert session.scalar(select(func.count()).select_from(table)) == 0
    lease = write(database, lambda s: grant_lease(s, device, now=NOW))
    assert lease.delegations == []


def test_canceled_people_keep_a_delegation(database, event, tiflet):
    person = factories.a_participant(database, event, delegation=tiflet)
    write(database, lambda s: cancel(s, event, person.participant_id, now=NOW))

    assert why_not(database, event, tiflet) == ("delegation_has_people", ("1",))


def test_a_coordinator_keeps_a_delegation(database, event, tiflet):
    write(
        database,
        lambda s: add_operator(
            s,
            email="c@example.org",
            name="C",
            role=Role.COORDINATOR,
            password=None,
            delegation_id=tiflet.id,
            now=NOW,
        ),
    )

    assert why_not(database, event, tiflet) == ("delegation_has_coordinators", ("1",))


def test_a_delegation_whose_only_arrival_was_moved_away_can_be_deleted(
    database, event, device, tiflet
):
    other = factories.a_delegation(database, event, "Salé", quota=5)
    person = factories.a_participant(database, event, delegation=tiflet)
    factories.scan(database, device, factories.code_of(event, person.badge_id))

    before = why_not(database, event, tiflet)
    move(database, event, person.participant_id, other.id)
    delete(database, event, tiflet)

    assert before == ("delegation_has_people", ("1",))
    with database.read() as session:
        assert session.scalars(select(Delegation.name)).all() == ["Salé"]


def test_another_event_s_delegation_is_not_deleted(database, event, tiflet):
    other = factories.an_event(database, "fes-2025")

    with pytest.raises(NotFound):
        delete(database, other, tiflet)


def test_a_delegation_is_deleted_or_somebody_is_registered_in_it_but_not_both(
    database, event, tiflet
):
    category = factories.a_category(database, event)

    def work(at):
        if at == 0:
            return delete(database, event, tiflet)
        return factories.a_participant(
            database, event, f"Clerk {at}", delegation=tiflet, category=category
        )

    told = race_outcomes(CLERKS + 1, work)

    with database.read() as session:
        left = session.scalar(select(func.count()).select_from(Delegation))
        people = session.scalar(select(func.count()).select_from(Participant))
    deleted = told[0] is None
    assert (left, people) == ((0, 0) if deleted else (1, CLERKS))
