"""Organisers change settings while others do, too, and while people are registered."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from badges.typesetting.category_looks import CategoryLook
from checkin.db.models import Category, Delegation, Participant, Role
from checkin.domain.common.problems import FieldProblem, InvalidValue
from checkin.domain.people.quotas import DelegationDetails
from checkin.services.people import categories
from checkin.services.people.categories import CategoryDetails, new_category, remove_category
from checkin.services.people.quotas import change_delegation, new_delegation
from tests.support import factories
from tests.support.factories import NOW, write
from tests.support.racing import race_outcomes
from tests.web.browsing import an_operator

ORGANISERS = 8


@pytest.fixture
def who(database):
    return {"operator_id": an_operator(database, Role.ORGANISER).id, "now": NOW}


def changing(database, event, work):
    """Run a change of an event in one transaction, as a page does."""
    return write(database, lambda session: work(session, session.merge(event)))


def count(database, table):
    with database.read() as session:
        return session.scalars(select(func.count()).select_from(table)).one()


def test_of_concurrent_delegations_with_one_name_one_is_created_and_the_others_refused(
    database, event, who
):
    details = DelegationDetails("Rabat", "الرباط", 10)

    told = race_outcomes(
        ORGANISERS,
        lambda _at: changing(database, event, lambda s, e: new_delegation(s, e, details, **who)),
    )

    assert count(database, Delegation) == 1
    assert [getattr(one, "reason", one) for one in told].count("name_taken") == ORGANISERS - 1


def test_of_concurrent_categories_with_one_name_one_is_created_and_the_others_refused(
    database, event, who
):
    details = CategoryDetails("Élu", "منتخب", CategoryLook("#7a1f3d", "star"))

    told = race_outcomes(
        ORGANISERS,
        lambda _at: changing(
            database, event, lambda s, e: bool(new_category(s, e, details, **who))
        ),
    )

    assert count(database, Category) == 1
    assert [getattr(one, "reason", one) for one in told].count("name_taken") == ORGANISERS - 1


def test_control_without_locking_the_event_s_row_two_organisers_get_a_database_error(
    postgres_database, monkeypatch
):
    # Only there: on SQLite a transaction that writes is alone anyway.
    database, event = postgres_database, factories.an_event(postgres_database)
    who = {"operator_id": an_operator(database, Role.ORGANISER).id, "now": NOW}
    monkeypatch.setattr(categories, "next_list_version", lambda *_a: 1)
    details = CategoryDetails("Élu", "منتخب", CategoryLook("#7a1f3d", "star"))
    monkeypatch.setattr(categories, "_refuse_taken", lambda *_a, **_b: None)

    told = race_outcomes(
        ORGANISERS,
        lambda _at: changing(
            database, event, lambda s, e: bool(new_category(s, e, details, **who))
        ),
    )

    assert count(database, Category) == 1  # the unique index holds by itself
    assert any(isinstance(one, IntegrityError) for one in told)


def test_no_participant_is_registered_in_a_category_deleted_concurrently(database, event, who):
    delegation = factories.a_delegation(database, event)
    factories.a_category(database, event)
    gone = factories.a_category(database, event, "De trop")

    def work(at):
        if at == 0:
            return changing(database, event, lambda s, e: remove_category(s, e, gone.id, **who))
        return factories.a_participant(
            database, event, f"Militant {at}", delegation=delegation, category=gone
        )

    told = race_outcomes(ORGANISERS, work)

    with database.read() as session:
        of_it = select(func.count()).where(Participant.category_id == gone.id)
        people, left = session.scalars(of_it).one(), session.get(Category, gone.id)
    assert (people == 0) == (left is None)
    assert isinstance(told[0], InvalidValue) == (left is not None)


def test_a_quota_lowered_during_registrations_is_never_exceeded(database, event, who):
    delegation = factories.a_delegation(database, event, quota=20)
    category = factories.a_category(database, event)
    fewer = DelegationDetails(delegation.name, None, 3)

    def work(at):
        if at == 0:
            return changing(
                database, event, lambda s, e: change_delegation(s, e, delegation.id, fewer, **who)
            )
        return factories.a_participant(
            database, event, f"Militant {at}", delegation=delegation, category=category
        )

    told = race_outcomes(ORGANISERS, work)

    with database.read() as session:
        after = session.get_one(Delegation, delegation.id)
        confirmed = session.scalars(
            select(func.count()).where(Participant.standing == "confirmed")
        ).one()
    assert confirmed == after.places_taken <= after.quota
    lowered = not isinstance(told[0], FieldProblem)
    assert after.quota == (3 if lowered else 20)
    assert [one for one in told[1:] if isinstance(one, Exception)] == []
