"""Walk-ins: people without a badge who are registered at a gate."""

from __future__ import annotations

from uuid import uuid4

import pytest
from sqlalchemy import func, select, update

from checkin.db.models import Activity, Conflict, Event, Participant
from checkin.protocol.headers import SUPERVISOR_PIN
from checkin.protocol.walk_ins import seal_walk_in
from checkin.services.scanning.possible_duplicates import duplicates_of
from tests.support import factories
from tests.support.api_client import Api, a_scan
from tests.support.lending import keep_places
from tests.support.racing import race


@pytest.fixture
def delegation(database, event):
    factories.a_category(database, event)
    return factories.a_delegation(database, event, "Rabat", quota=1)


def come(api, delegation, name: str, **more: object):
    return api.ask(
        "POST", "/participants", json={"name": name, "delegation_id": delegation.id, **more}
    )


def test_a_walk_in_gets_a_code_that_admits_while_there_are_places(api, delegation):
    first = come(api, delegation, "Amina Tazi", category="Militant", phone="0661234567")
    second = come(api, delegation, "Omar Alaoui")

    assert (first.status_code, second.status_code) == (201, 201)
    assert (first.json["standing"], first.json["reserve_no"]) == ("confirmed", None)
    assert (second.json["standing"], second.json["reserve_no"]) == ("reserve", 1)
    assert api.verdict(first.json["code"]) == ("ok", None)
    assert api.verdict(second.json["code"]) == ("error", "unapproved")


def test_somebody_registered_already_is_noticed_and_can_be_vouched_for(api, delegation):
    come(api, delegation, "Amina Tazi")

    again = come(api, delegation, "  AMINA   tazi ")
    vouched = come(api, delegation, "Amina Tazi", allow_duplicate=True)

    assert (again.status_code, again.json["error"]) == (409, "possible_duplicate")
    assert vouched.status_code == 201


def test_a_gate_is_told_who_may_be_meant_and_lets_them_in(api, delegation):
    known = come(api, delegation, "Amina Tazi", phone="0661234567").json["participant_id"]

    asked = come(api, delegation, "Said Alami", phone="0661234567")
    [person] = asked.json["participants"]
    scan = a_scan("", participant_id=person["id"], source="search")
    let_in = api.ask("POST", "/scans", json={k: v for k, v in scan.items() if k != "code"})

    assert (asked.status_code, person["id"], person["phone_ending"]) == (409, known, "67")
    assert (let_in.json["status"], let_in.json["participant"]["name"]) == ("ok", "Amina Tazi")


def test_a_gate_is_not_told_what_is_the_same(api, delegation):
    come(api, delegation, "Amina Tazi", phone="0661234567")

    replies = [
        come(api, delegation, "Amina Tazi"),
        come(api, delegation, "Amina Tazi", phone="0661234567"),
        come(api, delegation, "Said Alami", phone="0661234567"),
    ]

    assert {reply.status_code for reply in replies} == {409}
    assert len({reply.data for reply in replies}) == 1


def test_a_walk_in_is_asked_about_within_the_search_budget(api, database, event, delegation):
    factories.write(database, lambda s: s.execute(update(Event).values(search_budget_gate=1)))
    factories.a_supervisor(database)
    known = come(api, delegation, "Amina Tazi").json["participant_id"]

    def ask(name, **headers):
        person = {"name": name, "delegation_id": delegation.id}
        return api.ask("POST", "/participants", json=person, headers=headers)

    found, beyond, newcomer = ask("Amina Tazi"), ask("Amina Tazi"), ask("Omar Alaoui")
    wrong = ask("Omar Alaoui", **{SUPERVISOR_PIN: "135791"})
    granted = ask("Omar Alaoui", **{SUPERVISOR_PIN: factories.PIN})

    assert [reply.status_code for reply in (found, beyond, newcomer, wrong, granted)] == [
        *(409, 429, 429, 403, 201)
    ]
    assert beyond.json == newcomer.json
    assert beyond.json["error"] == "search_budget"
    assert logged(database, "participant.ask_walk_in")[1] == {"letters": 10, "found": [known]}


def logged(database, action):
    with database.read() as session:
        lines = select(Activity.details).where(Activity.action == action).order_by(Activity.id)
        return session.scalars(lines).all()


def test_a_device_that_may_not_search_gets_the_same_answer_for_everybody(
    app, api, database, event, delegation
):
    come(api, delegation, "Amina Tazi", phone="0661234567")
    device = factories.a_new_device(database, event, may_search=False)
    silent = Api(app, device.token, device.id)

    replies = [
        come(silent, delegation, "Amina Tazi"),
        come(silent, delegation, "Said Alami", phone="0661234567", allow_duplicate=True),
        come(silent, delegation, "Omar Alaoui"),
    ]

    assert [reply.status_code for reply in replies] == [201] * 3
    assert [reply.json["reserve_no"] for reply in replies] == [1, 2, 3]
    with database.read() as session:
        noted = {one.id for one in duplicates_of(session, event)}
    assert noted == {reply.json["participant_id"] for reply in replies[:2]}


def test_a_contact_of_another_delegation_is_not_told_and_is_decided_by_an_organiser(
    api, database, event, delegation
):
    other = factories.a_delegation(database, event, "Tiflet", quota=5)
    come(api, other, "Amina Tazi", phone="0661234567")

    reply = come(api, delegation, "Said Alami", phone="0661234567")

    assert reply.status_code == 201
    with database.read() as session:
        assert [one.id for one in duplicates_of(session, event)] == [reply.json["participant_id"]]


@pytest.mark.parametrize(
    ("more", "status", "said"),
    [
        ({"name": " "}, 400, "Nom"),
        ({"phone": "12"}, 400, "Téléphone"),
        ({"category": "Astronaute"}, 400, "known: Militant"),
        ({"delegation_id": 999999}, 404, "no delegation has the number 999999"),
        ({"delegation_id": "1"}, 400, "delegation_id"),
        ({"name": "Amina\x00Tazi"}, 400, "control characters"),
    ],
)
def test_what_cannot_be_registered_is_told_and_registers_nobody(
    api, delegation, more, status, said
):
    reply = api.ask(
        "POST",
        "/participants",
        json={"name": "Amina Tazi", "delegation_id": delegation.id} | more,
        headers={"Accept-Language": "fr"},
    )

    assert reply.status_code == status
    assert said in reply.json["detail"]
    assert api.read("/status")["totals"]["registered"] == 0


def people(database):
    with database.read() as session:
        return session.scalars(select(Participant.name).order_by(Participant.id)).all()


def test_a_walk_in_that_is_sent_again_is_registered_once_with_the_same_answer(
    api, delegation, database
):
    walk_in_id = str(uuid4())
    first = come(api, delegation, "Amina Tazi", id=walk_in_id)
    come(api, delegation, "Omar Alaoui")
    again = come(api, delegation, "Amina Tazi", id=walk_in_id, allow_duplicate=True)

    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json == first.json | {"replayed": True}
    assert people(database) == ["Amina Tazi", "Omar Alaoui"]
    with database.read() as session:
        registered = select(func.count()).where(Activity.action == "participant.register")
        assert session.scalar(registered) == 2


def test_one_id_for_two_people_or_from_two_devices_is_refused(
    api, app, event, delegation, database
):
    walk_in_id = str(uuid4())
    come(api, delegation, "Amina Tazi", id=walk_in_id)
    other = Api.enrolled(app, database, event, gate="Porte 2")

    replies = [
        come(api, delegation, "Omar Alaoui", id=walk_in_id),
        come(other, delegation, "Amina Tazi", id=walk_in_id),
    ]

    told = [(reply.status_code, reply.json["error"]) for reply in replies]
    assert told == [(409, "walk_in_id_conflict")] * 2
    assert people(database) == ["Amina Tazi"]


def test_the_same_walk_in_sent_eight_times_at_once_is_registered_once(api, delegation, database):
    walk_in_id = str(uuid4())

    replies = race(8, lambda _: come(api, delegation, "Amina Tazi", id=walk_in_id))

    assert {reply.status_code for reply in replies} == {201}
    assert len({reply.json["code"] for reply in replies}) == 1
    assert people(database) == ["Amina Tazi"]


def sealed(api, delegation, name, walk_in_id, **more):
    key = api.lease()["walk_in_key"]
    person = {"name": name, "allow_duplicate": True} | more
    return {
        "id": walk_in_id,
        "delegation_id": delegation.id,
        "sealed": seal_walk_in(key, walk_in_id, person),
    }


def test_a_sealed_walk_in_is_opened_and_registered(api, delegation, database):
    asked = sealed(api, delegation, "Amina Tazi", str(uuid4()), name_ar="أمينة التازي")

    replies = [api.ask("POST", "/participants", json=asked) for _ in range(2)]

    assert [reply.json["replayed"] for reply in replies] == [False, True]
    assert api.verdict(replies[0].json["code"]) == ("ok", None)
    assert people(database) == ["Amina Tazi"]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"id": str(uuid4())}, "another id"),
        ({"id": None}, "needs an id"),
        ({"sealed": "abc"}, "not for this event's key"),
        ({"sealed": "A" * 200}, "not for this event's key"),
        ({"name": "\x00"}, "control characters"),
    ],
)
def test_what_is_not_sealed_for_this_event_is_refused(api, delegation, database, wrong, said):
    spoilt = {"name": "Amina Tazi"} | wrong
    asked = sealed(api, delegation, spoilt.pop("name"), str(uuid4())) | spoilt

    reply = api.ask("POST", "/participants", json=asked)

    assert reply.status_code == 400
    assert said in reply.json["detail"]
    assert people(database) == []


@pytest.mark.parametrize("leased", [True, False])
def test_who_was_let_in_without_network_is_counted_and_beyond_the_lease_a_conflict(
    api, database, event, leased
):
    factories.a_category(database, event)
    delegation = factories.a_delegation(database, event, "Tiflet", quota=2)
    keep_places(database, delegation.id, 1)
    lease = api.lease()
    come(api, delegation, "Omar Alaoui")  # a place of two is lent, the other one is taken so
    reply = api.ask("POST", "/participants", json=sealed_by(lease, delegation, "Amina Tazi"))
    scan = a_scan(reply.json["code"]) | {"decided": {"status": "ok", "reason": None}}
    if leased:
        scan["lease_id"] = lease["lease_id"]

    told = api.batch(scan)[scan["scan_id"]]

    assert reply.json["standing"] == "reserve"
    assert (told["status"], told["conflict"]) == (("ok", False) if leased else ("error", True))
    with database.read() as session:
        assert session.scalar(select(func.count(Conflict.id))) == (0 if leased else 1)
    assert api.read("/status")["totals"]["arrived"] == 1


def test_a_namesake_who_was_let_in_without_network_is_registered_and_told_to_the_organiser(
    api, delegation, database, event
):
    known = come(api, delegation, "Amina Tazi").json["participant_id"]
    asked = sealed_by(api.lease(), delegation, "Amina Tazi")

    replies = [api.ask("POST", "/participants", json=asked) for _ in range(2)]

    assert [reply.status_code for reply in replies] == [201, 201]
    with database.read() as session:
        [one] = duplicates_of(session, event)
    told = (one.twin.person.id, one.walk_in.person.id, one.same)
    assert told == (known, replies[0].json["participant_id"], "name")


def sealed_by(lease, delegation, name):
    walk_in_id = str(uuid4())
    seal = seal_walk_in(lease["walk_in_key"], walk_in_id, {"name": name})
    return {"id": walk_in_id, "delegation_id": delegation.id, "sealed": seal}
