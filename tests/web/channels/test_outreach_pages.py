"""The pages from which coordinators send badges by telephone, and the call list."""

from __future__ import annotations

import re

import pytest

from checkin.services.badges.page import page_address
from checkin.services.people.buses import assign_people
from tests.support import factories
from tests.support.factories import BASE_URL, KEYS, NOW, write


@pytest.fixture
def people(database, event, delegation):
    return [
        factories.a_participant(
            database, event, name, delegation=delegation, phone=f"+21261234567{number}"
        )
        for number, name in enumerate(("Amina Alaoui", "Bahia Idrissi"))
    ]


@pytest.fixture
def page(delegation):
    return f"/events/rabat-2025/delegations/{delegation.id}/telephone"


@pytest.fixture
def calls(delegation):
    return f"/events/rabat-2025/delegations/{delegation.id}/calls"


def shown(text):
    """Return the name on the card of who is next, "" when nobody is."""
    found = re.search(r'class="next-name"><strong>\s*<bdi[^>]*>([^<]+)', text)
    return found[1] if found else ""


def test_sent_leads_to_the_next_and_says_by_whom(coordinator, page, people):
    first = coordinator.read(page)
    assert shown(first) == "Amina Alaoui"
    assert page_address(KEYS, BASE_URL, people[0].badge_id).rpartition("/")[2] in first

    answer = coordinator.send(
        page, f"{page}/{people[0].participant_id}", badge=str(people[0].badge_id), by="whatsapp"
    )

    then = coordinator.read(answer.location)
    assert shown(then) == "Bahia Idrissi"
    assert "Poste coordinator" in then
    assert re.sub(r"<[^>]+>", "", then).count("envoyés sur 2") == 1


def test_a_mark_is_taken_back(coordinator, page, people):
    here = f"{page}/{people[0].participant_id}"
    coordinator.send(page, here, badge=str(people[0].badge_id), by="sms")

    coordinator.send(page, f"{here}/undo")

    assert shown(coordinator.read(page)) == "Amina Alaoui"


def test_later_leads_to_the_next_without_a_mark(coordinator, page, people):
    assert shown(coordinator.read(f"{page}?after={people[0].participant_id}")) == "Bahia Idrissi"
    assert shown(coordinator.read(page)) == "Amina Alaoui"


@pytest.mark.parametrize("sent", [{"badge": "x", "by": "whatsapp"}, {"by": "pigeon"}, {}])
def test_a_form_that_says_nothing_marks_nobody(coordinator, page, people, sent):
    assert coordinator.send(page, f"{page}/{people[0].participant_id}", **sent).status_code == 303
    assert shown(coordinator.read(page)) == "Amina Alaoui"


def test_the_call_list_is_by_bus_and_keeps_what_was_said(
    coordinator, database, delegation, calls, people
):
    bus = factories.a_bus(database, delegation, "Car 7")
    seated = [people[1].participant_id]
    write(database, lambda s: assign_people(s, s.merge(bus), seated, now=NOW))
    before = coordinator.read(calls)
    assert before.index("Car 7") < before.index("Bahia Idrissi") < before.index("Amina Alaoui")

    coordinator.send(calls, f"{calls}/{people[1].participant_id}", result="coming")

    assert "Bahia Idrissi" not in coordinator.read(calls)
    everybody = coordinator.read(f"{calls}?show=all")
    assert 'value="coming" aria-pressed="true"' in everybody
    assert "Poste coordinator" in everybody


def test_an_unknown_result_changes_nothing(coordinator, calls, people):
    coordinator.send(calls, f"{calls}/{people[0].participant_id}", result="perhaps")

    assert "aria-pressed" not in coordinator.read(f"{calls}?show=all")


def test_organisers_see_all_delegations_and_a_coordinator_their_own(
    organiser, coordinator, database, event, delegation, people, calls
):
    other = factories.a_delegation(database, event, "Salé")

    seen = [one.read("/events/rabat-2025/calls") for one in (organiser, coordinator)]

    assert [calls in page for page in seen] == [True, True]
    assert [f"/delegations/{other.id}/calls" in page for page in seen] == [True, False]


def test_who_is_missing_stands_by_bus(coordinator, database, delegation, people):
    bus = factories.a_bus(database, delegation, "Car 7")
    seated = [people[1].participant_id]
    write(database, lambda s: assign_people(s, s.merge(bus), seated, now=NOW))

    text = coordinator.read(f"/events/rabat-2025/delegations/{delegation.id}/arrivals")

    order = [text.index(word) for word in ("Car 7", "Bahia Idrissi", "Sans autocar", "Amina")]
    assert order == sorted(order)
