"""The participants' list, on both databases."""

from __future__ import annotations

from checkin.services.people.search import PAGE_SIZE, participant_page
from tests.support import factories


def test_pages_hold_everybody_once_in_the_order_of_names(database, event):
    factories.badges(database, event, PAGE_SIZE + 3)

    with database.read() as session:
        pages = [participant_page(session, event.id, page=number) for number in (1, 2, 3)]

    first, second, beyond = pages
    ids = [listed.participant.id for page in (first, second) for listed in page.people]
    assert (first.total, first.last, beyond.number) == (PAGE_SIZE + 3, 2, 2)
    assert len(set(ids)) == len(ids) == PAGE_SIZE + 3
    assert beyond == second


def test_a_person_who_arrived_is_listed_once_with_the_moment(database, event, device):
    code = factories.a_badge(database, event)
    factories.a_participant(database, event, "Bahia Idrissi")
    factories.scan(database, device, code)

    with database.read() as session:
        people = participant_page(session, event.id, page=1).people

    assert [(one.participant.name, one.arrived_at) for one in people] == [
        ("Amina Alaoui", factories.NOW),
        ("Bahia Idrissi", None),
    ]


def test_only_the_wanted_delegation_and_name_are_listed(database, event):
    other = factories.a_delegation(database, event, "Salé")
    factories.a_participant(database, event)
    factories.a_participant(database, event, "Amina Tazi", delegation=other)
    factories.a_participant(database, event, "Bahia Tazi", delegation=other)

    with database.read() as session:
        page = participant_page(session, event.id, text="AMÍNA", delegation_id=other.id, page=1)

    assert [one.participant.name for one in page.people] == ["Amina Tazi"]
