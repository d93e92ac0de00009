"""The call list: whom nothing has reached, by bus, and what came of each call."""

from __future__ import annotations

import pytest

from checkin.db.models import CallResult, Role, SharedBy
from checkin.errors import NotFound
from checkin.services.channels.calls import CallCounts, call_counts, people_to_call, record_call
from checkin.services.channels.outreach import mark_shared
from checkin.services.people.buses import assign_people
from tests.support import factories
from tests.support.factories import NOW, write
from tests.web.browsing import an_operator


@pytest.fixture
def delegation(database, event):
    return factories.a_delegation(database, event)


@pytest.fixture
def organiser(database):
    return an_operator(database, Role.ORGANISER).id


@pytest.fixture
def people(database, event, delegation):
    """Three people whom nothing reaches; the last two ride in buses."""
    found = [
        factories.a_participant(database, event, name, delegation=delegation)
        for name in ("Amina Alaoui", "Bahia Idrissi", "Chama Berrada")
    ]
    for one, name in zip(found[1:], ("Car 2", "Car 1"), strict=True):
        bus = factories.a_bus(database, delegation, name)
        write(
            database,
            lambda s, b=bus, p=one.participant_id: assign_people(s, s.merge(b), [p], now=NOW),
        )
    factories.a_participant(
        database, event, "Omar Tazi", delegation=delegation, email="o@example.org"
    )
    return found


def listed(database, event, delegation, **more):
    with database.read() as session:
        found = people_to_call(session, event, delegation, limit=9, **more)
        return [(one.bus.name if one.bus else None, one.person.name, one.result) for one in found]


def call(database, delegation, person, result, organiser):
    write(
        database,
        lambda s: record_call(
            s, delegation, person.participant_id, result, operator_id=organiser, now=NOW
        ),
    )


def test_the_list_is_ordered_by_bus_and_leaves_out_whom_an_email_reaches(
    database, event, delegation, people
):
    assert listed(database, event, delegation) == [
        ("Car 1", "Chama Berrada", None),
        ("Car 2", "Bahia Idrissi", None),
        (None, "Amina Alaoui", None),
    ]


def test_who_has_answered_is_only_on_the_whole_list(database, event, delegation, people, organiser):
    call(database, delegation, people[0], CallResult.COMING, organiser)
    call(database, delegation, people[1], CallResult.NOT_COMING, organiser)
    call(database, delegation, people[2], CallResult.CALLED, organiser)

    assert listed(database, event, delegation) == [("Car 1", "Chama Berrada", "called")]
    assert len(listed(database, event, delegation, only_open=False)) == 3
    with database.read() as session:
        [counts] = call_counts(session, event)
    assert counts == CallCounts(counts.delegation, 0, 1, 1, 1, without_number=3)
    assert (counts.all, counts.open) == (3, 1)


def test_a_call_is_taken_back(database, event, delegation, people, organiser):
    call(database, delegation, people[0], CallResult.COMING, organiser)
    call(database, delegation, people[0], None, organiser)

    assert (None, "Amina Alaoui", None) in listed(database, event, delegation)
    assert factories.noted(database, "participant")[-2:] == ["participant.call"] * 2


def test_whom_a_coordinator_has_sent_the_badge_is_not_called(
    database, event, delegation, people, organiser
):
    amina = people[0]
    write(
        database,
        lambda s: mark_shared(
            s,
            delegation,
            amina.participant_id,
            amina.badge_id,
            SharedBy.WHATSAPP,
            operator_id=organiser,
            now=NOW,
        ),
    )

    assert "Amina Alaoui" not in [name for _, name, _ in listed(database, event, delegation)]


def test_who_has_come_is_not_called(database, event, delegation, device, people):
    factories.scan(database, device, factories.code_of(event, people[2].badge_id))

    assert len(listed(database, event, delegation)) == 2


def test_a_call_to_another_delegations_person_is_not_written_down(
    database, event, people, organiser
):
    other = factories.a_delegation(database, event, "Salé")

    with pytest.raises(NotFound):
        call(database, other, people[0], CallResult.COMING, organiser)
