"""The lists of buses: sealed to the leader's badge, and as new as what they tell."""

from __future__ import annotations

import pytest

from checkin.protocol.codes import parse_code
from checkin.protocol.gate_list import badge_ref, bus_tag, open_bus_list, open_entry
from checkin.services.badges.issue import reissue_badge, working_badge
from checkin.services.gates.gate_list import SealedEntries, current_cursor, gate_list
from checkin.services.people.bus_leaders import appoint_leaders
from checkin.services.people.buses import assign_people, remove_bus
from checkin.services.people.registering.blocking import block
from checkin.services.people.registering.registration import cancel
from tests.support import factories
from tests.support.factories import KEYS, NOW, write


@pytest.fixture
def people(database, event):
    return [
        factories.a_participant(database, event, name) for name in ("Amina", "Brahim", "Chakib")
    ]


@pytest.fixture
def bus(database, event, people):
    bus = factories.a_bus(database, factories.a_delegation(database, event))
    seat(database, bus, people)
    appoint(database, bus, people[:1])
    return bus


@pytest.fixture
def leader(event, people):
    return token(event, people[0])


def seat(database, bus, people):
    ids = [one.participant_id for one in people]
    write(database, lambda s: assign_people(s, s.merge(bus), ids, now=NOW))


def appoint(database, bus, people):
    ids = [one.participant_id for one in people]
    write(database, lambda s: appoint_leaders(s, s.merge(bus), ids, now=NOW))


def token(event, person):
    return parse_code(factories.code_of(event, person.badge_id))


def cursor(database, event):
    with database.read() as session:
        return current_cursor(session, event.id)


def since(database, event, at):
    with database.read() as session:
        return gate_list(session, event.id, at, KEYS, SealedEntries(), NOW)


def opened(built, leader):
    found = [entry for entry in built.entries if entry.tag == bus_tag(leader)]
    return open_bus_list(leader, found[0]) if found else None


def with_new_badge(database, event, person):
    of = {"keys": KEYS, "reason": "lost", "now": NOW}
    write(database, lambda s: reissue_badge(s, s.merge(event), person.participant_id, **of))


def names(content):
    return [one["participant"]["name"] for one in content["people"]]


def test_the_leaders_badge_opens_the_list_with_refs_and_what_decides_and_no_other_badge_does(
    database, event, bus, people, leader
):
    built = since(database, event, 0)

    content = opened(built, leader)

    assert content["bus"] == {"id": bus.id, "name": "Car 1"}
    assert content["delegation"]["name"] == "Khémisset"
    assert names(content) == ["Amina", "Brahim", "Chakib"]
    assert [one["ref"] for one in content["people"]] == [
        badge_ref(token(event, one)) for one in people
    ]
    assert opened(built, token(event, people[1])) is None
    [sealed] = [one for one in built.entries if one.tag == bus_tag(leader)]
    assert open_bus_list(token(event, people[1]), sealed) is None
    assert open_entry(leader, sealed) is None  # the key of an entry is another one


def test_a_list_tells_of_each_passenger_what_their_own_entry_tells(
    database, event, bus, people, leader
):
    built = since(database, event, 0)

    [listed] = [one for one in opened(built, leader)["people"] if one["participant"]["id"] == 2]

    entries = (open_entry(token(event, people[1]), entry) for entry in built.entries)
    [own] = [content for content in entries if content]
    assert listed == {"ref": listed["ref"]} | {k: v for k, v in own.items() if k != "delegation"}


def blocked(database, event, bus, people):
    write(
        database,
        lambda s: block(s, s.merge(event), people[1].participant_id, reason="Consigne", now=NOW),
    )


def canceled(database, event, bus, people):
    write(database, lambda s: cancel(s, s.merge(event), people[1].participant_id, now=NOW))


def reissued(database, event, bus, people):
    with_new_badge(database, event, people[1])


@pytest.mark.parametrize("change", [blocked, canceled, reissued])
def test_the_list_comes_again_when_a_passenger_is_another(
    database, event, bus, people, leader, change
):
    before, at = opened(since(database, event, 0), leader), cursor(database, event)
    assert opened(since(database, event, at), leader) is None

    change(database, event, bus, people)

    after = opened(since(database, event, at), leader)
    assert after is not None
    assert after != before


def test_who_leads_no_more_opens_nothing_and_gates_are_told_to_forget_the_list(
    database, event, bus, people, leader
):
    at = cursor(database, event)

    appoint(database, bus, people[1:2])

    delta = since(database, event, at)
    assert [one.tag for one in delta.tombstones] == [bus_tag(leader)]
    assert names(opened(delta, token(event, people[1]))) == ["Amina", "Brahim", "Chakib"]


def test_a_new_badge_of_the_leader_opens_the_list_and_the_old_one_no_more(
    database, event, bus, people, leader
):
    at = cursor(database, event)

    with_new_badge(database, event, people[0])

    delta = since(database, event, at)
    with database.read() as session:
        badge = working_badge(session, people[0].participant_id)
    new = parse_code(factories.code_of(event, badge.id, badge.issue))
    assert bus_tag(leader) in {one.tag for one in delta.tombstones}
    assert names(opened(delta, new)) == ["Amina", "Brahim", "Chakib"]


def test_a_leader_who_is_canceled_or_whose_bus_is_deleted_leads_no_more(
    database, event, bus, people, leader
):
    other = factories.a_bus(database, factories.a_delegation(database, event), "Car 2")
    seat(database, other, people[2:])
    appoint(database, other, people[2:])
    at = cursor(database, event)

    write(database, lambda s: cancel(s, s.merge(event), people[0].participant_id, now=NOW))
    write(database, lambda s: remove_bus(s, s.merge(other), now=NOW))

    buried = {one.tag for one in since(database, event, at).tombstones}
    assert {bus_tag(leader), bus_tag(token(event, people[2]))} <= buried


def test_a_leader_who_is_seated_in_their_bus_again_leads_it_still(
    database, event, bus, people, leader
):
    seat(database, bus, people)

    assert names(opened(since(database, event, 0), leader)) == ["Amina", "Brahim", "Chakib"]


def test_whoever_does_not_ride_in_the_bus_cannot_lead_it(database, event, bus, people):
    stranger = factories.a_participant(database, event, "Driss")
    at = cursor(database, event)

    appoint(database, bus, [stranger])

    assert since(database, event, at).entries == []
