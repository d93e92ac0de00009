"""Concurrent decisions about an application by a registration link, on both databases."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from checkin.db.models import Application, Consent, Participant
from checkin.domain.people.registration import Registration
from checkin.services.people.registering.applications import apply_by_link, decide_on
from checkin.services.people.registering.public_registration import (
    PrivacyNotice,
    link_address,
    registration_link_by_secret,
    set_link,
)
from tests.support import factories
from tests.support.factories import KEYS, NOW, write
from tests.support.racing import race


@pytest.fixture
def delegation(database, event):
    return factories.a_delegation(database, event, quota=1)


@pytest.fixture
def secret(database, event, delegation):
    category = factories.a_category(database, event)

    def work(session):
        return set_link(
            session,
            delegation,
            is_open=True,
            approval=True,
            category_id=category.id,
            now=NOW,
        )

    return link_address(KEYS, "", write(database, work)).removeprefix("/r/")


def apply(database, secret, name, phone="+212612345678"):
    def work(session):
        sent = Registration(name=name, delegation="", phone=phone)
        link = registration_link_by_secret(session, KEYS, secret, NOW)
        apply_by_link(session, link, sent, PrivacyNotice("fr", "x"), keys=KEYS, now=NOW)

    write(database, work)


def count(database, model):
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(model))


def test_two_concurrent_approvals_register_the_applicant_once(database, event, delegation, secret):
    apply(database, secret, "Amina Alaoui")

    def approve(_at):
        return write(
            database,
            lambda s: decide_on(s, event, delegation, [1], approved=True, keys=KEYS, now=NOW),
        )

    assert sorted(race(4, approve)) == [0, 0, 0, 1]
    assert [count(database, m) for m in (Participant, Consent, Application)] == [1, 1, 0]


def test_concurrent_identical_forms_make_one_application(database, secret):
    race(6, lambda _at: apply(database, secret, "Amina Alaoui"))

    assert count(database, Application) == 1
