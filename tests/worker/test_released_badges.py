"""Badges of people who registered by a link leave by themselves, once they may be given out."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from checkin.db.models import Event, Job, Message
from checkin.domain.people.registration import Registration
from checkin.services.people.registering.registration import RegistrationSource, register
from checkin.worker.moving_up import tell_people
from tests.support import factories
from tests.support.factories import KEYS, NOW, minutes, write
from tests.worker.test_moving_up import tools_at


def register_by(database, event, source):
    delegation, category = (
        of(database, event) for of in (factories.a_delegation, factories.a_category)
    )
    registration = Registration(name="Amina", delegation="", email="amina@example.org")
    write(
        database,
        lambda s: register(
            s,
            event,
            registration,
            delegation_id=delegation.id,
            category_id=category.id,
            source=source,
            keys=KEYS,
            now=NOW,
            alone=True,
        ),
    )


def sendings(database):
    with database.read() as session:
        return len(session.scalars(select(Job.id).where(Job.kind == "mail")).all())


def test_a_badge_of_a_link_is_sent_when_its_minutes_are_over(database, event):
    register_by(database, event, RegistrationSource.LINK)

    counts = []
    for at in (9, 10, 11):
        tell_people(tools_at(database, NOW + minutes(at)))
        counts.append(sendings(database))

    assert counts == [0, 1, 1]


@pytest.mark.parametrize("hindered", ["by a coordinator", "after the end", "only this machine"])
def test_other_badges_wait_for_somebody_who_sends_them(database, event, hindered):
    by_link = hindered != "by a coordinator"
    register_by(database, event, RegistrationSource.LINK if by_link else RegistrationSource.FORM)
    if hindered == "after the end":
        write(database, lambda s: s.execute(update(Event).values(ends_at=NOW + minutes(5))))
    address = "http://127.0.0.1:8000" if hindered == "only this machine" else factories.BASE_URL

    tell_people(tools_at(database, NOW + minutes(10), address))

    assert sendings(database) == 0
    with database.read() as session:
        assert session.scalars(select(Message.state)).all() == ["queued"]
