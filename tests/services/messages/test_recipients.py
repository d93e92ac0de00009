"""Whom a message to a part of the participants concerns, and whom an e-mail reaches."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from checkin.db.models import Badge, Message, Participant
from checkin.domain.messages.audience import Audience
from checkin.domain.scanning.facts import RegistrationStatus
from checkin.services.badges.printing import record_print
from checkin.services.messages.recipients import Reach, chosen, reach_of_audience
from checkin.services.people.buses import assign_people
from checkin.services.people.registering.registration import cancel
from tests.support import factories
from tests.support.factories import NOW, write


@pytest.fixture
def names(database, event):
    """A function that returns the names of an audience's people."""

    def names(**limits) -> list[str]:
        with database.read() as session:
            wanted = select(Participant.name).where(*chosen(event.id, Audience(**limits)))
            return sorted(session.scalars(wanted))

    return names


@pytest.fixture
def people(database, event, person):
    """Amina and Badr of Khémisset, Dina of Salé, Eva who waits there; Faris is canceled."""
    sale = factories.a_delegation(database, event, "Salé", quota=1)
    elected = factories.a_category(database, event, "Élu")
    numbers = {
        "Amina": person("Amina", language="fr"),
        "Badr": person("Badr", language="ar", category=elected),
        "Dina": person("Dina", delegation=sale, language="ar", email=None),
        "Eva": person("Eva", delegation=sale, language="fr", no_mail=True),
        "Faris": person("Faris"),
    }
    write(database, lambda s: cancel(s, event, numbers["Faris"], now=NOW))
    return numbers


def test_without_a_limit_everybody_is_chosen_who_is_not_canceled(people, names):
    assert names() == ["Amina", "Badr", "Dina", "Eva"]


def test_delegations_categories_and_registrations_limit_each_other(database, event, people, names):
    khemisset, sale = (factories.a_delegation(database, event, n).id for n in ("Khémisset", "Salé"))
    elected = factories.a_category(database, event, "Élu").id

    assert names(delegations=(sale,)) == ["Dina", "Eva"]
    assert names(delegations=(khemisset, sale), categories=(elected,)) == ["Badr"]
    assert names(standing=RegistrationStatus.RESERVE) == ["Eva"]
    assert names(delegations=(khemisset,), standing=RegistrationStatus.RESERVE) == []


def test_the_people_of_a_bus_are_chosen(database, event, people, names):
    bus = factories.a_bus(database, factories.a_delegation(database, event))
    write(database, lambda s: assign_people(s, s.merge(bus), [people["Badr"]], now=NOW))

    assert names(buses=(bus.id,)) == ["Badr"]


def test_who_has_arrived_and_who_has_not(database, event, device, people, names):
    with database.read() as session:
        [badge] = session.scalars(
            select(Message.badge_id).where(Message.participant_id == people["Amina"])
        )
    factories.scan(database, device, factories.code_of(event, badge))

    assert (names(has_arrived=True), names(has_arrived=False)) == (
        ["Amina"],
        ["Badr", "Dina", "Eva"],
    )


def test_a_badge_is_there_once_it_was_mailed_or_printed(database, event, people, names):
    sent = update(Message).where(Message.participant_id == people["Amina"]).values(state="sent")
    write(database, lambda s: s.execute(sent))
    with database.read() as session:
        [badge] = session.scalars(select(Badge.id).where(Badge.participant_id == people["Dina"]))
    on_paper = {"copies": 1, "design": "card", "printer": None, "now": NOW}
    write(database, lambda s: record_print(s, event, badge, **on_paper))

    assert names(has_badge=True) == ["Amina", "Dina"]
    assert names(has_badge=False) == ["Badr", "Eva"]


def test_the_reach_tells_by_language_whom_an_e_mail_reaches(database, event, people):
    with database.read() as session:
        reach = reach_of_audience(session, event, Audience())

    assert reach == Reach(people=4, by_mail={"fr": 1, "ar": 1})
    assert (reach.mailed, reach.otherwise, reach.left) == (2, 2, 2)
